import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Looking after other people: docs/accounts-api.md, «People».
struct PeopleAdministrationTests {
    private func admin(_ house: PeopleHouse) async throws -> String {
        try await house.add("anna")
        return try await house.signIn("anna").token
    }

    @Test func aUserIsAddedWithAPasswordThatWasMade() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        let made = try await house.send(
            .post, "/api/users", ["username": "Ben", "role": "operator", "site": "main"], as: token)
        #expect(made.status == 201)
        #expect(made.json["username"] as? String == "ben")
        let roles = try #require(made.json["roles"] as? [[String: String]])
        #expect(roles == [["site": "main", "role": "operator"]])
        let password = try #require(made.json["password"] as? String)
        let reply = try await house.signIn("ben", password)
        let user = try #require(reply.json["user"] as? [String: Any])
        let grants = try #require(user["grants"] as? [[String: Any]])
        #expect(grants.map { $0["site"] as? String } == ["main"])
        #expect(await refusal { _ = try await house.send(.get, "/api/users", as: reply.token) } == .forbidden)
        #expect(house.count(.addUser) == 2)
        #expect(house.count(.grantRole) == 2)
    }

    @Test func whatIsNoUserIsRefusedAndNothingIsKept() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        let good = ["username": "ben", "role": "viewer", "password": PeopleHouse.password]
        for (field, value, code) in [
            ("username", "anna", RefusalCode.conflict), ("username", "ANNA", .conflict),
            ("username", "a b", .invalidIdentifier),
            ("username", "", .invalidIdentifier), ("username", String(repeating: "x", count: 65), .invalidIdentifier),
            ("role", "king", .invalidParameter), ("role", "", .invalidParameter),
            ("site", "nowhere", .invalidParameter),
            ("site", "a b", .invalidIdentifier), ("password", "short", .weakPassword),
        ] {
            var body = good
            body[field] = value
            let refused = await refusal { _ = try await house.send(.post, "/api/users", body, as: token) }
            #expect(refused == code, "\(field) \(value)")
        }
        let users = try await house.database.read { try AccountTable.count(in: $0) }
        #expect(users == 1)
        #expect(house.count(.addUser) == 1)
    }

    @Test func theLastAdminStays() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        try await house.add("ben")
        _ = try await house.send(.post, "/api/users/ben/disable", as: token)
        try await house.add("main-admin", .admin, at: .main)
        let viewer: [String: Any] = ["roles": [["site": "*", "role": "viewer"]]]
        for (method, path, body) in [
            (Route.Method.delete, "/api/users/anna", nil), (.post, "/api/users/anna/disable", nil),
            (.put, "/api/users/anna/roles", viewer), (.put, "/api/users/anna/roles", ["roles": []]),
        ] as [(Route.Method, String, [String: Any]?)] {
            let code = await refusal { _ = try await house.send(method, path, body, as: token) }
            #expect(code == .conflict, "\(path)")
        }
        _ = try await house.send(.get, "/api/users", as: token)
        _ = try await house.send(.post, "/api/users/ben/enable", as: token)
        _ = try await house.send(.put, "/api/users/anna/roles", viewer, as: token)
        #expect(await refusal { _ = try await house.send(.get, "/api/users", as: token) } == .forbidden)
        let ben = try await house.signIn("ben").token
        _ = try await house.send(.delete, "/api/users/anna", as: ben)
        #expect(await refusal { _ = try await house.send(.get, "/api/account", as: token) } == .notSignedIn)
    }

    @Test func rolesAreExactlyTheseAfterwards() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        try await house.add("ben", .viewer)
        let roles = [["site": "*", "role": "staff"], ["site": "main", "role": "operator"]]
        let reply = try await house.send(.put, "/api/users/ben/roles", ["roles": roles + roles], as: token)
        #expect(reply.json["roles"] as? [[String: String]] == roles)
        #expect(house.count(.takeRole) == 1)
        #expect(house.count(.grantRole) == 2 + 2)
        let facts = house.audit.entries.last { $0.action == .takeRole }?.facts.map { "\($0.name)=\($0.value)" }
        #expect(facts == ["role=viewer", "site=*"])
    }

    @Test func aDisabledUserIsOutAtOnceAndComesBackOnlyByTheDoor() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        try await house.add("ben", .viewer)
        let ben = try await house.signIn("ben")
        let user = try await house.send(.post, "/api/users/ben/disable", as: token)
        #expect(user.json["state"] as? String == "disabled")
        for _ in 0..<2 {
            #expect(await refusal { _ = try await house.send(.get, "/api/account", as: ben.token) } == .notSignedIn)
            _ = try await house.send(.post, "/api/users/ben/enable", as: token)
        }
        _ = try await house.signIn("ben")
    }

    @Test func aPasswordThatAnAdminSetsEndsAllSignIns() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        try await house.add("ben", .viewer)
        let ben = try await house.signIn("ben")
        let reply = try await house.send(.post, "/api/users/ben/password", as: token)
        let password = try #require(reply.json["password"] as? String)
        #expect(await refusal { _ = try await house.send(.get, "/api/account", as: ben.token) } == .notSignedIn)
        #expect(await refusal { _ = try await house.signIn("ben") } == .badCredentials)
        _ = try await house.signIn("ben", password)
        let chosen = try await house.send(
            .post, "/api/users/ben/password", ["password": PeopleHouse.password], as: token)
        #expect(chosen.json.isEmpty)
        _ = try await house.signIn("ben")
    }

    /// A role that may manage people, but not all else: it must not become everything.
    @Test func nobodyGivesOrTakesOverWhatTheyHaveNot() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let manager = Caller(
            .person(account: "m", name: "manager", session: "s"),
            grants: Grants(everywhere: [.manageUsers, .viewSystem]), address: nil)
        let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
        let (administration, now) = (house.people.administration, house.clock.now())
        func attempt(_ work: @Sendable (PeopleAdministration, Transaction) throws -> Void) async -> RefusalCode? {
            await refusal { try await house.database.write { try work(administration, $0) } }
        }
        let name = try PeopleAdministration.name("ben")
        for role in [RoleName.admin, .operate, .staff] {
            let added = await attempt {
                _ = try $0.add(
                    name, password: hash, roles: [RoleAssignment(role, at: .main)], by: manager, at: now, in: $1)
            }
            #expect(added == .forbidden)
        }
        let viewer = await attempt {
            _ = try $0.add(name, password: hash, roles: [RoleAssignment(.viewer)], by: manager, at: now, in: $1)
        }
        #expect(viewer == nil)
        #expect(
            await attempt { _ = try $0.setPassword(of: "anna", to: hash, by: manager, at: now, in: $1) } == .forbidden)
        #expect(await attempt { _ = try $0.disable("anna", by: manager, at: now, in: $1) } == .forbidden)
        #expect(await attempt { try $0.remove("anna", by: manager, at: now, in: $1) } == .forbidden)
        #expect(
            await attempt { _ = try $0.disableSecondFactor(of: "anna", by: manager, at: now, in: $1) } == .forbidden)
        #expect(await attempt { _ = try $0.setPassword(of: "ben", to: hash, by: manager, at: now, in: $1) } == nil)
    }

    @Test func whoIsNotThereIsNotFound() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        for name in ["nobody", "no%20name"] {
            #expect(await refusal { _ = try await house.send(.get, "/api/users/\(name)", as: token) } == .notFound)
            #expect(await refusal { _ = try await house.send(.delete, "/api/users/\(name)", as: token) } == .notFound)
        }
    }

    @Test func theListNamesRolesAndSites() async throws {
        let house = try await PeopleHouse()
        let token = try await admin(house)
        let list = try await house.send(.get, "/api/users", as: token)
        #expect(list.json["sites"] as? [String] == ["main"])
        let roles = try #require(list.json["roles"] as? [[String: Any]])
        #expect(roles.map { $0["name"] as? String } == ["admin", "operator", "staff", "viewer"])
        #expect((list.json["users"] as? [Any])?.count == 1)
    }

    /// What is not recorded is not done.
    @Test func withoutTheAuditNothingIsDone() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let broken = PeopleAdministration(roles: .ofTests, audit: BrokenAudit())
        let now = house.clock.now()
        await #expect(throws: BrokenAudit.Broken.self) {
            try await house.database.write { try broken.endSessions(of: "anna", by: .shell, at: now, in: $0) }
        }
        let account = try await house.database.read { try broken.user("anna", in: $0) }
        #expect(account.generation == 1)
    }
}
