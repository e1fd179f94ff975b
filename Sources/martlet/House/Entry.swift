internal import Credentials
internal import HubModel
internal import Nodes
internal import Parking
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust

/// How the first person gets in, prepared before the doors open.
enum Entry {
    /// The name of the demonstration's account.
    private static let demoName = "demo"
    /// How many nodes the demonstration simulates.
    static let demoNodes = 5

    /// Makes what a person needs to get in; for a demonstration also the keys of its nodes and lots.
    static func prepare(
        _ configuration: Configuration, _ accounts: Accounts, _ stored: Stored, clock: any WallClock
    ) async throws -> (Greeting.Entry, NodeKeys) {
        try await noteStart(configuration, stored, at: clock.now())
        if configuration.isDemo {
            let keys = try await demoKeys(accounts, stored, clock: clock)
            if configuration.isOpen { return (.open, keys) }
            return (try await demoAccount(accounts, stored, clock: clock), keys)
        }
        if configuration.isOpen { return (.open, .none) }
        guard let code = try await accounts.people.makeSetUpCode() else { return (.accounts, .none) }
        return (.setUp(code: code), .none)
    }

    /// A restart is part of the story that the audit tells, and so is with which doors open it was.
    private static func noteStart(_ configuration: Configuration, _ stored: Stored, at now: Timestamp) async throws {
        let facts = [
            (name: "version", value: Version.text), (name: "open", value: configuration.isOpen ? "yes" : "no"),
            (name: "http", value: configuration.http.description),
            (name: "mqtt", value: configuration.mqtt.description),
        ]
        let entry = AuditEntry(Caller(.hub), .startHub, facts: facts)
        try await stored.database.write { try AuditRegistry().record(entry, at: now, in: $0) }
    }

    /// The account of a demonstration gets a new password at each start: nobody has to remember it, and nobody who saw an old one gets in.
    private static func demoAccount(
        _ accounts: Accounts, _ stored: Stored, clock: any WallClock
    ) async throws -> Greeting.Entry {
        let people = accounts.people.administration
        let name = try PeopleAdministration.name(demoName)
        let password = PasswordRules.generate()
        let hash = try PasswordHash(of: password)
        let now = clock.now()
        let caller = Caller(.hub, grants: Grants(everywhere: .all))
        try await stored.database.write { transaction in
            if try people.users(in: transaction).contains(where: { $0.name == name }) {
                try people.setPassword(of: demoName, to: hash, by: caller, at: now, in: transaction)
            } else {
                _ = try people.add(
                    name, password: hash, roles: [RoleAssignment(.admin)], by: caller, at: now,
                    in: transaction)
            }
        }
        return .demo(
            name: demoName, password: password, code: try await accounts.people.makeSignInCode(for: demoName))
    }

    /// The simulated nodes and spots are devices like others, with keys that only this process knows.
    private static func demoKeys(
        _ accounts: Accounts, _ stored: Stored, clock: any WallClock
    ) async throws -> NodeKeys {
        let devices = accounts.devices
        let administrator = Administrator(Caller(.hub, grants: Grants(everywhere: .all)), at: clock.now())
        let simulator = NodesSimulator(seed: 7, count: demoNodes, interval: 2_000_000)
        let nodes = (0..<demoNodes).map { "node_\(simulator.id($0))" }
        let lots = DemoPark.simulator.map { park in (0..<park.lots).map(park.devices(ofLot:)) } ?? []
        let keys = try await stored.database.write { transaction in
            /// A new key of a device that is made if it is not there.
            func key(of name: String, _ kind: DeviceKind) throws -> (DeviceID, String)? {
                guard let id = DeviceID(name) else { return nil }
                do {
                    return (id, try devices.rotate(id, by: administrator, in: transaction).key.text)
                } catch let refusal as Refusal where refusal.code == .notFound {
                    return (id, try devices.add(id, kind: kind, by: administrator, in: transaction).key.text)
                }
            }
            var keys: [String: String] = [:]
            for name in nodes {
                if let (id, key) = try key(of: name, .node) { keys[id.text] = key }
            }
            for lot in lots {
                guard let (controller, key) = try key(of: lot.controller, .parking) else { continue }
                keys[controller.text] = key
                for spot in lot.spots.compactMap({ DeviceID($0) }) {
                    do {
                        _ = try devices.add(
                            spot, kind: .parking, controller: controller, by: administrator, in: transaction)
                    } catch let refusal as Refusal where refusal.code == .conflict {
                        // It is there from an earlier start; whose it is now, is not ours to change.
                        continue
                    }
                }
            }
            return keys
        }
        return NodeKeys(keys)
    }
}
