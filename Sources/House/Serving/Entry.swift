internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust

/// How the first person gets in, prepared before the doors open.
enum Entry {
    /// The name of the demonstration's account.
    private static let demoName = "demo"

    /// Makes what a person needs to get in; for a demonstration also the keys of its devices.
    static func prepare(
        _ configuration: Configuration, _ demonstration: Demonstration, _ accounts: Accounts, _ stored: Stored,
        clock: any WallClock
    ) async throws -> (Greeting.Entry, DeviceKeys) {
        try await noteStart(configuration, stored, at: clock.now())
        if configuration.isDemo {
            let keys = try await demonstration.registerDevices(accounts, stored, at: clock.now())
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
}
