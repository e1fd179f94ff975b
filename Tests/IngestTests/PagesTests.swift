import Foundation
import HubModel
import HubTesting
import Ingest
import SQL
import Testing
import TimeSeries

/// Pages of readings, put together, are what one answer would be.
@Suite struct PagesTests {
    private static let start: Int64 = 1_795_255_200_000_000
    private static let second: Int64 = 1_000_000

    /// A store in a folder that is gone when the test is over.
    private final class Bench: Sendable {
        let folder = FileManager.default.temporaryDirectory.path + "/pages-\(UUID().uuidString)"
        let database: Database
        let store: TimeSeriesStore

        init() async throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            database = try Database.open(DatabaseConfiguration(.file(folder + "/martlet.db")))
            try await database.migrate([TimeSeriesStore.migrations], at: 0)
            store = try await TimeSeriesStore.open(database, TimeSeriesConfiguration(folder: folder), now: start)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func add(_ fields: [Field], at time: Int64) async throws {
            let report = Report(
                series: SeriesKey(source: "tank", measurement: "telemetry"), time: time, fields: fields)
            let store = store
            store.apply(try await database.write { try store.append([report], now: time, in: $0) })
        }

        /// Rows at random times, some of them sealed.
        func fill(_ rows: Int, _ random: inout SeededRandom) async throws {
            var time = start
            let sealsAt = Int.random(in: 0...rows, using: &random)
            for row in 0..<rows {
                time += Int64.random(in: 1...40, using: &random) * second
                if Int.random(in: 0..<30, using: &random) == 0 { time += 7_200 * second }
                let names = ["a", "b", "c"].filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
                let fields = (names.isEmpty ? ["a"] : names).map { name in
                    Field(name, name == "c" ? .text("row \(row)") : .integer(Int64(row)))
                }
                try await add(fields, at: time)
                if row == sealsAt { try await store.seal(now: time) }
            }
        }
    }

    private static func query(_ from: Int64, _ to: Int64, limit: Int) throws -> ReadingQuery {
        ReadingQuery(
            device: try #require(DeviceID("tank")), measurement: "telemetry", from: Timestamp(microseconds: from),
            to: Timestamp(microseconds: to), limit: limit)
    }

    @Test("Pages of raw readings and of steps are what one answer would be", arguments: 0..<12)
    func pagesAreTheWhole(seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let paging = StoredHistory.Paging(
            values: Int.random(in: 1...40, using: &random), fewestRows: Int.random(in: 1...20, using: &random))
        let bench = try await Bench()
        try await bench.fill(300, &random)
        let (paged, whole) = (StoredHistory(store: bench.store, paging: paging), StoredHistory(store: bench.store))
        for _ in 0..<20 {
            let from = Self.start + Int64.random(in: -100...8_000, using: &random) * Self.second
            let to = from + Int64.random(in: 1...40_000, using: &random) * Self.second
            let step = [nil, 7, 60, 3_600 as Int64?][Int.random(in: 0..<4, using: &random)].map { $0 * Self.second }
            var query = try Self.query(from, to, limit: [1, 10, 150, 100_000][Int.random(in: 0..<4, using: &random)])
            query.fields = [nil, ["b"], ["c", "a"], ["nowhere"]][Int.random(in: 0..<4, using: &random)]
            if let step { query.step = (step, Aggregate.allCases.randomElement(using: &random) ?? .mean) }
            let expected = try await whole.readings(query)

            var page = try await paged.page(of: query, at: nil)
            var (rows, first, pages) = (page.table.rows, page.table, 1)
            while let place = page.next {
                page = try await paged.page(of: query, at: place)
                #expect(page.table.fields == first.fields && page.table.gaps.isEmpty)
                rows += page.table.rows
                pages += 1
            }
            first.rows = rows
            #expect(first.fields == expected.fields)
            #expect(first.isTruncated == expected.isTruncated)
            #expect(first.rows.map(\.time) == expected.rows.map(\.time))
            #expect(first.rows.map(\.values) == expected.rows.map(\.values))
            if step == nil, rows.count > 100 { #expect(pages > 1) }
        }
    }

    @Test("What is written while an answer is sent makes it no longer")
    func anAnswerKeepsItsLimit() async throws {
        var random = SeededRandom(3)
        let bench = try await Bench()
        try await bench.fill(50, &random)
        let paged = StoredHistory(store: bench.store, paging: StoredHistory.Paging(values: 1, fewestRows: 10))
        let query = try Self.query(0, .max, limit: 30)
        let expected = try await paged.readings(query)
        var page = try await paged.page(of: query, at: nil)
        var rows = page.table.rows
        let last = try #require(expected.rows.last?.time.microseconds)
        var added: Int64 = 0
        while let place = page.next {
            added += 1
            try await bench.add([Field("z", 1)], at: last + added)
            page = try await paged.page(of: query, at: place)
            rows += page.table.rows
        }
        #expect(added > 1 && rows.map(\.time) == expected.rows.map(\.time))
    }

    @Test func moreThanAHundredThousandStepsAreRefused() async throws {
        let bench = try await Bench()
        let history = StoredHistory(store: bench.store)
        for seconds in [0, 99_999, 300_000] as [Int64] {
            try await bench.add([Field("a", 1)], at: Self.start + seconds * Self.second)
        }
        func rows(of seconds: Int64) async throws -> Int {
            var query = try Self.query(Self.start, Self.start + seconds * Self.second, limit: 100_000)
            query.step = (Self.second, .mean)
            var page = try await history.page(of: query, at: nil)
            var count = page.table.rows.count
            while let place = page.next {
                page = try await history.page(of: query, at: place)
                count += page.table.rows.count
            }
            return count
        }
        #expect(try await rows(of: 99_999) == 1)
        await #expect { try await rows(of: 100_000) } throws: { ($0 as? Refusal)?.code == .tooManySteps }
    }
}
