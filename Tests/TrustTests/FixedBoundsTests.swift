import Credentials
import HubModel
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Bounds of docs/limits.md, «Fixed», that cannot be set: each is filled, the next one is refused, and whoever is there goes on.
struct FixedBoundsTests {
    private func limited(_ work: () async throws -> Void) async -> Bool { await refusal(work) == .limitReached }

    @Test("accounts") func accounts() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
        try await house.shell { administration, caller, now, transaction in
            for number in 1..<PeopleAdministration.accountLimit {
                _ = try administration.add(
                    PeopleAdministration.name("p\(number)"), password: hash, roles: [RoleAssignment(.viewer)],
                    by: caller, at: now, in: transaction)
            }
        }
        let body = ["username": "one.more", "role": "viewer", "password": PeopleHouse.password]
        #expect(await limited { _ = try await house.send(.post, "/api/users", body, as: token) })
        #expect(try await house.signIn("p7").status == 200)
        #expect(try await house.send(.get, "/api/users/p7", as: token).status == 200)
    }

    @Test("roles of one account") func roles() async throws {
        let house = try await PeopleHouse()
        let sites = (0...PeopleAdministration.roleLimit).compactMap { SiteID("s\($0)") }
        try await house.shell { administration, caller, now, transaction in
            for site in sites { try SiteRegistry().add(site, title: site.text, at: now, in: transaction) }
            let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
            let roles = sites.map { RoleAssignment(.viewer, at: $0) }
            _ = try administration.add(
                PeopleAdministration.name("ben"), password: hash, roles: roles.dropLast(), by: caller, at: now,
                in: transaction)
            #expect {
                try administration.setRoles(of: "ben", to: roles, by: caller, at: now, in: transaction)
            } throws: {
                ($0 as? Refusal)?.code == .limitReached
            }
        }
        #expect(try await house.signIn("ben").status == 200)
    }

    @Test("devices of one controller") func controlled() async throws {
        let house = try await DevicesHouse()
        for name in ["gate", "other"] { _ = try await house.add(name) }
        let gate = try house.id("gate")
        try await house.write { administration, administrator, transaction in
            for number in 0..<DeviceRights.maximumControlled {
                guard let id = DeviceID("s\(number)") else { continue }
                _ = try administration.add(
                    id, kind: .parking, controller: gate, by: administrator, in: transaction)
            }
        }
        #expect(await limited { _ = try await house.add("one-more", controller: "gate") })
        let free = try await house.add("one-more", controller: "other")
        let more = try house.id("one-more")
        #expect(
            await limited {
                _ = try await house.write { try $0.setController(gate, of: more, by: $1, in: $2) }
            })
        #expect(await house.knock("one-more", free.text) == "device one-more")
    }

    @Test("programs that are let in") func programs() async throws {
        let house = try await DevicesHouse()
        // As many tokens as there are, each of its own.
        let admission = DeviceAdmission(
            database: house.database, line: house.line, rights: house.rights, clock: house.clock,
            trouble: { house.troubles.note($0) }
        ) { token, transport, _ in
            Caller(
                .token(account: "a", name: "anna", token: token), grants: Grants(everywhere: .all),
                address: transport.address)
        }
        func knock(_ key: SecretKey) async -> RefusalCode? {
            guard case .refused(let refusal) = await admission.admit(house.attempt("anna", key.text)) else {
                return nil
            }
            return refusal.code
        }
        let first = SecretKey(.personalToken)
        #expect(await knock(first) == nil)
        for _ in 1..<10_000 where await knock(SecretKey(.personalToken)) != nil { Issue.record("not let in") }
        #expect(await knock(SecretKey(.personalToken)) == .limitReached)
        #expect(await knock(first) == nil, "who is let in comes again")
        let key = try await house.add("S1")
        guard case .device = await admission.admit(house.attempt("S1", key.text)) else {
            return #expect(Bool(false), "devices have places of their own")
        }
    }
}
