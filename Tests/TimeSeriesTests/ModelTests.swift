import Foundation
import SQL
import Testing
import TimeSeries

/// What the store must say, kept in dictionaries.
struct Model {
    struct Row: Equatable {
        var flags: UInt8
        var receivedAt: Int64?
        var fields: [String: Value] = [:]
    }

    var rows: [SeriesKey: [Int64: Row]] = [:]
    var fields: [SeriesKey: [String]] = [:]
    var latest: [SeriesKey: [String: (time: Int64, value: Value)]] = [:]
    var latestTime: [SeriesKey: Int64] = [:]

    mutating func add(_ reports: [Report]) {
        for report in reports {
            var row = rows[report.series]?[report.time] ?? Row(flags: 0)
            row.flags = report.flags.rawValue
            let isPresent = !report.flags.contains(.late)
            if isPresent || report.time >= latestTime[report.series] ?? .min {
                latestTime[report.series] = report.time
            }
            row.receivedAt = report.receivedAt ?? row.receivedAt
            for field in report.fields {
                row.fields[field.name] = field.value
                if !(fields[report.series] ?? []).contains(field.name) {
                    fields[report.series, default: []].append(field.name)
                }
                if isPresent || report.time >= latest[report.series]?[field.name]?.time ?? .min {
                    latest[report.series, default: [:]][field.name] = (report.time, field.value)
                }
            }
            rows[report.series, default: [:]][report.time] = row
        }
    }

    func times(_ series: SeriesKey, _ range: Range<Int64>, _ wanted: [String]) -> [Int64] {
        (rows[series] ?? [:]).filter { time, row in
            range.contains(time) && wanted.contains { row.fields[$0] != nil }
        }.keys.sorted()
    }
}

@Suite struct ModelTests {
    private static let series = [
        node, SeriesKey(source: "node_01", measurement: "status"),
        SeriesKey(source: "stop/1", measurement: "distance", tags: [Tag("location", "a,b=c%"), Tag("city", "")]),
    ]

    private func reports(_ dice: inout Dice, _ clock: inout Int64) -> [Report] {
        (0..<dice.roll(1...40)).map { _ in
            clock += Int64(dice.roll(0...240)) * second
            var time = clock
            switch dice.roll(0...19) {
            case 0: time -= Int64(dice.roll(0...40)) * hour  // late, perhaps in the month before
            case 1: time -= Int64(dice.roll(0...600)) * second  // out of order
            case 2: time += 13  // a stamp that is no whole ms
            case 3: time = time / (600 * second) * 600 * second  // likely there already
            default: break
            }
            let names = ["t", "h", "on", "text", "x"].shuffled(using: &dice).prefix(dice.roll(1...4))
            let fields = names.map { name -> Field in
                var walk: Int64 = 200
                let kinds = ["t": 0, "h": 4, "on": 10, "text": 11, "x": 12]
                return Field(name, Generator.value(kinds[name] ?? 0, 3, &walk, &dice))
            }
            return Report(
                series: Self.series[dice.roll(0...2)], time: time,
                receivedAt: dice.roll(0...1) == 0 ? nil : time + Int64(dice.roll(0...5000)),
                flags: ReportFlags(rawValue: UInt8(dice.roll(0...3))), fields: fields)
        }
    }

    @Test(arguments: 0..<24)
    func theStoreSaysWhatTheModelSays(seed: Int) async throws {
        var dice = Dice(UInt64(seed) &* 977)
        let settings: @Sendable (inout TimeSeriesConfiguration) -> Void = { $0.slotSeconds = 3600 }
        var station = try await Station(Folder(), settings)
        var model = Model()
        var clock = evening
        for _ in 0..<30 {
            switch dice.roll(0...9) {
            case 0...4:
                let batch = reports(&dice, &clock)
                let appended = try await station.add(batch)
                #expect(appended.refused == [])
                model.add(batch)
            case 5: try await station.store.seal(now: clock)
            case 6: station = try await station.crashed(settings)
            case 7: try await rolledBack(station, reports(&dice, &clock))
            case 8: try await failedSeal(station, seed: dice.roll(0...2), now: clock)
            default: try await check(station.store, model, &dice, clock)
            }
        }
        try await check(station.store, model, &dice, clock)
        try await station.store.seal(now: clock)
        try await check(station.store, model, &dice, clock)
        station = try await station.crashed(settings)
        try await check(station.store, model, &dice, clock)
        let statistics = station.store.statistics()
        #expect(statistics.sealedReports == model.rows.values.reduce(0) { $0 + $1.count })
        #expect(statistics.journalRows == 0)
        #expect(try await station.store.integrityCheck() == [])
    }

    private struct Stop: Error {}

    private func rolledBack(_ station: Station, _ reports: [Report]) async throws {
        let lost: Void? = try? await station.database.write { transaction in
            let appended = try station.store.append(reports, now: evening + 40 * day, in: transaction)
            // A transaction that fails after the append: the caller still knows what to discard.
            station.store.discard(appended)
            throw Stop()
        }
        #expect(lost == nil)
    }

    /// Lets a seal fail at one of its steps; what a crash there would leave is checked by the steps that follow.
    private func failedSeal(_ station: Station, seed: Int, now: Int64) async throws {
        let (table, event) = [("telemetry_journal", "DELETE"), ("telemetry_latest", "INSERT"), ("chunk", "INSERT")][
            seed]
        let path = station.folder.path + "/" + (seed == 2 ? Month(evening).fileName : "martlet.db")
        guard FileManager.default.fileExists(atPath: path) else { return }
        let other = try Database.open(DatabaseConfiguration(.file(path)))
        try await other.write {
            try $0.execute("CREATE TRIGGER stop BEFORE \(event) ON \(table) BEGIN SELECT RAISE(ABORT, 'stop'); END")
        }
        do {
            try await station.store.seal(now: now)
        } catch let failure as SQLFailure {
            #expect(failure.code == .constraintViolation)
        }
        try await other.write { try $0.execute("DROP TRIGGER stop") }
        try other.close()
    }

