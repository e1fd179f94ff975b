import DeviceDoors
import Foundation
import HubModel
import HubTesting
import Ingest
import MQTTBroker
import MQTTCodec
import SQL
import SolutionKit
import Synchronization
import TimeSeries

/// A line with a ledger over a database in memory, and one solution that refuses everything on `strict/+`.
struct Hub {
    let line: IngestLine
    let ledger: LineLedger
    let database: Database
    let told: Told

    static func run(_ body: (Hub) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([TimeSeriesStore.migrations, SessionMigrations.all], at: 0)
        let store = try await TimeSeriesStore.open(database, TimeSeriesConfiguration(folder: folder), now: 0)
        let told = Told()
        let line = IngestLine(
            LineParts(
                solutions: [Strict(told: told)],
                services: LineServices(devices: UntouchedBooks(), commands: UntouchedBooks(), audit: UntouchedBooks()),
                commands: { _, _ in Deliveries(told: told) }, database: database,
                store: store, clock: ManualClock(), live: Nowhere(), outbound: Nowhere(), log: { _ in }))
        let hub = Hub(line: line, ledger: LineLedger(line: line), database: database, told: told)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await line.run() }
            do {
                try await body(hub)
            } catch {
                line.stop()
                throw error
            }
            line.stop()
            try await group.waitForAll()
        }
    }

    func commit(_ entries: [BrokerLedgerEntry]) async -> [CommitOutcome] {
        await withCheckedContinuation { continuation in
            ledger.commit(entries) { continuation.resume(returning: $0) }
        }
    }

    func count(_ table: String) throws -> Int64 {
        try database.readBlocking { try $0.queryOne("SELECT COUNT(*) FROM \(table)").integer(0) }
    }

    func client(_ name: String) throws -> ConnectedClient {
        ConnectedClient(identifier: try MQTTString(name), userName: nil, remoteAddress: "127.0.0.1:1", version: .v5_0)
    }

    func opened(_ client: ConnectedClient) -> BrokerLedgerEntry {
        .session(.connected(SessionOpening(client: client, isResumed: false, expiryInterval: 60, keepAlive: 0, at: 1)))
    }

    func message(_ id: UInt64, _ topic: String, _ payload: String, retain: Bool = false) throws -> Message {
        Message(
            id: id, topic: try TopicName(topic), payload: Array(payload.utf8), qos: .exactlyOnce, retain: retain,
            receivedAt: 1)
    }
}

private struct Nowhere: LiveSink, OutboundSink {
    func publish(_ events: [LiveEvent], committedAt: Timestamp) {}
    func publish(_ messages: [OutgoingMessage]) {}
}

/// What the solution was told of its publications and of clients, as text.
final class Told: Sendable {
    private let words = Mutex<[String]>([])

    func note(_ word: String) { words.withLock { $0.append(word) } }

    /// What was told since the last time.
    func take() -> [String] {
        words.withLock { words in
            defer { words = [] }
            return words
        }
    }
}

private struct Strict: GivesCommands {
    let told: Told
    let manifest = SolutionManifest(
        id: "strict", title: "Strict", path: "/strict", kinds: [], topics: ["strict/+"], ownedTopics: ["strict/#"],
        rights: [], permissions: [], grants: [], needs: .viewNodes)

    let commandForms: [CommandForm] = []

    func makeHandler(_ services: LineServices) -> any MessageHandler { Refusing(told: told) }
}

private final class Refusing: TakesCommands {
    let told: Told

    init(told: Told) {
        self.told = told
    }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        throw Refusal(.wrongType, "everything is wrong")
    }
    func presence(_ change: PresenceChange, in line: inout LineContext) throws {
        switch change {
        case .connected(let client, _): told.note("connected \(client)")
        case .disconnected(let client, _): told.note("disconnected \(client)")
        case .sessionEnded(let client): told.note("ended \(client)")
        case .subscribed, .unsubscribed: break
        }
    }
    func commandTarget(_ device: DeviceID) -> CommandTarget? { nil }
    func commandDevices(spokenForBy client: String) -> [DeviceID] { [] }
    func finishBatch(in line: inout LineContext) throws {}
}

/// Notes how far publications have come.
private final class Deliveries: CommandHandler {
    private let told: Told
    private let none = NoCommands()

    init(told: Told) {
        self.told = told
    }

    func delivery(_ report: DeliveryReport, in line: inout LineContext) throws {
        switch report {
        case .queued(let token, let sessions):
            let stored = try line.transaction().queryOne("SELECT COUNT(*) FROM mqtt_delivery").integer(0)
            told.note("\(token) queued \(sessions) of \(stored)")
        case .passedOn(let token, let clients): told.note("\(token) passed on \(clients)")
        case .acknowledged(let token, let client): told.note("\(token) acknowledged \(client)")
        case .dropped(let token, let client): told.note("\(token) dropped \(client)")
        }
    }
    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {}
    func ask(
        _ device: DeviceID, _ request: CommandRequest, by caller: Caller, at sites: SiteScope,
        in line: inout LineContext
    ) throws -> Command { try none.ask(device, request, by: caller, at: sites, in: &line) }
    func answered(
        _ answer: CommandAnswer, by device: DeviceID, at instant: Timestamp, in line: inout LineContext
    ) throws {}
    func heard(_ device: DeviceID) {}
    func take(
        for device: DeviceID, confirming confirmation: CommandConfirmation, in line: inout LineContext
    ) throws -> [Command] { [] }
    func isConnected(_ client: String) -> Bool { false }
}
