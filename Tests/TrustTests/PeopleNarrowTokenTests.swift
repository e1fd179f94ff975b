import HubModel
import HubTesting
import Registry
import SolutionKit
import Testing
import Trust

/// What a program's token is not for, and how it ends together with its owner's sign-ins.
struct PeopleNarrowTokenTests {
    private func token(_ house: PeopleHouse, as session: String) async throws -> Reply {
        try await house.send(
            .post, "/api/account/tokens", ["name": "a program", "scopes": ["nodes.view"], "days": 1], as: session)
    }

    @Test func aTokenEndsNoSignInAndNoTokenAndSeesNoAddresses() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let session = try await house.signIn("anna").token
        let (narrow, other) = (try await token(house, as: session), try await token(house, as: session))
        let mine = try await house.send(.get, "/api/account", as: session)
        let sessions = try #require(mine.json["sessions"] as? [[String: Any]])
        let id = try #require(sessions.first?["id"] as? String)
        let otherID = try #require(other.json["id"] as? String)
        for (method, path) in [
            (Route.Method.post, "/api/auth/logout-everywhere"), (.delete, "/api/account/sessions/\(id)"),
            (.delete, "/api/account/tokens/\(otherID)"),
        ] {
            let code = await refusal { _ = try await house.send(method, path, as: narrow.token) }
            #expect(code == .forbidden, "\(path)")
        }
        let seen = try await house.send(.get, "/api/account", as: narrow.token)
        #expect((seen.json["sessions"] as? [Any])?.isEmpty == true)
        _ = try await house.send(.get, "/api/account", as: session)
        _ = try await house.send(.get, "/api/account", as: other.token)
    }

    @Test func tokensGoWithTheSignInsWhenItIsAskedFor() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        for endsTokens in [false, true] {
            let session = try await house.signIn("anna").token
            let made = try await token(house, as: session)
            _ = try await house.send(.post, "/api/auth/logout-everywhere", ["tokens": endsTokens], as: session)
            let code = await refusal { _ = try await house.send(.get, "/api/account", as: made.token) }
            #expect(code == (endsTokens ? .notSignedIn : nil))
        }
        #expect(house.count(.revokeToken) == 2)
        let session = try await house.signIn("anna").token
        let made = try await token(house, as: session)
        _ = try await house.send(
            .post, "/api/account/password",
            ["current": PeopleHouse.password, "new": "another long passphrase", "tokens": true], as: session)
        #expect(await refusal { _ = try await house.send(.get, "/api/account", as: made.token) } == .notSignedIn)
        #expect(house.count(.revokeToken) == 3)
    }

    @Test(arguments: [
        "password!!", "Password2026", "qwertyuiop1", "martlet2026", "1234567890a", "summer2031!", "Welcome20261231",
        "test123456!?",
    ])
    func aCommonPasswordWithALittleBehindItIsCommon(_ password: String) throws {
        let name = try #require(AccountName("anna"))
        #expect(throws: Refusal.self) { try PasswordRules.check(password, for: name) }
    }

    @Test(arguments: [
        "passwords are hard", "summertime blues", "test the waters 7", "testament of 1984", "9 lives of a cat",
    ])
    func whatOnlyBeginsLikeOneIsNot(_ password: String) throws {
        let name = try #require(AccountName("anna"))
        try PasswordRules.check(password, for: name)
    }
}
