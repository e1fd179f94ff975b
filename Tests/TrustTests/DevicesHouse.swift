import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Trust

/// A database with the registry's tables, a line without a queue, and the devices' half of trust over them.
struct DevicesHouse {
    let database: Database
    let line: DirectLine
    let clock = ManualClock()
    let audit = RecordingAudit()
    let linkUses: LinkUses
    let administration: DeviceAdministration
    let admission: DeviceAdmission
    /// Another admission over the same tables, which remembers nothing: as after a restart.
    let makeAdmission: @Sendable () -> DeviceAdmission
    let rights = DeviceRights([Spots(), Boards()])
    let troubles = Troubles()

    /// The token of a person's program that may do everything over MQTT, as long as nobody takes that away.
    static let token = SecretKey(.personalToken)

    init(
        limits: JoinLimits = JoinLimits(), grants: Grants = Grants(everywhere: .all), keyless: KeylessDevices = .none,
        passwords: PasswordHash.Parameters = .trivial
    ) async throws {
        database = try Database.open(DatabaseConfiguration(.memory))
        _ = try await database.migrate([RegistryTables.migrations], at: 0)
        line = DirectLine(database: database, clock: clock)
        linkUses = LinkUses(line: line)
        let join = JoinRegistry(limits: limits)
        administration = DeviceAdministration(rights: rights, audit: audit, join: join)
        makeAdmission = { [database, line, rights, clock, troubles] in
            DeviceAdmission(
                database: database, line: line, rights: rights, join: join, clock: clock, passwords: passwords,
                keyless: keyless, trouble: { troubles.note($0) }
            ) { token, transport, _ in
                guard token == DevicesHouse.token.text else { throw Refusal(.notSignedIn, "no such token") }
                return Caller(
                    .token(account: "a", name: "anna", token: "t1"), grants: grants, address: transport.address)
            }
        }
        admission = makeAdmission()
    }

    /// What the admission could not look up.
    final class Troubles: Sendable {
        private let noted = Mutex<[String]>([])

        func note(_ error: any Error) { noted.withLock { $0.append("\(error)") } }

        var all: [String] { noted.withLock { $0 } }
    }

    func administrator(_ scope: SiteScope = .all) -> Administrator {
        Administrator(Caller(.shell(name: "root")), scope: scope, at: clock.now())
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (DeviceAdministration, Administrator, Transaction) throws -> Value
    ) async throws -> Value {
        let (administration, administrator) = (administration, administrator())
        return try await line.perform { try body(administration, administrator, $0.transaction()) }
    }

    /// Adds a spot.
    func add(_ name: String, site: SiteID = .main, controller: String? = nil) async throws -> SecretKey {
        let (id, controller) = (try id(name), try controller.map { try self.id($0) })
        return try await write {
            try $0.add(id, kind: .parking, site: site, controller: controller, by: $1, in: $2).key
        }
    }

    func attempt(
        _ name: String?, _ password: String?, client: String = "client", address: String? = "10.0.0.1",
        certificate: DeviceAttempt.Certificate? = nil
    ) -> DeviceAttempt {
        DeviceAttempt(
            userName: name, clientID: client, password: password.map { Array($0.utf8) }, certificate: certificate,
            address: address)
    }

    /// What became of a connection, in a word.
    func knock(
        _ name: String?, _ password: String?, client: String = "client", address: String? = "10.0.0.1",
        certificate: DeviceAttempt.Certificate? = nil
    ) async -> String {
        switch await admission.admit(
            attempt(name, password, client: client, address: address, certificate: certificate))
        {
        case .device(let device, _): "device \(device)"
        case .pending(let device): "pending \(device)"
        case .keyless(let grants): "keyless \(grants.publish.joined(separator: " "))"
        case .program(let name, _, _, _): "program \(name)"
        case .refused(let refusal): refusal.code.rawValue
        }
    }

    func id(_ name: String) throws -> DeviceID {
        guard let id = DeviceID(name) else { throw Refusal(.invalidIdentifier, name) }
        return id
    }

    func openJoin() async throws {
        _ = try await write { try $0.openJoin(minutes: 10, by: $1, in: $2) }
    }

    /// How many wait to be approved.
    func pendingCount() async throws -> Int {
        try await database.read { Int(try $0.queryOne("SELECT COUNT(*) FROM device_request").integer(0)) }
    }

    /// A message of a waiting device is kept.
    func keep(_ topic: String, of name: String, bytes: Int = 10) async throws {
        let (device, admission, now) = (try id(name), admission, clock.now())
        try await line.perform { line in
            try admission.keep(
                AsideMessage(
                    topic: topic, payload: [UInt8](repeating: 1, count: bytes), isRetained: false, isWill: false,
                    receivedAt: now, clientID: "client", address: nil),
                of: device, levels: topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
                in: &line)
        }
    }
}

/// Parking spots, which say who they are in the topic.
struct Spots: Solution {
    let manifest = SolutionManifest(
        id: "spots", title: "Spots", path: "/spots", kinds: [Declared(.parking, "Spot")], topics: ["spot/+/status"],
        rights: [
            TopicRights(
                .parking, publish: ["spot/{device_id}/status", "spot/all"], subscribe: ["spot/{device_id}/led"])
        ],
        keylessRights: [TopicRights(.parking, publish: ["lot/status"], subscribe: ["lot/led"])],
        permissions: [], grants: [], needs: .viewNodes)

}

/// Boards, whose names have two spellings.
struct Boards: Solution {
    let manifest = SolutionManifest(
        id: "boards", title: "Boards", path: "/boards", kinds: [Declared(.node, "Board")], topics: ["board/+/status"],
        rights: [TopicRights(.node, publish: ["board/{device_id}/status"], subscribe: ["board/{device_id}/#"])],
        permissions: [], grants: [], needs: .viewNodes)

    func spellings(of device: DeviceID) -> [String] {
        let short = device.text.hasPrefix("node_") ? String(device.text.dropFirst(5)) : device.text
        return ["node_\(short)", short]
    }
}
