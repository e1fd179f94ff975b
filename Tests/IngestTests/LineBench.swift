import Foundation
import HubModel
import HubTesting
import Ingest
import SQL
import SolutionKit
import Synchronization
import TimeSeries

/// Notes what is released, in order.
final class Witness: LiveSink, OutboundSink {
    let events = Mutex<[LiveEvent]>([])
    let publications = Mutex<[OutgoingMessage]>([])
    let troubles = Mutex<[LineTrouble]>([])

    func publish(_ events: [LiveEvent], committedAt: Timestamp) {
        self.events.withLock { $0 += events }
    }

    func publish(_ messages: [OutgoingMessage]) {
        publications.withLock { $0 += messages }
    }
}

/// A solution that writes a row for each message on `notes/{id}/write`, and does on demand what a bad one would do.
struct NotesSolution: Solution, HandlesMessages {
    let manifest = SolutionManifest(
        id: "notes", title: "Notes", path: "/notes", kinds: [], topics: ["notes/+/write", "notes/+/measure"],
        ownedTopics: ["notes/#"], passedTopics: ["notes/+/free"], rights: [], permissions: [],
        grants: [], needs: .viewSystem)

    let migrations = Migrations(
        owner: "notes", [Migration("notes", ["CREATE TABLE note (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)"])])

    func makeHandler(_ services: LineServices) -> any MessageHandler { NotesHandler() }
}

final class NotesHandler: MessageHandler {
    struct Broken: Error {}

    private(set) var seen = 0
    private(set) var forgotten = 0
    private(set) var ticks = 0
    private var breaksBatch = false
    /// Pieces that have come due.
    var due = 0
    /// Of these, those that fail.
    var failing: Set<Int> = []
    /// Pieces that were done in each batch that did any.
    private(set) var advances: [Int] = []
    private var advanced = 0

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        seen += 1
        let id = message.topic[1]
        let body = String(decoding: message.payload, as: UTF8.self)
        guard let device = DeviceID(id) else { throw Refusal(.invalidIdentifier, "no device") }
        if message.topic[2] == "measure" {
            line.append(
                Reading(
                    device: device, measurement: "notes",
                    observed: ObservationTime(claimed: message.receivedAt, receivedAt: message.receivedAt),
                    receivedAt: message.receivedAt, isLate: false,
                    fields: body == "nothing" ? [] : [ReadingField("value", .integer(Int64(body) ?? 0))]))
        } else {
            try line.transaction().execute("INSERT INTO note (id, body) VALUES ($1, $2)", [.text(id), .text(body)])
        }
        line.show(LiveEvent(topic: "notes/\(id)", data: .json(Array("{}".utf8)), needs: .viewSystem, at: nil))
        line.publish(OutgoingMessage(topic: "notes/\(id)/free", payload: []))
        switch body {
        case "refuse": throw Refusal(.valueOutOfRange, "refused on demand")
        case "break": throw Broken()
        case "break batch": breaksBatch = true
        default: break
        }
    }

    func tick(in line: inout LineContext) throws { ticks += 1 }

    func advance(in line: inout LineContext) throws -> Bool {
        guard due > 0 else { return false }
        due -= 1
        advanced += 1
        try line.transaction().execute("INSERT INTO note (id, body) VALUES ($1, '')", [.text("piece \(due)")])
        if failing.contains(due) { throw Broken() }
        return true
    }

    func finishBatch(in line: inout LineContext) throws {
        if advanced > 0 { advances.append(advanced) }
        advanced = 0
        if breaksBatch {
            breaksBatch = false
            throw Broken()
        }
    }

    func forget() { forgotten += 1 }
}

/// A line over a database in memory, running until the body is done.
struct LineBench {
    let line: IngestLine
    let database: Database
    let store: TimeSeriesStore
    let witness: Witness
    let clock: ManualClock

    static func run(
        _ configuration: LineConfiguration = LineConfiguration(), starting: Bool = true,
        solutions more: [any Solution] = [], observers: [@Sendable () -> any LineObserver] = [],
        storing change: (inout TimeSeriesConfiguration) -> Void = { _ in },
        _ body: (LineBench) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/line-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = ManualClock()
        let database = try Database.open(DatabaseConfiguration(.memory))
        let solution = NotesSolution()
        try await database.migrate(
            [TimeSeriesStore.migrations, solution.migrations] + more.map(\.migrations), at: clock.now().microseconds)
        var storing = TimeSeriesConfiguration(folder: folder)
        change(&storing)
        let store = try await TimeSeriesStore.open(database, storing, now: clock.now().microseconds)
        let witness = Witness()
        let line = IngestLine(
            LineParts(
                solutions: [solution] + more,
                services: LineServices(devices: UntouchedBooks(), commands: UntouchedBooks(), audit: UntouchedBooks()),
                database: database,
                store: store, clock: clock, live: witness, outbound: witness, observers: observers,
                configuration: configuration,
                log: { trouble in witness.troubles.withLock { $0.append(trouble) } }))
        let bench = LineBench(line: line, database: database, store: store, witness: witness, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if starting { group.addTask { await line.run() } }
            do {
                try await body(bench)
            } catch {
                line.stop()
                throw error
            }
            line.stop()
            try await group.waitForAll()
        }
    }

    func message(_ id: String, _ kind: String, _ body: String, storing: LineWork? = nil) -> LineItem {
        .message(
            DeviceMessage(
                topic: ["notes", id, kind], payload: Array(body.utf8),
                origin: MessageOrigin(clientID: nil, address: nil, sender: .anybody),
                receivedAt: clock.now()), storing: storing)
    }

    /// Offers items and waits for their outcomes; nil when they were not taken.
    func outcomes(_ items: [LineItem]) async -> [LineOutcome]? {
        await withCheckedContinuation { continuation in
            let isTaken = line.offer(Submission(items: items) { continuation.resume(returning: $0) })
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Waits until what the last batch released is with the witness: after the acknowledgements, before the next batch.
    func released() async throws {
        try await line.perform { _ in }
    }

    func notes() throws -> [String] {
        try database.readBlocking { try $0.query("SELECT id FROM note ORDER BY id").map { try $0.text(0) } }
    }
}
