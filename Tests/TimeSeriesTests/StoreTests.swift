import Foundation
import SQL
import Testing
import TimeSeries

@Suite struct StoreTests {
    @Test func nothingIsSeenBeforeApplyAndNothingAfterDiscard() async throws {
        let station = try await Station()
        let (kept, dropped) = try await station.database.write { transaction in
            (
                try station.store.append([report(evening, 1)], now: evening, in: transaction),
                try? transaction.savepoint { () -> Appended in
                    let lost = try station.store.append([report(evening, 2, field: "u")], now: evening, in: transaction)
                    station.store.discard(lost)
                    throw SQLFailure(.other, "taken back")
                }
            )
        }
        #expect(dropped == nil)
        #expect(station.store.latest(node) == nil)
        station.store.apply(kept)
        #expect(station.store.latest(node)?.fields.map(\.name) == ["t"])
        // The name that was taken back got no id that anything could refer to.
        try await station.add([report(evening + 1, 3, field: "u")])
        let copy = try await station.crashed()
        let reopened = copy.store
        #expect(reopened.recovery == Recovery(rows: 2, reports: 2))
        #expect(reopened.latest(node)?.fields.map(\.value) == [1, 3])
    }

    @Test func aValueFromAheadOfTheClockGivesWayToTheNextOneAlsoAfterARestart() async throws {
        var station = try await Station()
        func latest() -> LatestField? { station.store.latest(node)?.fields.first }
        try await station.add([report(evening, 1)], now: evening)
        try await station.add([report(evening + 2 * hour, 2)], now: evening + second)
        #expect(latest() == LatestField("t", time: evening + 2 * hour, 2))
        try await station.add([report(evening + 2 * second, 3)], now: evening + 2 * second)
        #expect(latest() == LatestField("t", time: evening + 2 * second, 3))
        station = try await station.crashed()
        #expect(latest() == LatestField("t", time: evening + 2 * second, 3))
        try await station.store.seal(now: evening + 3 * second)
        station = try await station.crashed()
        #expect(station.store.recovery.journalRows == 0)
        #expect(latest() == LatestField("t", time: evening + 2 * second, 3))
        #expect(station.store.latest(node)?.time == evening + 2 * second)
        // What is late is history, and late is judged by who writes.
        try await station.add([report(evening + 4 * second, 5)], now: evening + 3 * second)
        try await station.add([late(evening + 3 * second, 6)], now: evening + 3 * second)
        #expect(latest() == LatestField("t", time: evening + 4 * second, 5))
        // The row itself is in the history, whatever its time.
        let range = try await station.store.range(node, from: 0, to: .max, limit: 10)
        #expect(range.times == [0, 2, 3, 4].map { evening + $0 * second } + [evening + 2 * hour])
    }