    private func check(_ store: TimeSeriesStore, _ model: Model, _ dice: inout Dice, _ clock: Int64) async throws {
        for series in Self.series {
            let all = model.fields[series] ?? []
            let latest = store.latest(series)
            #expect(latest?.fields.count ?? 0 == model.latest[series]?.count ?? 0)
            #expect(latest?.time == model.latestTime[series])
            for field in latest?.fields ?? [] {
                let expected = model.latest[series]?[field.name]
                #expect(field.time == expected?.time)
                #expect(exact(field.value) == exact(expected?.value))
            }
            #expect(Set(store.series().first { $0.key == series }?.fields ?? []) == Set(all))

            let low = dice.roll(0...3) == 0 ? Int64.min : evening - 30 * hour + Int64(dice.roll(0...40)) * hour
            let high = dice.roll(0...3) == 0 ? Int64.max : max(low, clock - Int64(dice.roll(0...10)) * 1800 * second)
            let wanted = dice.roll(0...1) == 0 ? nil : all.filter { _ in dice.roll(0...1) == 0 } + ["nowhere"]
            let names = wanted?.filter { all.contains($0) } ?? all
            let times = model.times(series, low..<high, names)
            let limit = dice.roll(0...1) == 0 ? 1_000_000 : dice.roll(1...50)
            let descending = dice.roll(0...1) == 0
            let result = try await store.range(
                series, fields: wanted, from: low, to: high, limit: limit, order: descending ? .descending : .ascending)
            #expect(result.times == Array((descending ? times.reversed() : times).prefix(limit)))
            #expect(result.hasMore == (times.count > limit))
            #expect(result.gaps == [])
            for (row, time) in result.times.enumerated() {
                let expected = model.rows[series]?[time]
                #expect(result.flags[row].rawValue == expected?.flags)
                #expect(result.receivedAt[row] == expected?.receivedAt)
                for (position, name) in result.fields.enumerated() {
                    #expect(exact(result.values[position][row]) == exact(expected?.fields[name]))
                }
            }
            try await checkAggregate(store, model, series, low..<high, names, &dice)
            try await checkSurvey(store, series, low..<high, wanted, times, limit, &dice)
        }
    }

    /// Rows, or steps, are counted from the newest on, and those that are counted can be read from the first of them on.
    private func checkSurvey(
        _ store: TimeSeriesStore, _ series: SeriesKey, _ range: Range<Int64>, _ wanted: [String]?, _ times: [Int64],
        _ limit: Int, _ dice: inout Dice
    ) async throws {
        let step = dice.roll(0...1) == 0 ? nil : Int64([60, 1800, 7200][dice.roll(0...2)]) * second
        let groups = step.map { step in Set(times.map { $0 / step * step }).sorted() } ?? times
        let survey = try await store.survey(
            series, fields: wanted, from: range.lowerBound, to: range.upperBound, limit: limit, step: step)
        #expect(survey.count == min(limit, groups.count))
        #expect(survey.first == groups.suffix(limit).first)
        #expect(survey.hasMore == (groups.count > limit))
        let extent = store.extent(series, fields: wanted, from: range.lowerBound, to: range.upperBound)
        #expect(times.allSatisfy { extent?.range.contains($0) == true })
    }

    private func checkAggregate(
        _ store: TimeSeriesStore, _ model: Model, _ series: SeriesKey, _ range: Range<Int64>, _ names: [String],
        _ dice: inout Dice
    ) async throws {
        let step = Int64([60, 1800, 3600, 7200, 86_400][dice.roll(0...4)]) * second
        let origin = Int64(dice.roll(0...1)) * 7 * second
        let result = try await store.aggregate(
            series, fields: names, from: range.lowerBound, to: range.upperBound, step: step, origin: origin)
        var expected: [Int64: [Int64]] = [:]
        for time in model.times(series, range, names) {
            expected[(time - origin) / step * step + origin, default: []].append(time)
        }
        #expect(result.buckets.map(\.start) == expected.keys.sorted())
        for bucket in result.buckets {
            for (position, name) in result.fields.enumerated() {
                let found = bucket.fields[position]
                let values = (expected[bucket.start] ?? []).compactMap { time in
                    model.rows[series]?[time]?.fields[name].map { (time, $0) }
                }.filter { !($0.1.number?.isNaN ?? false) }
                let numbers = values.compactMap(\.1.number)
                #expect(found.count == values.count)
                #expect(found.numbers == numbers.count)
                #expect(exact(found.first) == exact(values.first?.1))
                #expect(exact(found.last) == exact(values.last?.1))
                if let first = values.first, let last = values.last {
                    #expect((found.firstTime, found.lastTime) == (first.0, last.0))
                }
                #expect(found.min?.number == numbers.min())
                #expect(found.max?.number == numbers.max())
                let sum = numbers.reduce(0, +)
                let scale = numbers.reduce(0) { $0 + abs($1) }
                #expect(
                    found.sum == sum || abs(found.sum - sum) <= scale * 1e-12 || sum.isNaN || sum.isInfinite
                        || scale.isInfinite)
            }
        }
    }
}
