import HubModel
import HubTesting
import Ingest
import SQL
import SolutionKit
import Synchronization
import Testing
import TimeSeries

/// What observers were asked, in order.
final class Diary: Sendable {
    let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
    /// Without the seconds that went by.
    var calls: [String] { all.filter { !$0.hasSuffix("tick") } }
}

/// A second solution: `echo/{id}` measures and notes a state.
struct EchoSolution: Solution, HandlesMessages, ObservesLine {
    let diary: Diary
    let manifest = SolutionManifest(
        id: "echo", title: "Echo", path: "/echo", kinds: [], topics: ["echo/+"], rights: [], permissions: [],
        grants: [], needs: .viewSystem)
    let migrations = Migrations(
        owner: "echo", [Migration("echo", ["CREATE TABLE seen (id TEXT NOT NULL PRIMARY KEY)"])])

    func makeHandler(_ services: LineServices) -> any MessageHandler { EchoHandler() }
    func makeObserver(_ services: LineServices) -> any LineObserver { DiaryObserver("own", diary) }
}

final class EchoHandler: MessageHandler {
    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        let device = try #require(DeviceID(message.topic[1]))
        line.append(
            Reading(
                device: device, measurement: "echo",
                observed: ObservationTime(claimed: message.receivedAt, receivedAt: message.receivedAt),
                receivedAt: message.receivedAt, isLate: false, fields: [ReadingField("value", .integer(1))]))
        let state = String(decoding: message.payload, as: UTF8.self)
        line.note(
            DeviceStateChange(
                device: device, kind: DeviceKind("echo"), site: .main, state: state, since: message.receivedAt,
                severity: .good))
        if state == "refuse" { throw Refusal(.valueOutOfRange, "refused on demand") }
    }
}

/// Writes down what it sees; does what a bad one would do when it sees the state of that name.
final class DiaryObserver: LineObserver {
    struct Broken: Error {}

    let name: String
    let diary: Diary
    /// How often `load` is still to fail.
    var failingLoads: Int

    init(_ name: String, _ diary: Diary, failingLoads: Int = 0) {
        self.name = name
        self.diary = diary
        self.failingLoads = failingLoads
    }

    func load(in line: inout LineContext) throws {
        diary.add("\(name) load")
        if failingLoads > 0 {
            failingLoads -= 1
            throw Broken()
        }
    }

    func observe(_ seen: Observed, in line: inout LineContext) throws {
        let late = seen.changes.count { line.now.microseconds(since: $0.since) != 0 }
        diary.add(
            "\(name) \(seen.readings.map { "\($0.device).\($0.measurement)" }) "
                + "\(seen.changes.map { "\($0.device)=\($0.state ?? "")" }) \(late) late")
        for change in seen.changes {
            try line.transaction().execute(
                "INSERT INTO seen (id) VALUES ($1)", [.text("\(name) \(change.device) \(change.state ?? "")")])
            line.show(
                LiveEvent(topic: "seen/\(change.device)", data: .json(Array("{}".utf8)), needs: .viewSystem, at: nil))
            line.publish(OutgoingMessage(topic: "seen/\(change.device)", payload: []))
            switch change.state {
            case "throw": if name == "own" { throw Broken() }
            case "measure": line.append(seen.readings[0])
            case "note": line.note(change)
            default: break
            }
        }
    }

    func tick(in line: inout LineContext) throws { diary.add("\(name) tick") }
    func batchCommitted() { diary.add("\(name) committed") }
    func forget() { diary.add("\(name) forget") }
}

@Suite("The stage behind the handlers")
struct ObserverTests {
    private func run(
        failingLoads: Int = 0, _ body: (LineBench, Diary) async throws -> Void
    ) async throws {
        let diary = Diary()
        try await LineBench.run(
            solutions: [EchoSolution(diary: diary)],
            observers: [{ DiaryObserver("hub", diary, failingLoads: failingLoads) }]
        ) { bench in
            // The first batch is a second's.
            try await bench.released()
            diary.lines.withLock { $0.removeAll() }
            try await body(bench, diary)
        }
    }

    private func echo(_ bench: LineBench, _ id: String, _ state: String) -> LineItem {
        .message(
            DeviceMessage(
                topic: ["echo", id], payload: Array(state.utf8),
                origin: MessageOrigin(clientID: nil, address: nil, sender: .anybody), receivedAt: bench.clock.now()),
            storing: nil)
    }

    private func seen(_ bench: LineBench) throws -> [String] {
        try bench.database.readBlocking { try $0.query("SELECT id FROM seen ORDER BY id").map { try $0.text(0) } }
    }

