import SQL
import Testing
import TimeSeries

/// What is asked of a store that was killed and opened again, or sealed, is what a store says that lived through it all.
@Suite struct LatestAfterRestartTests {
    private static let series = ["a", "b"].map { SeriesKey(source: $0, measurement: "telemetry") }

    /// Reports of devices whose clocks run ahead, are set back and repeat themselves; some are marked late.
    private static func reports(_ dice: inout Dice, at now: Int64) -> [Report] {
        (0..<dice.roll(1...4)).map { _ in
            let error = [0, 0, 0, -hour, 90 * second, 20 * hour, -30 * day, -second][dice.roll(0...7)]
            let names = ["t", "h", "u"].filter { _ in dice.roll(0...1) == 0 }
            let isLate = dice.roll(0...3) == 0
            return Report(
                series: series[dice.roll(0...1)], time: now + error - Int64(dice.roll(0...3)) * second,
                receivedAt: isLate ? now : nil, flags: isLate ? .late : [],
                fields: (names.isEmpty ? ["t"] : names).map { Field($0, .integer(Int64(dice.roll(0...1_000)))) })
        }
    }

    @Test(arguments: 0..<40)
    func theLatestAndTheReadingsAreTheSameWithAndWithoutRestarts(seed: Int) async throws {
        var dice = Dice(UInt64(seed) &* 7_919 &+ 1)
        let settings: @Sendable (inout TimeSeriesConfiguration) -> Void = { $0.slotSeconds = 3600 }
        let whole = try await Station(Folder(), settings)
        var restarted = try await Station(Folder(), settings)
        var now = evening
        for step in 0..<30 {
            now += Int64(dice.roll(1...600)) * second
            switch dice.roll(0...9) {
            case 0, 1: restarted = try await restarted.crashed(settings)
            case 2: try await restarted.store.seal(now: now)
            case 3: try await killedWhileSealing(&restarted, at: dice.roll(0...1), now: now, settings)
            default:
                let reports = Self.reports(&dice, at: now)
                try await whole.add(reports, now: now)
                try await restarted.add(reports, now: now)
            }
            for key in Self.series {
                #expect(restarted.store.latest(key) == whole.store.latest(key), "seed \(seed), step \(step)")
            }
        }
        for key in Self.series {
            let expected = try await whole.store.range(key, from: 0, to: .max, limit: 10_000)
            let found = try await restarted.store.range(key, from: 0, to: .max, limit: 10_000)
            #expect(found.times == expected.times && found.flags == expected.flags, "seed \(seed)")
            #expect(
                Dictionary(uniqueKeysWithValues: zip(found.fields, found.values))
                    == Dictionary(uniqueKeysWithValues: zip(expected.fields, expected.values)), "seed \(seed)")
        }
    }

    /// A seal that ends before the latest values are written, or before the journal is trimmed; then the kill.
    private func killedWhileSealing(
        _ station: inout Station, at place: Int, now: Int64,
        _ settings: @Sendable (inout TimeSeriesConfiguration) -> Void
    ) async throws {
        let (table, event) = [("telemetry_latest", "INSERT"), ("telemetry_journal", "DELETE")][place]
        try await station.database.write {
            try $0.execute("CREATE TRIGGER stop BEFORE \(event) ON \(table) BEGIN SELECT RAISE(ABORT, 'stop'); END")
        }
        _ = try? await station.store.seal(now: now)
        try await station.database.write { try $0.execute("DROP TRIGGER stop") }
        station = try await station.crashed(settings)
    }
}
