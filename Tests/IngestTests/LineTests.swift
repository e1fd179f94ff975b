import Dispatch
import HubModel
import HubTesting
import Ingest
import SQL
import SolutionKit
import Synchronization
import Testing
import TimeSeries

@Suite struct LineTests {
    @Test func everyItemOfASubmissionGetsItsOwnOutcome() async throws {
        try await LineBench.run { bench in
            let outcomes = try #require(
                await bench.outcomes([
                    bench.message("a", "write", "one"), bench.message("b", "write", "refuse"),
                    bench.message("c", "write", "break"), bench.message("a", "write", "again"),
                    bench.message("d", "write", "two"),
                ]))
            guard case .committed = outcomes[0], case .refused(let refusal) = outcomes[1], case .failed = outcomes[2],
                case .failed = outcomes[3], case .committed = outcomes[4]
            else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(refusal.code == .valueOutOfRange)
            // What was refused or failed left nothing behind, and took nothing from its neighbours.
            #expect(try bench.notes() == ["a", "d"])
            let figures = bench.line.figures
            try await bench.released()
            #expect(bench.witness.events.withLock { $0.map(\.topic) } == ["notes/a", "notes/d"])
            #expect(bench.witness.publications.withLock { $0.map(\.topic) } == ["notes/a/free", "notes/d/free"])
            #expect(bench.witness.troubles.withLock { $0.count } == 2)
            #expect(figures.stored == 2 && figures.failed == 2 && figures.refused == [.valueOutOfRange: 1])
        }
    }

    @Test func aMessageAndWhatItsDoorKeepsAreOne() async throws {
        try await LineBench.run { bench in
            let keep: LineWork = { line in
                try line.transaction().execute("INSERT INTO note (id, body) VALUES ('kept', '')")
            }
            let outcomes = try #require(
                await bench.outcomes([
                    bench.message("a", "write", "refuse", storing: keep),
                    bench.message("b", "write", "ok", storing: keep),
                    bench.message("c", "write", "ok", storing: keep),
                ]))
            // The third breaks the key: with it goes its message.
            guard case .refused = outcomes[0], case .committed = outcomes[1], case .failed = outcomes[2] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(try bench.notes() == ["b", "kept"])
        }
    }

    @Test func aFullDiskIsSaidAndIsOverOnceThereIsRoom() async throws {
        try await LineBench.run { bench in
            let payload = "x" + String(repeating: "y", count: 100_000)
            func limitPages(to count: Int64) throws {
                _ = try bench.database.writeBlocking { try $0.query("PRAGMA max_page_count = \(count)") }
            }
            let before = try #require(await bench.outcomes([bench.message("a", "write", "one")]))
            guard case .committed = before[0] else {
                Issue.record("\(before)")
                return
            }
            // The engine's own word for a disk without room.
            try limitPages(to: 1)
            let outcomes = try #require(
                await bench.outcomes([bench.message("b", "write", payload), bench.message("c", "write", payload)]))
            for outcome in outcomes {
                guard case .unstored = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
            let refusal = await #expect(throws: Refusal.self) {
                try await bench.line.perform { line in
                    try line.transaction().execute(
                        "INSERT INTO note (id, body) VALUES ('d', $1)", [.text(payload)])
                }
            }
            #expect(refusal?.code == .storageUnavailable)
            #expect(try bench.notes() == ["a"])
            try limitPages(to: 1 << 30)
            let after = try #require(await bench.outcomes([bench.message("b", "write", payload)]))
            guard case .committed = after[0] else {
                Issue.record("\(after)")
                return
            }
            #expect(try bench.notes() == ["a", "b"])
        }
    }

    @Test func thereIsNoTimeOfACommitBeforeTheFirst() async throws {
        try await LineBench.run { bench in
            func quantiles() -> Int {
                bench.line.metrics().first { $0.name == "martlet_commit_seconds" }?.samples
                    .count { !$0.labels.isEmpty } ?? 0
            }
            #expect(quantiles() == 0)
            _ = await bench.outcomes([bench.message("a", "write", "one")])
            #expect(quantiles() == 2)
        }
    }

    @Test func aBatchThatIsRolledBackLeavesNothing() async throws {
        try await LineBench.run { bench in
            let outcomes = try #require(
                await bench.outcomes([
                    bench.message("a", "write", "one"), bench.message("a", "measure", "1"),
                    bench.message("b", "write", "break batch"),
                ]))
            for outcome in outcomes {
                guard case .failed = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
            #expect(try bench.notes() == [])
            #expect(bench.store.latest(SeriesKey(source: "a", measurement: "notes")) == nil)
            try await bench.released()
            #expect(bench.witness.events.withLock { $0.isEmpty } && bench.witness.publications.withLock { $0.isEmpty })
            let forgotten = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.forgotten }
            #expect(forgotten == 1)
            // The line goes on.
            let next = try #require(await bench.outcomes([bench.message("a", "write", "one")]))
            guard case .committed = next[0] else {
                Issue.record("\(next)")
                return
            }
        }
    }

    @Test func whatChangedForTheHandlersIsReadAgainAfterTheCommit() async throws {
        try await LineBench.run { bench in
            try await bench.line.perform { line in line.forgetAfterCommit() }
            func forgotten() async throws -> Int {
                try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.forgotten }
            }
            // Once, and not again with the next batch.
            #expect(try await forgotten() == 1)
            #expect(try await forgotten() == 1)
            // Whoever waits for the commit finds everything forgotten already.
            try await bench.line.perform(with: NotesHandler.self) { handler, line in
                #expect(handler.forgotten == 1)
                line.forgetAfterCommit()
            }
            #expect(try await forgotten() == 2)
            let outcomes = try #require(await bench.outcomes([bench.message("a", "write", "one")]))
            guard case .committed = outcomes[0] else {
                Issue.record("\(outcomes)")
                return
            }
        }
    }

    @Test func refusalsAreCountedByTheirCodes() async throws {
        try await LineBench.run { bench in
            for code in [RefusalCode.forbidden, .devicePending, .forbidden] {
                _ = try? await bench.line.perform { _ in throw Refusal(code, "no") }
            }
            let refused = bench.line.metrics().first { $0.name == "martlet_messages_refused_total" }
            func count(_ code: String) -> Double? {
                refused?.samples.first { $0.labels.contains { $0.name == "code" && $0.value == code } }?.value
            }
            #expect(count("forbidden") == 2)
            #expect(count("device_pending") == 1)
            #expect(count("too_many_requests") == 0)
        }
    }

    @Test func readingsAreThereWhenTheirMessageIsAcknowledged() async throws {
        try await LineBench.run { bench in
            _ = await bench.outcomes([bench.message("a", "measure", "41"), bench.message("b", "measure", "refuse")])
            bench.clock.move(seconds: 1)
            _ = await bench.outcomes([bench.message("a", "measure", "42")])
            let device = try #require(DeviceID("a"))
            let history = StoredHistory(store: bench.store)
            let latest = try await history.latest(device: device, measurement: "notes")
            #expect(latest.map(\.value) == [.integer(42)])
            let table = try await history.readings(
                ReadingQuery(
                    device: device, measurement: "notes", from: bench.clock.now().advanced(bySeconds: -60),
                    to: bench.clock.now().advanced(bySeconds: 60), limit: 10))
            #expect(table.rows.map { $0.values } == [[.integer(41)], [.integer(42)]])
            #expect(bench.store.latest(SeriesKey(source: "b", measurement: "notes")) == nil)
        }
    }

    @Test func aReadingThatCannotBeStoredRefusesItsMessage() async throws {
        try await LineBench.run { bench in
            let outcomes = try #require(
                await bench.outcomes([bench.message("a", "measure", "nothing"), bench.message("a", "measure", "7")]))
            guard case .refused(let refusal) = outcomes[0], case .committed = outcomes[1] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(refusal.code == .valueOutOfRange)
            try await bench.released()
            #expect(bench.witness.events.withLock { $0.count } == 1)
        }
    }

    @Test func topicsAreTakenPassedOrRefused() async throws {
        try await LineBench.run { bench in
            #expect(bench.line.takes(["notes", "a", "write"]))
            #expect(!bench.line.takes(["notes", "a"]) && !bench.line.takes(["notes", "a", "write", "more"]))
            let outcomes = try #require(
                await bench.outcomes([
                    .traffic(topic: ["elsewhere"], storing: nil),
                    .traffic(topic: ["notes", "a", "free"], storing: nil),
                    .traffic(topic: ["notes", "a", "wrong"], storing: nil), .traffic(topic: nil, storing: nil),
                ]))
            guard case .committed = outcomes[0], case .committed = outcomes[1],
                case .refused(let refusal) = outcomes[2],
                case .committed = outcomes[3]
            else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(refusal.code == .unknownTopic)
        }
    }

    @Test func workGivesItsResultAfterTheCommitAndItsErrorAfterUndoing() async throws {
        try await LineBench.run { bench in
            let count = try await bench.line.perform { line in
                try line.transaction().execute("INSERT INTO note (id, body) VALUES ('x', '')")
            }
            #expect(count == 1)
            await #expect(throws: Refusal(.conflict, "no")) {
                try await bench.line.perform { line in
                    try line.transaction().execute("INSERT INTO note (id, body) VALUES ('y', '')")
                    throw Refusal(.conflict, "no")
                }
            }
            #expect(try bench.notes() == ["x"])
        }
    }

    @Test func aFullQueuePushesBackAndAStoppingLineStoresWhatItTook() async throws {
        var small = LineConfiguration()
        small.queueItems = 3
        small.batchItems = 2
        try await LineBench.run(small, starting: false) { bench in
            let stored = Mutex(0)
            func offer(_ id: String) -> Bool {
                bench.line.offer(
                    Submission(items: [bench.message(id, "write", "x")]) { outcomes in
                        if case .committed = outcomes[0] { stored.withLock { $0 += 1 } }
                    })
            }
            #expect(offer("a") && offer("b") && offer("c"))
            #expect(!offer("d"))
            #expect(bench.line.figures.queueDepth == 3)
            await #expect(throws: Refusal.self) { try await bench.line.perform { _ in } }
            bench.line.stop()
            #expect(!offer("e"))
            await bench.line.run()
            #expect(stored.withLock { $0 } == 3)
            let notes = try bench.notes()
            #expect(notes == ["a", "b", "c"])
        }
    }

    @Test func timePassesWithoutMessages() async throws {
        try await LineBench.run { bench in
            let before = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.ticks }
            bench.clock.move(seconds: 5)
            let after = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.ticks }
            // The batch's own tick comes behind its items.
            let later = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.ticks }
            #expect(after >= before && later > before)
        }
    }

    @Test("When the clock was moved, all that came due is committed before the mover goes on")
    func theMoverOfTheClockFindsEverythingDone() async throws {
        try await LineBench.run { bench in
            try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.due = 1_000 }
            let before = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.ticks }
            bench.clock.move(seconds: 1)
            await bench.line.clockWasMoved()
            #expect(try bench.notes().count == 1_000)
            let after = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.ticks }
            #expect(after > before)
            bench.line.stop()
            await bench.line.clockWasMoved()
        }
    }

    @Test("A batch is not before the receipt of its messages, unless the clock was set back")
    func aBatchIsNotBeforeItsMessages() async throws {
        try await LineBench.run { bench in
            let now = bench.clock.now()
            func ahead(microseconds: Int64) async throws -> Int64 {
                _ = await bench.outcomes([
                    .message(
                        DeviceMessage(
                            topic: ["notes", "x\(microseconds)", "write"], payload: [],
                            origin: MessageOrigin(clientID: nil, address: nil, sender: .anybody),
                            receivedAt: now.advanced(byMicroseconds: microseconds)), storing: nil)
                ])
                return try await bench.line.perform { $0.now.microseconds(since: now) }
            }
            let (present, burst) = (try await ahead(microseconds: 0), try await ahead(microseconds: 300))
            // The receipts of a burst are a microsecond apart, and the next batch is not before them either.
            let (next, far) = (try await ahead(microseconds: 7), try await ahead(microseconds: 5_000_000))
            #expect([present, burst, next, far] == [0, 300, 300, 300])
            bench.clock.move(seconds: -2)
            let setBack = try await bench.line.perform { $0.now }
            #expect(setBack == now.advanced(bySeconds: -2))
        }
    }

    @Test func whatComesDueIsSpreadOverBatchesAndEachPieceStandsAlone() async throws {
        try await LineBench.run { bench in
            try await bench.line.perform(with: NotesHandler.self) { handler, _ in
                handler.due = 1_000
                handler.failing = [700, 300]
            }
            // No clock is moved and no message comes: the line goes on by itself until it has caught up.
            let deadline = ContinuousClock.now + .seconds(60)
            var advances: [Int] = []
            while advances.reduce(0, +) < 1_000, ContinuousClock.now < deadline {
                advances = try await bench.line.perform(with: NotesHandler.self) { handler, _ in handler.advances }
            }
            #expect(advances.reduce(0, +) == 1_000)
            #expect(advances.allSatisfy { $0 <= 256 } && advances.count >= 4)
            let notes = try Set(bench.notes())
            #expect(notes.count == 998 && !notes.contains("piece 700") && !notes.contains("piece 300"))
            #expect(bench.witness.troubles.withLock { $0.count } == 2)
        }
    }

    @Test func itemsThatArriveTogetherShareACommit() async throws {
        var patient = LineConfiguration()
        patient.gather = .seconds(3)
        try await LineBench.run(patient) { bench in
            let (begun, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let first = bench.line.offer(
                Submission(items: [
                    .work { _ in
                        begun.signal()
                        release.wait()
                    }
                ]) { _ in })
            #expect(first)
            await Task.detached { begun.wait() }.value
            // The second comes while the first is committed, the third within the moment that the second waits.
            async let second = bench.outcomes([bench.message("a", "write", "x")])
            while bench.line.figures.queueDepth < 1 { await Task.yield() }
            release.signal()
            while bench.line.figures.batches < 1 { await Task.yield() }
            let third = await bench.outcomes([bench.message("b", "write", "x")])
            _ = await second
            #expect(third?.count == 1)
            #expect(bench.line.figures.batches == 2)
        }
    }
}
