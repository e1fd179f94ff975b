import SQL
import Testing
import TimeSeries

/// What becomes of rows that meet chunks of their slot.
@Suite struct SealSlotTests {
    private func rows(_ store: TimeSeriesStore) async throws -> [Int64: Value] {
        let found = try await store.range(node, from: 0, to: .max, limit: 10_000)
        #expect(Set(found.times).count == found.times.count, "one row a time")
        return Dictionary(uniqueKeysWithValues: zip(found.times, found.values[0].compactMap { $0 }))
    }

    private func reports(_ range: Range<Int64>) -> [Report] {
        range.map { report(evening + $0 * second, .integer($0)) }
    }

    /// A full chunk is left alone by what comes after it, but its last row may come again.
    @Test(arguments: [255, 256, 257, 300, 1_024]) func theLastRowOfAFullChunkIsCorrected(count: Int64) async throws {
        let station = try await Station()
        try await station.add(reports(0..<count))
        try await station.store.seal(now: evening + hour)
        let last = evening + (count - 1) * second
        try await station.add([report(last, -1), report(last + second, -2)])
        try await station.store.seal(now: evening + hour)
        let found = try await rows(station.store)
        #expect(found.count == Int(count) + 1)
        #expect(found[last] == .integer(-1))
        #expect(found[last + second] == .integer(-2))
        #expect(found[last - second] == .integer(count - 2))
        let statistics = station.store.statistics()
        #expect(statistics.sealedReports == Int(count) + 1)
        #expect(try await station.store.integrityCheck() == [])
    }

    /// The chunks are written, the journal is not trimmed: after the restart all rows come once more.
    @Test func rowsThatAreReplayedIntoFullChunksAreThereOnce() async throws {
        var station = try await Station()
        try await station.add(reports(0..<300))
        try await station.database.write {
            try $0.execute(
                "CREATE TRIGGER stop BEFORE DELETE ON telemetry_journal BEGIN SELECT RAISE(ABORT, 'stop'); END")
        }
        await #expect(throws: SQLFailure.self) { try await station.store.seal(now: evening + hour) }
        try await station.database.write { try $0.execute("DROP TRIGGER stop") }
        station = try await station.crashed()
        #expect(station.store.recovery.reports == 300)
        try await station.add([report(evening + 299 * second, -1)])
        try await station.store.seal(now: evening + hour)
        #expect(try await rows(station.store).count == 300)
        #expect(try await rows(station.store)[evening + 299 * second] == .integer(-1))
        #expect(station.store.statistics().sealedReports == 300)
    }

    /// Rows between two chunks belong to the one that begins before them, rows before all to the first.
    @Test func lateRowsGoIntoTheChunkThatCoversThem() async throws {
        let station = try await Station()
        for start in [Int64(100), 500, 900] {
            try await station.add(reports(start..<start + 300))
            try await station.store.seal(now: evening + hour)
        }
        let times: [Int64] = [0, 99, 100, 399, 400, 499, 500, 501, 899, 900, 1_199, 1_200]
        try await station.add(times.map { late(evening + $0 * second, .integer(-$0)) })
        try await station.store.seal(now: evening + hour)
        let found = try await rows(station.store)
        #expect(found.count == 900 + 6)
        for time in times { #expect(found[evening + time * second] == .integer(-time), "at \(time)") }
        #expect(found[evening + 502 * second] == .integer(502))
        #expect(try await station.store.integrityCheck() == [])
    }

    /// A seal that could not write the latest values goes on to want it.
    @Test func latestValuesThatWereNotWrittenAreWrittenByTheNextSeal() async throws {
        var station = try await Station()
        try await station.add([report(evening, 1)])
        try await station.store.seal(now: evening + hour)
        try await station.add([report(evening + second, 2)])
        try await station.database.write {
            try $0.execute(
                "CREATE TRIGGER stop BEFORE INSERT ON telemetry_latest BEGIN SELECT RAISE(ABORT, 'stop'); END")
        }
        await #expect(throws: SQLFailure.self) { try await station.store.seal(now: evening + hour) }
        try await station.database.write { try $0.execute("DROP TRIGGER stop") }
        try await station.store.seal(now: evening + hour)
        station = try await station.crashed()
        #expect(station.store.recovery.journalRows == 0)
        #expect(station.store.latest(node)?.fields.map(\.value) == [2])
    }

    /// What comes ahead of the clock, or out of order, in a seal that spans slots and months.
    @Test func aSealTakesEachRowToItsSlot() async throws {
        var station = try await Station(Folder()) { $0.slotSeconds = 3_600 }
        let times: [Int64] = [0, 3_599, 3_600, 3_601, 14_399, 14_400, 14_401, 20_000]
        try await station.add(times.reversed().map { report(evening + $0 * second, .integer($0)) })
        try await station.store.seal(now: evening + 6 * hour)
        station = try await station.crashed { $0.slotSeconds = 3_600 }
        for time in times {
            let from = evening + time * second
            let found = try await station.store.range(node, from: from, to: from + 1, limit: 10)
            #expect(found.values[0] == [.integer(time)], "at \(time)")
        }
        #expect(try await rows(station.store).count == times.count)
    }
}
