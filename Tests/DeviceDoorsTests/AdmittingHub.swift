import Credentials
import DeviceDoors
import Foundation
import HubModel
import HubTesting
import Ingest
import MQTTBroker
import MQTTCodec
import Registry
import SQL
import SolutionKit
import Synchronization
import TimeSeries
import Trust

/// A closed hub: a line with a solution that notes what it is told, the ledger, and the doors' knowledge of devices.
struct AdmittingHub {
    let line: IngestLine
    let ledger: LineLedger
    let database: Database
    let clock = ManualClock()
    let heard = Heard()
    let administration: DeviceAdministration
    let admission: DeviceAdmission
    let authenticator: HubAuthenticator
    let authorizer = HubAuthorizer()

    /// The token of a person's program that may publish everything.
    static let token = SecretKey(.personalToken)

    /// What the solution was told.
    final class Heard: Sendable {
        private let messages = Mutex<[String]>([])

        func note(_ message: DeviceMessage) {
            let said = String(decoding: message.payload, as: UTF8.self)
            let at = message.receivedAt.microseconds
            messages.withLock {
                $0.append("\(message.topic.joined(separator: "/")) \(said) \(message.origin.sender) \(at)")
            }
        }

        var all: [String] { messages.withLock { $0 } }
    }

    static func run(_ body: (AdmittingHub) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/admitting-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Database.open(DatabaseConfiguration(.file("\(folder)/martlet.db")))
        _ = try await database.migrate(
            [TimeSeriesStore.migrations, RegistryTables.migrations, SessionMigrations.all], at: 0)
        let store = try await TimeSeriesStore.open(database, TimeSeriesConfiguration(folder: folder), now: 0)
        let hub = AdmittingHub(database, store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await hub.line.run() }
            do {
                try await body(hub)
            } catch {
                hub.line.stop()
                throw error
            }
            hub.line.stop()
            try await group.waitForAll()
        }
    }

    private init(_ database: Database, _ store: TimeSeriesStore) {
        self.database = database
        let rights = DeviceRights([Spots(heard: heard)])
        line = IngestLine(
            LineParts(
                solutions: [Spots(heard: heard)],
                services: LineServices(devices: UntouchedBooks(), commands: UntouchedBooks(), audit: UntouchedBooks()),
                database: database,
                store: store, clock: clock, live: NoSink(), outbound: NoSink(), log: { _ in }))
        administration = DeviceAdministration(rights: rights, audit: RecordingAudit())
        admission = DeviceAdmission(
            database: database, line: line, rights: rights, clock: clock, passwords: .trivial,
            absentPrograms: { token, address, _ in
                guard token == "t1" else { return nil }
                return Caller(
                    .token(account: "a", name: "anna", token: "t1"), grants: Grants(everywhere: [.publishMQTT]),
                    address: address)
            }
        ) { token, transport, _ in
            guard token == AdmittingHub.token.text else { throw Refusal(.notSignedIn, "no such token") }
            return Caller(
                .token(account: "a", name: "anna", token: "t1"), grants: Grants(everywhere: [.publishMQTT]),
                address: transport.address)
        }
        authenticator = HubAuthenticator(admission: admission)
        ledger = LineLedger(line: line, admission: admission)
    }

    func administer<Value: Sendable>(
        _ body: @escaping @Sendable (DeviceAdministration, Administrator, Transaction) throws -> Value
    ) async throws -> Value {
        let administration = administration
        let administrator = Administrator(Caller(.shell(name: "root")), at: clock.now())
        return try await line.perform { try body(administration, administrator, $0.transaction()) }
    }

    func add(_ name: String, controller: String? = nil) async throws -> String {
        guard let id = DeviceID(name) else { throw Refusal(.invalidIdentifier, name) }
        let controller = controller.flatMap { DeviceID($0) }
        return try await administer { try $0.add(id, kind: .parking, controller: controller, by: $1, in: $2).key.text }
    }

    /// A client as the broker would make it; nil if it is refused.
    func connect(_ name: String, _ password: String?, client: String? = nil) async throws -> ConnectedClient? {
        let identifier = try MQTTString(client ?? name)
        let decision = await authenticator.authenticate(
            ConnectAttempt(
                clientIdentifier: identifier, userName: try MQTTString(name), password: password.map { Array($0.utf8) },
                remoteAddress: "127.0.0.1:5", version: .v5_0))
        guard case .accepted(let accepted) = decision else { return nil }
        return ConnectedClient(
            identifier: identifier, userName: accepted.userName, remoteAddress: "127.0.0.1:5", version: .v5_0,
            owner: accepted.owner, sessionOwner: accepted.sessionOwner, rights: accepted.rights)
    }

    func may(_ client: ConnectedClient, _ topic: String, retain: Bool = false) throws -> PublishDecision {
        authorizer.publishing(client, to: try TopicName(topic), retain: retain)
    }

    /// Hands a publication to the ledger as the broker would.
    func publish(_ client: ConnectedClient, _ topic: String, _ text: String, id: UInt64 = 1) async throws
        -> CommitOutcome?
    {
        let message = Message(
            id: id, topic: try TopicName(topic), payload: Array(text.utf8), qos: .atLeastOnce, retain: false,
            receivedAt: Int64(id) * 1_000)
        let entry = BrokerLedgerEntry.publication(
            InboundPublication(client: client, message: message, isSetAside: client.rights?.isSetAside ?? false))
        let ledger = ledger
        return await withCheckedContinuation { continuation in
            ledger.commit([entry]) { continuation.resume(returning: $0.first) }
        }
    }

    func count(_ table: String) async throws -> Int64 {
        try await database.read { try $0.queryOne("SELECT COUNT(*) FROM \(table)").integer(0) }
    }
}

private struct NoSink: LiveSink, OutboundSink {
    func publish(_ events: [LiveEvent], committedAt: Timestamp) {}
    func publish(_ messages: [OutgoingMessage]) {}
}

private struct Spots: Solution, HandlesMessages {
    let heard: AdmittingHub.Heard
    let manifest = SolutionManifest(
        id: "spots", title: "Spots", path: "/spots", kinds: [Declared(.parking, "Spot")], topics: ["spot/+/status"],
        ownedTopics: ["spot/#"], passedTopics: ["spot/+/led"],
        rights: [
            TopicRights(
                .parking, publish: ["spot/{device_id}/status"],
                subscribe: ["spot/{device_id}/led", "iot/broker/status"])
        ],
        permissions: [], grants: [], needs: .viewNodes)

    func makeHandler(_ services: LineServices) -> any MessageHandler { Noting(heard: heard) }
}

private final class Noting: MessageHandler {
    let heard: AdmittingHub.Heard

    init(heard: AdmittingHub.Heard) {
        self.heard = heard
    }

    func handle(_ message: DeviceMessage, in line: inout LineContext) throws {
        guard message.payload != Array("bad".utf8) else { throw Refusal(.wrongType, "bad") }
        heard.note(message)
    }
    func finishBatch(in line: inout LineContext) throws {}
}
