import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Looking after one's own account.
struct PeopleAccountTests {
    private let other = "another fine password"

    @Test func aNewPasswordEndsEveryOtherSignIn() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let (mine, stolen) = (try await house.signIn("anna"), try await house.signIn("anna"))
        let body = ["current": PeopleHouse.password, "new": other]
        let reply = try await house.send(
            .post, "/api/account/password", body, as: mine.token, cookies: ["martlet_access_8080": mine.token])
        #expect(reply.status == 204)
        // The old access token ended too; the page has a new one, and its sign-in goes on.
        #expect(await refusal { _ = try await house.send(.get, "/api/account", as: mine.token) } == .notSignedIn)
        let next = try #require(reply.cookie("martlet_access_8080"))
        _ = try await house.send(.get, "/api/account", as: next)
        _ = try await house.send(.post, "/api/auth/refresh", ["refresh_token": mine.refresh])
        #expect(await refusal { _ = try await house.send(.get, "/api/account", as: stolen.token) } == .notSignedIn)
        let stolenRefresh = await refusal {
            _ = try await house.send(.post, "/api/auth/refresh", ["refresh_token": stolen.refresh])
        }
        #expect(stolenRefresh == .notSignedIn)
        #expect(await refusal { _ = try await house.signIn("anna") } == .badCredentials)
        _ = try await house.signIn("anna", other)
        #expect(house.count(.changePassword) == 1)
    }

    @Test func theOldPasswordIsAskedForAndTheNewOneIsChecked() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        func change(_ body: [String: String]) async -> RefusalCode? {
            await refusal { _ = try await house.send(.post, "/api/account/password", body, as: token) }
        }
        #expect(await change(["current": "a wrong password", "new": other]) == .badCredentials)
        #expect(await change(["current": PeopleHouse.password, "new": "short"]) == .weakPassword)
        #expect(await change(["current": PeopleHouse.password]) == .missingField)
        _ = try await house.signIn("anna")
    }

    /// A second factor that is confirmed, with its recovery codes.
    private func enable(_ house: PeopleHouse, _ token: String) async throws -> (OneTimePassword, [String]) {
        let proposed = try await house.send(
            .post, "/api/account/second-factor", ["password": PeopleHouse.password], as: token)
        let secret = try #require(proposed.json["secret"] as? String)
        #expect((proposed.json["uri"] as? String)?.contains("secret=\(secret)") == true)
        let factor = OneTimePassword(secret: try #require(Base32.decode(secret)))
        let confirmed = try await house.send(
            .post, "/api/account/second-factor/confirm", ["code": code(house, factor)], as: token)
        return (factor, try #require(confirmed.json["recovery_codes"] as? [String]))
    }

    private func code(_ house: PeopleHouse, _ factor: OneTimePassword) -> String {
        factor.code(step: OneTimePassword.step(atSecond: house.clock.now().microseconds / 1_000_000))
    }

    @Test func aSecondFactorIsAskedForWhenItIsConfirmed() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        _ = try await house.send(
            .post, "/api/account/second-factor", ["password": PeopleHouse.password], as: token)
        _ = try await house.signIn("anna")
        let wrong = await refusal {
            _ = try await house.send(.post, "/api/account/second-factor/confirm", ["code": "000000"], as: token)
        }
        #expect(wrong == .badCredentials)

        let (factor, recovery) = try await enable(house, token)
        #expect(Set(recovery).count == 10)
        #expect(await refusal { _ = try await house.signIn("anna") } == .secondFactorNeeded)
        #expect(await refusal { _ = try await house.signIn("anna", "a wrong password") } == .badCredentials)
        // The code that confirmed it was used by that.
        let used = await refusal { _ = try await house.signIn("anna", code: code(house, factor)) }
        #expect(used == .badCredentials)
        house.clock.move(seconds: 30)
        _ = try await house.signIn("anna", code: code(house, factor))
        let again = await refusal { _ = try await house.signIn("anna", code: code(house, factor)) }
        #expect(again == .badCredentials)
        #expect(house.count(.enableSecondFactor) == 1)
    }

    @Test func aRecoveryCodeWorksOnce() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let (_, recovery) = try await enable(house, try await house.signIn("anna").token)
        _ = try await house.signIn("anna", code: recovery[3].uppercased())
        let again = await refusal { _ = try await house.signIn("anna", code: recovery[3]) }
        #expect(again == .badCredentials)
        _ = try await house.signIn("anna", code: recovery[4])
    }

    @Test func guessingAtTheCodeLocksToo() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let (factor, _) = try await enable(house, try await house.signIn("anna").token)
        for _ in 0..<5 {
            #expect(await refusal { _ = try await house.signIn("anna", code: "000000") } == .badCredentials)
            // To ask without a code does not make the failures forgotten.
            #expect(await refusal { _ = try await house.signIn("anna") } != nil)
        }
        house.clock.move(seconds: 29)
        let locked = await refusal { _ = try await house.signIn("anna", code: code(house, factor)) }
        #expect(locked == .tooManyRequests)
    }

    @Test func aSecondFactorIsReplacedWithACodeOfTheOneBefore() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        let (factor, recovery) = try await enable(house, token)
        house.clock.move(seconds: 30)
        func propose(_ code: String?) async -> RefusalCode? {
            var body = ["password": PeopleHouse.password]
            body["code"] = code
            return await refusal { _ = try await house.send(.post, "/api/account/second-factor", body, as: token) }
        }
        #expect(await propose(nil) == .secondFactorNeeded)
        #expect(await propose("000000") == .badCredentials)
        #expect(await propose(code(house, factor)) == nil)
        #expect(await propose(code(house, factor)) == .badCredentials)
        #expect(await propose(recovery[0]) == nil)
        #expect(await propose(recovery[0]) == .badCredentials)
        // What is only proposed is not asked for.
        house.clock.move(seconds: 30)
        _ = try await house.signIn("anna", code: code(house, factor))
        #expect(house.count(.enableSecondFactor) == 1)
    }

    @Test func guessingAtTheCodeOfAnOpenSessionIsGuessingToo() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        _ = try await enable(house, token)
        var codes: [RefusalCode?] = []
        for _ in 0..<6 {
            codes.append(
                await refusal {
                    _ = try await house.send(
                        .post, "/api/account/second-factor/disable",
                        ["password": PeopleHouse.password, "code": "000000"], as: token)
                })
        }
        #expect(codes == Array(repeating: .badCredentials, count: 5) + [.tooManyRequests])
    }

    @Test func theSecondFactorGoesWithPasswordAndCodeOrByAnAdmin() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        let (factor, _) = try await enable(house, token)
        func disable(_ body: [String: String]) async -> RefusalCode? {
            await refusal { _ = try await house.send(.post, "/api/account/second-factor/disable", body, as: token) }
        }
        #expect(await disable(["password": "a wrong password", "code": code(house, factor)]) == .badCredentials)
        #expect(await disable(["password": PeopleHouse.password]) == .secondFactorNeeded)
        #expect(await disable(["password": PeopleHouse.password, "code": ""]) == .secondFactorNeeded)
        // The code that confirmed it was used by that.
        #expect(await disable(["password": PeopleHouse.password, "code": code(house, factor)]) == .badCredentials)
        house.clock.move(seconds: 30)
        #expect(await disable(["password": PeopleHouse.password, "code": code(house, factor)]) == nil)
        _ = try await house.signIn("anna")
        house.clock.move(seconds: 60)
        _ = try await enable(house, token)
        let own = await refusal { _ = try await house.send(.post, "/api/users/anna/second-factor/disable", as: token) }
        #expect(own == .forbidden)
        try await house.add("ben")
        let admin = try await house.signIn("ben").token
        let user = try await house.send(.post, "/api/users/anna/second-factor/disable", as: admin)
        #expect(user.json["second_factor"] as? Bool == false)
        _ = try await house.signIn("anna")
        let codes = try await house.database.read { try $0.queryOne("SELECT COUNT(*) FROM recovery_code").integer(0) }
        #expect(codes == 0)
    }

    @Test func inAnOpenHubThereIsNoAccountOfMine() async throws {
        let house = try await PeopleHouse(facts: HubFacts(isOpen: true, isDemo: true))
        let open = Caller(.open, grants: Grants(everywhere: .all))
        let session = try await house.send(.get, "/api/session", as: open, over: RequestTransport())
        #expect(session.json["open"] as? Bool == true)
        #expect(session.json["demo"] as? Bool == true)
        #expect(session.json["setup_needed"] as? Bool == false)
        let account = await refusal {
            _ = try await house.send(.get, "/api/account", as: open, over: RequestTransport())
        }
        #expect(account == .forbidden)
    }

    @Test func noSecretIsInTheTables() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let reply = try await house.signIn("anna")
        let made = try await house.send(
            .post, "/api/account/tokens", ["name": "x", "scopes": ["nodes.view"]], as: reply.token)
        let (_, recovery) = try await enable(house, reply.token)
        let secrets = [PeopleHouse.password, reply.token, reply.refresh, made.token, recovery[0]].map { Array($0.utf8) }
        let tables = [
            "account", "sign_in", "refresh_token", "personal_token", "recovery_code", "sign_in_guard", "known_address",
        ]
        let stored = try await house.database.read { reader in
            try tables.flatMap { table in
                try reader.query("SELECT * FROM \(table)").map { row in
                    try (0..<row.count).map { index -> [UInt8] in
                        switch try row.value(index) {
                        case .text(let text): Array(text.utf8)
                        case .blob(let bytes): bytes
                        case .null, .integer, .real: []
                        }
                    }
                }
            }.joined().map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(stored.count > 30)
        for secret in secrets {
            let text = String(decoding: secret, as: UTF8.self)
            #expect(!stored.contains { $0.contains(text) })
        }
    }
}