    @Test func aLateReportIsTheLatestOfAFieldThatHasNothingNewer() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1)], now: evening)
        try await station.add([late(evening - second, 2, field: "u"), late(evening - second, 3)], now: evening)
        let latest = station.store.latest(node)
        #expect(latest?.fields.map(\.value) == [1, 2])
        #expect(latest?.time == evening)
    }

    @Test func aBatchThatIsStillOnItsWayKeepsItsJournalRow() async throws {
        let station = try await Station()
        let early = try await station.database.write {
            try station.store.append([report(evening, 1)], now: evening, in: $0)
        }
        try await station.add([report(evening + second, 2)])
        // Sealed with the first batch committed but not applied: a crash now must not lose it.
        let sealed = try await station.store.seal(now: evening)
        #expect((sealed.rows, sealed.journalRows) == (1, 0))
        let crashed = try await station.crashed()
        #expect(try await crashed.store.range(node, from: 0, to: .max, limit: 10).times == [evening, evening + second])
        station.store.apply(early)
        #expect(try await station.store.seal(now: evening).journalRows == 2)
        let after = try await station.crashed()
        #expect(after.store.recovery.journalRows == 0)
        #expect(try await after.store.range(node, from: 0, to: .max, limit: 10).times == [evening, evening + second])
    }

    @Test func aFailedCommitNeedsNoDiscard() async throws {
        let station = try await Station()
        await #expect(throws: SQLFailure.self) {
            try await station.database.write { transaction in
                _ = try station.store.append([report(evening, 1)], now: evening, in: transaction)
                throw SQLFailure(.full, "as if")
            }
        }
        try await station.add([report(evening + second, 2)])
        let sealed = try await station.store.seal(now: evening)
        #expect((sealed.rows, sealed.journalRows) == (1, 1))
        #expect(try await station.store.range(node, from: 0, to: .max, limit: 9).times == [evening + second])
    }

    @Test func refusedReportsAreNamedAndTheRestStored() async throws {
        let station = try await Station(Folder()) {
            $0.retentionDays = 30
            $0.limits.series = 2
            $0.limits.fieldsOfSeries = 3
            $0.limits.textBytes = 5
        }
        func with(_ fields: [Field]) -> Report { Report(series: node, time: evening, fields: fields) }
        func named(_ source: String) -> Report {
            report(evening, 1, series: SeriesKey(source: source, measurement: "m"))
        }
        let cases: [(Report, ReportRejection?)] = [
            (report(evening, 1), nil),
            (report(evening - 30 * day - 1, 1), .beyondRetention),
            (report(-1, 1), .beyondRetention),
            (report(.min, 1), .beyondRetention),
            (report(evening - 30 * day, 1), nil),
            (report(evening + day + 1, 1), .inTheFuture),
            (report(.max, 1), .inTheFuture),
            (report(evening + day, 1), nil),
            (with([]), .fieldCount),
            (with((0..<4).map { Field("f\($0)", 1) }), .fieldCount),
            (with([Field("a", .decimal(mantissa: 1, scale: 19))]), .badValue),
            (with([Field("a", .text("123456"))]), .badValue),
            (with([Field("", 1)]), .badName),
            (with([Field("a\0", 1)]), .badName),
            (named(""), .badName),
            (named(String(repeating: "x", count: 257)), .badName),
            (with([Field("a", 1), Field("b", 2)]), nil),
            (with([Field("c", 1)]), .tooManyFields),
            (named("one"), nil),
            (named("two"), .tooManySeries),
        ]
        for (index, (report, expected)) in cases.enumerated() {
            let appended = try await station.add([report, cases[0].0], now: evening)
            #expect(appended.refused == expected.map { [Appended.Refused(0, $0)] } ?? [], "case \(index)")
            #expect(appended.accepted == (expected == nil ? 2 : 1))
            if expected != .tooManyFields, expected != .tooManySeries {
                #expect(station.store.refusal(report, now: evening) == expected, "case \(index)")
            }
        }
        #expect(station.store.series().map(\.key.source) == ["node_01", "one"])
        // A batch of which nothing is left writes no journal row.
        let rows = station.store.statistics().journalRows
        #expect(try await station.add([report(.max, 1)], now: evening).accepted == 0)
        #expect(station.store.statistics().journalRows == rows)
    }

    @Test func namesOfEveryKindComeBackAfterARestart() async throws {
        let station = try await Station()
        let keys = [
            SeriesKey(
                source: "a/b #+", measurement: "ä,=%", tags: [Tag("z", "1"), Tag("a", "x=y,z%2C"), Tag("empty", "")]),
            SeriesKey(source: "'; DROP TABLE telemetry_series; --", measurement: "m"),
        ]
        for key in keys { try await station.add([report(evening, .text("x"), series: key, field: "f=,%\n")]) }
        let copy = try await station.crashed()
        let reopened = copy.store
        #expect(reopened.series().map(\.key) == keys)
        #expect(keys[0].tags.map(\.name) == ["a", "empty", "z"])
        #expect(reopened.series(source: "a/b #+").map(\.fields) == [["f=,%\n"]])
        #expect(reopened.latest(source: "nobody") == [])
    }

    @Test func fullHeadsPushBackAndSealingMakesRoom() async throws {
        let station = try await Station(Folder()) { $0.headBytes = 2000 }
        var stored = 0
        do {
            for index in 0..<1000 {
                try await station.add([report(evening + Int64(index), 1)])
                stored += 1
            }
            Issue.record("never full")
        } catch let failure as TimeSeriesFailure {
            guard case .headFull = failure else { throw failure }
        }
        #expect(try await station.store.sealIfDue(now: evening)?.rows == stored)
        #expect(station.store.statistics().headBytes == 0)
        try await station.add([report(evening + 5000, 1)])
        #expect(try await station.store.range(node, from: 0, to: .max, limit: 5000).times.count == stored + 1)
    }

    @Test func sealingIsDueWhenASlotAndItsGraceAreOver() async throws {
        let station = try await Station()
        try await station.add([report(evening, 1)])
        #expect(try await station.store.sealIfDue(now: evening + 9 * 60 * second) == nil)
        #expect(try await station.store.sealIfDue(now: evening + 10 * 60 * second)?.rows == 1)
        try await station.add([report(evening + hour, 1)])
        #expect(try await station.store.sealIfDue(now: evening + 4 * hour) == nil)
        #expect(try await station.store.sealIfDue(now: evening + 4 * hour + 600 * second)?.rows == 1)
        #expect(try await station.store.sealIfDue(now: evening + 9 * hour) == nil)
        // Both ended in one chunk: the first was small.
        #expect(station.store.statistics().chunks == 1)
    }

    @Test func wrongQueriesAreNamed() async throws {
        let station = try await Station(Folder()) { $0.limits.buckets = 100 }
        try await station.add([report(evening, 1), report(evening + hour, 2)])
        let store = station.store
        await #expect(throws: TimeSeriesFailure.badRange) { _ = try await store.range(node, from: 2, to: 1, limit: 1) }
        await #expect(throws: TimeSeriesFailure.badRange) { _ = try await store.range(node, from: 1, to: 2, limit: 0) }
        await #expect(throws: TimeSeriesFailure.badRange) {
            _ = try await store.aggregate(node, from: 1, to: 2, step: 0)
        }
        await #expect(throws: TimeSeriesFailure.tooManyBuckets(limit: 100)) {
            _ = try await store.aggregate(node, from: .min, to: .max, step: second)
        }
        // An open range ends where the data does.
        #expect(try await store.aggregate(node, from: .min, to: .max, step: hour).buckets.count == 2)
        #expect(try await store.aggregate(node, from: 0, to: .max, step: .max).buckets.count == 1)
        let unknown = SeriesKey(source: "nobody", measurement: "m")
        #expect(try await store.range(unknown, from: 0, to: .max, limit: 1) == RangeResult())
        #expect(try await store.aggregate(unknown, from: 0, to: .max, step: 1) == AggregateResult())
        #expect(try await store.range(node, fields: ["x"], from: 0, to: .max, limit: 1) == RangeResult())
    }

    @Test func anAnswerIsBoundedByItsFieldsAndItsTexts() async throws {
        let station = try await Station(Folder()) {
            $0.limits.bucketFields = 20
            $0.limits.answerTextBytes = 1_000
        }
        let text = String(repeating: "x", count: 300)
        let fields = (0..<10).map { Field("f\($0)", 1) } + [Field("note", .text(text))]
        for number in Int64(0)..<10 {
            try await station.add([Report(series: node, time: evening + number * second, fields: fields)])
        }
        let store = station.store
        let (from, to) = (evening, evening + 10 * second)
        await #expect(throws: TimeSeriesFailure.tooManyBuckets(limit: 1)) {
            _ = try await store.aggregate(node, from: from, to: to, step: second)
        }
        #expect(
            try await store.aggregate(node, fields: ["f1", "f2"], from: from, to: to, step: second).buckets.count == 10)
        let cut = try await store.range(node, from: from, to: to, limit: 100, order: .descending)
        #expect(cut.times.count == 4 && cut.hasMore && cut.times.first == evening + 9 * second)
        let whole = try await store.range(node, fields: ["f1"], from: from, to: to, limit: 100)
        #expect(whole.times.count == 10 && !whole.hasMore)
    }

    @Test func configurationsThatCannotWorkAreRefused() async throws {
        for change in [
            { $0.slotSeconds = 7000 }, { $0.slotSeconds = 0 }, { $0.headBytes = 0 }, { $0.folder = "/no/such/folder" },
        ] as [@Sendable (inout TimeSeriesConfiguration) -> Void] {
            await #expect(throws: TimeSeriesFailure.self) { _ = try await Station(Folder(), change) }
        }
    }
}

extension Recovery {
    init(rows: Int, reports: Int) {
        self.init()
        journalRows = rows
        self.reports = reports
    }
}