    @Test("Each observer sees once what all solutions raised in a batch, in order, those of solutions first")
    func seesAllSolutions() async throws {
        try await run { bench, diary in
            _ = await bench.outcomes([
                bench.message("a", "measure", "1"), echo(bench, "b", "on"), echo(bench, "c", "refuse"),
                bench.message("d", "measure", "refuse"), echo(bench, "e", "off"),
            ])
            try await bench.released()
            let what = #"["a.notes", "b.echo", "e.echo"] ["b=on", "e=off"] 0 late"#
            #expect(
                diary.calls.prefix(4) == ["own \(what)", "hub \(what)", "own committed", "hub committed"])
            #expect(try seen(bench) == ["hub b on", "hub e off", "own b on", "own e off"])
            #expect(bench.witness.publications.withLock { $0.map(\.topic) }.count { $0.hasPrefix("seen/") } == 4)
        }
    }

    @Test("A batch that raised nothing asks nobody, and the clock asks each once a second, behind what was seen")
    func asksOnlyWhenThereIsSomething() async throws {
        try await run { bench, diary in
            _ = await bench.outcomes([bench.message("a", "write", "x")])
            #expect(diary.calls.filter { !$0.hasSuffix("committed") } == [])
            bench.clock.move(seconds: 1)
            _ = await bench.outcomes([echo(bench, "b", "on")])
            let what = #"["b.echo"] ["b=on"] 0 late"#
            #expect(
                diary.all.filter { !$0.hasSuffix("committed") }.suffix(4)
                    == ["own \(what)", "own tick", "hub \(what)", "hub tick"])
        }
    }

    @Test(
        "What a failing observer did is undone alone: the message is stored, the others' work stays, and it is counted")
    func aFailingObserverCostsNoMessage() async throws {
        try await run { bench, _ in
            let outcomes = try #require(await bench.outcomes([echo(bench, "b", "throw"), echo(bench, "c", "on")]))
            for outcome in outcomes {
                guard case .committed = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
            try await bench.released()
            #expect(bench.store.latest(SeriesKey(source: "b", measurement: "echo")) != nil)
            #expect(try seen(bench) == ["hub b throw", "hub c on"])
            #expect(bench.witness.events.withLock { $0.map(\.topic) } == ["seen/b", "seen/c"])
            #expect(bench.line.figures.failedObservers == 1)
            let troubles = bench.witness.troubles.withLock { $0 }
            guard troubles.count == 1, case .observerFailed(let error) = troubles[0] else {
                Issue.record("\(troubles)")
                return
            }
            #expect(error is DiaryObserver.Broken)
        }
    }

    @Test("An observer measures and notes nothing: if it does, its call is undone", arguments: ["measure", "note"])
    func raisesNothingForHandlers(_ state: String) async throws {
        try await run { bench, _ in
            let outcomes = try #require(await bench.outcomes([echo(bench, "b", state)]))
            guard case .committed = outcomes[0] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(try seen(bench) == [])
            #expect(bench.line.figures.failedObservers == 2 && bench.line.figures.readings == 1)
        }
    }

    @Test("With a batch that is rolled back goes what observers did, and what they had in memory")
    func isUndoneWithTheBatch() async throws {
        try await run { bench, diary in
            _ = await bench.outcomes([echo(bench, "b", "on"), bench.message("x", "write", "break batch")])
            #expect(try seen(bench) == [])
            #expect(diary.calls == ["own forget", "hub forget"])
            _ = await bench.outcomes([echo(bench, "b", "on")])
            #expect(try seen(bench) == ["hub b on", "own b on"])
            #expect(diary.calls.filter { $0.hasSuffix("load") } == ["own load", "hub load"])
            // Somebody else changed the tables: the same, behind the commit.
            diary.lines.withLock { $0.removeAll() }
            try await bench.line.perform { line in line.forgetAfterCommit() }
            #expect(diary.calls == ["own committed", "hub committed", "own forget", "hub forget"])
        }
    }

    @Test("An observer that cannot be loaded misses its batch, and is loaded with the next")
    func isLoadedTheNextTime() async throws {
        try await run(failingLoads: 2) { bench, diary in
            // One failed with the first second.
            for id in ["a", "b"] { _ = await bench.outcomes([echo(bench, id, "on")]) }
            try await bench.released()
            #expect(try seen(bench) == ["hub b on", "own a on", "own b on"])
            #expect(diary.calls.filter { $0.hasSuffix("load") } == ["hub load", "hub load"])
            #expect(bench.line.figures.failedObservers == 2)
        }
    }
}
