import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Whatever changes what somebody may do is counted, so that what they have open is looked at again: a change that is not counted leaves a
/// connection over MQTT, or a live socket, open for ever.
struct PeopleEpochTests {
    private func epoch(_ house: PeopleHouse) async throws -> Int64 {
        try await house.database.read { try TrustEpoch.current(in: $0) }
    }

    /// Whether something raises the number.
    private func counts(_ house: PeopleHouse, _ work: () async throws -> Void) async throws -> Bool {
        let before = try await epoch(house)
        try await work()
        return try await epoch(house) > before
    }

    @Test func everyChangeOfRightsIsCounted() async throws {
        let house = try await PeopleHouse()
        try await house.add("root")
        try await house.add("anna", .operate)
        let anna = try #require(AccountName("anna"))
        func shell<Value: Sendable>(
            _ work: @escaping @Sendable (PeopleAdministration, Caller, Timestamp, Transaction) throws -> Value
        ) async throws -> Bool {
            try await counts(house) { _ = try await house.shell(work) }
        }
        let key = try await house.shell {
            try $0.createToken(of: "anna", name: "t", scopes: [.viewDevices], days: 9, by: $1, at: $2, in: $3)
        }
        #expect(try await shell { try $0.revokeToken(key.token.id, of: "anna", by: $1, at: $2, in: $3) })
        #expect(
            try await shell {
                try $0.setRoles(of: "anna", to: [RoleAssignment(.admin)], by: $1, at: $2, in: $3)
            })
        let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
        #expect(try await shell { try $0.setPassword(of: "anna", to: hash, by: $1, at: $2, in: $3) })
        #expect(try await shell { try $0.endSessions(of: "anna", by: $1, at: $2, in: $3) })
        #expect(try await shell { try $0.disable("anna", by: $1, at: $2, in: $3) })
        #expect(try await shell { try $0.enable("anna", by: $1, at: $2, in: $3) })
        #expect(try await shell { try $0.remove("anna", by: $1, at: $2, in: $3) })
        #expect(
            try await shell {
                try $0.add(anna, password: hash, roles: [RoleAssignment(.operate)], by: $1, at: $2, in: $3)
            })
    }

    @Test func theEndOfASignInIsCountedHoweverItEnds() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna")
        #expect(try await counts(house) { _ = try await house.send(.post, "/api/auth/logout", as: first.token) })
        // A refresh token that comes again after its successor was used was stolen.
        let second = try await house.signIn("anna")
        var tokens = [second.refresh]
        for _ in 0..<2 {
            let next = try await house.send(.post, "/api/auth/refresh", ["refresh_token": tokens[tokens.count - 1]])
            tokens.append(next.refresh)
        }
        let replayed = try await counts(house) {
            _ = await refusal { _ = try await house.send(.post, "/api/auth/refresh", ["refresh_token": tokens[0]]) }
        }
        #expect(replayed)
        // The one used longest ago gives way to another.
        for _ in 0..<20 { _ = try await house.signIn("anna") }
        #expect(try await counts(house) { _ = try await house.signIn("anna") })
    }

    /// Whoever goes on for half a year signs in again.
    @Test func aSignInIsNotRenewedForEver() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        var refresh = try await house.signIn("anna").refresh
        let begun = house.clock.now()
        for _ in 0..<17 {
            house.clock.move(seconds: 10 * 86_400)
            refresh = try await house.send(.post, "/api/auth/refresh", ["refresh_token": refresh]).refresh
        }
        house.clock.move(seconds: 10 * 86_400 - 1)
        #expect(house.clock.now() == begun.advanced(bySeconds: 180 * 86_400 - 1))
        let last = try await house.send(.post, "/api/auth/refresh", ["refresh_token": refresh])
        house.clock.move(seconds: 1)
        let code = await refusal { _ = try await house.send(.get, "/api/account", as: last.token) }
        #expect(code == .notSignedIn)
    }
}
