import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Coming in and going: docs/accounts-api.md, «Signing in».
struct PeopleSignInTests {
    @Test func theRightPasswordSignsIn() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let reply = try await house.signIn("Anna")
        #expect(reply.json["token_type"] as? String == "Bearer")
        #expect(reply.json["expires_in"] as? Int == 900)
        let user = try #require(reply.json["user"] as? [String: Any])
        #expect(user["username"] as? String == "anna")
        #expect((user["permissions"] as? [String])?.count == RoleBook.ofTests.permissions.count)
        #expect(house.count(.signIn) == 1)

        let session = try await house.send(.get, "/api/session", as: reply.token)
        let known = try #require(session.json["user"] as? [String: Any])
        #expect(known["username"] as? String == "anna")
        #expect(session.json["setup_needed"] as? Bool == false)
    }

    @Test func theCookiesAreForPagesOnly() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let reply = try await house.signIn("anna")
        let access = try #require(reply.setCookie("martlet_access_8080"))
        let refresh = try #require(reply.setCookie("martlet_refresh_8080"))
        #expect(access == "\(reply.token); Path=/; Max-Age=900; HttpOnly; SameSite=Strict")
        #expect(refresh.hasSuffix("; Path=/api/auth; Max-Age=2592000; HttpOnly; SameSite=Strict"))

        let transport = RequestTransport(address: "192.0.2.1", isSecure: true)
        let secure = try await house.send(
            .post, "/api/auth/login", ["username": "anna", "password": PeopleHouse.password],
            as: Caller(.anonymous), over: transport)
        let secureAccess = secure.setCookie("martlet_access_8080")
        #expect(secureAccess?.hasSuffix("; Secure") == true)
        let caller = try await house.people.caller(cookie: secure.token, transport: transport, at: house.clock.now())
        #expect(caller.grants == Grants(everywhere: PermissionSet(RoleBook.ofTests.permissions)))
    }

    @Test func nobodyLearnsWhichNamesThereAre() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        try await house.shell { _ = try $0.disable("ben", by: $1, at: $2, in: $3) }
        var answers: Set<Refusal> = []
        for (name, password) in [
            ("anna", "a wrong password"), ("ben", PeopleHouse.password), ("nobody", PeopleHouse.password),
            ("no name at all", "x"), ("", ""),
        ] {
            do {
                _ = try await house.signIn(name, password)
                Issue.record("\(name) came in")
            } catch let refusal as Refusal {
                answers.insert(refusal)
            }
        }
        #expect(answers.count == 1)
        #expect(answers.first?.code == .badCredentials)
    }

    @Test func aHashThatIsTooCheapIsReplacedAtSignIn() async throws {
        let dearer = try #require(PasswordHash.Parameters(logarithm: 5, blockSize: 1, parallelism: 1))
        let house = try await PeopleHouse { $0.passwords = dearer }
        let account = try await house.add("anna")
        _ = try await house.signIn("anna")
        let secrets = try await house.database.read { try AccountTable.secrets(account.id, in: $0) }
        #expect(secrets?.password?.parameters == dearer)
        _ = try await house.signIn("anna")
    }

    @Test func signingOutEndsTheSignInAtOnce() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let reply = try await house.signIn("anna")
        let other = try await house.signIn("anna")
        let out = try await house.send(.post, "/api/auth/logout", as: reply.token)
        #expect(out.status == 204)
        #expect(out.setCookie("martlet_access_8080")?.contains("Max-Age=0") == true)
        let code = await refusal { _ = try await house.send(.get, "/api/account", as: reply.token) }
        #expect(code == .notSignedIn)
        let again = await refusal {
            _ = try await house.send(.post, "/api/auth/refresh", ["refresh_token": reply.refresh])
        }
        #expect(again == .notSignedIn)
        _ = try await house.send(.get, "/api/account", as: other.token)
        #expect(house.count(.signOut) == 1)
    }

    @Test func signingOutWithoutAnAccessTokenTakesTheRefreshCookie() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let reply = try await house.signIn("anna")
        _ = try await house.send(.post, "/api/auth/logout", cookies: ["martlet_refresh_8080": reply.refresh])
        let code = await refusal { _ = try await house.send(.get, "/api/account", as: reply.token) }
        #expect(code == .notSignedIn)
    }

    @Test func signingOutEverywhereEndsAll() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let (one, other) = (try await house.signIn("anna"), try await house.signIn("anna"))
        let before = try await house.database.read { try TrustEpoch.current(in: $0) }
        _ = try await house.send(.post, "/api/auth/logout-everywhere", as: one.token)
        for token in [one.token, other.token] {
            let code = await refusal { _ = try await house.send(.get, "/api/account", as: token) }
            #expect(code == .notSignedIn)
        }
        let after = try await house.database.read { try TrustEpoch.current(in: $0) }
        #expect(after > before)
    }

    @Test func theFirstAdminIsMadeOnceFromTheMachineItself() async throws {
        let house = try await PeopleHouse()
        let needed = try await house.send(.get, "/api/session")
        #expect(needed.json["setup_needed"] as? Bool == true)
        let old = try #require(try await house.people.makeSetUpCode())
        let code = try #require(try await house.people.makeSetUpCode())
        func setUp(_ code: String, _ password: String = PeopleHouse.password, isLocal: Bool = true) async
            -> RefusalCode?
        {
            do {
                _ = try await house.send(
                    .post, "/api/auth/setup", ["code": code, "username": "anna", "password": password], isLocal: isLocal
                )
                return nil
            } catch {
                return (error as? Refusal)?.code ?? .internalFailure
            }
        }
        #expect(await setUp(code, isLocal: false) == .forbidden)
        #expect(await setUp(old) == .badCredentials)
        #expect(await setUp("") == .badCredentials)
        #expect(await setUp(code, "short") == .weakPassword)
        #expect(await setUp(code) == nil)
        #expect(await setUp(code) == .badCredentials)
        let none = try await house.people.makeSetUpCode()
        #expect(none == nil)
        #expect(house.count(.setUp) == 1)
        let reply = try await house.signIn("anna")
        _ = try await house.send(.get, "/api/users", as: reply.token)
    }

    @Test func theFirstAdminIsNotMadeWhenTheShellWasFaster() async throws {
        let house = try await PeopleHouse()
        let code = try #require(try await house.people.makeSetUpCode())
        try await house.add("ben")
        let refused = await refusal {
            _ = try await house.send(
                .post, "/api/auth/setup", ["code": code, "username": "anna", "password": PeopleHouse.password],
                isLocal: true)
        }
        #expect(refused == .conflict)
        let users = try await house.database.read { try AccountTable.count(in: $0) }
        #expect(users == 1)
    }

    @Test func aPrintedCodeSignsInOnce() async throws {
        let house = try await PeopleHouse()
        try await house.add("demo")
        let code = try await house.people.makeSignInCode(for: "demo")
        let reply = try await house.send(.post, "/api/auth/code", ["code": code])
        _ = try await house.send(.get, "/api/account", as: reply.token)
        let again = await refusal { _ = try await house.send(.post, "/api/auth/code", ["code": code]) }
        #expect(again == .badCredentials)
        let late = try await house.people.makeSignInCode(for: "demo")
        house.clock.move(seconds: 86_401)
        let expired = await refusal { _ = try await house.send(.post, "/api/auth/code", ["code": late]) }
        #expect(expired == .badCredentials)
    }

    @Test func ofTooManyPrintedCodesTheOldestIsVoid() async throws {
        let house = try await PeopleHouse()
        try await house.add("demo")
        var codes: [String] = []
        for _ in 0..<17 { codes.append(try await house.people.makeSignInCode(for: "demo")) }
        let oldest = await refusal { _ = try await house.send(.post, "/api/auth/code", ["code": codes[0]]) }
        #expect(oldest == .badCredentials)
        #expect(try await house.send(.post, "/api/auth/code", ["code": codes[1]]).status == 200)
    }

    @Test func tooManySignInsEndTheOldest() async throws {
        let house = try await PeopleHouse { $0.signInsPerAccount = 2 }
        try await house.add("anna")
        var tokens: [String] = []
        for _ in 0..<3 {
            tokens.append(try await house.signIn("anna").token)
            house.clock.move(seconds: 1)
        }
        let code = await refusal { _ = try await house.send(.get, "/api/account", as: tokens[0]) }
        #expect(code == .notSignedIn)
        let account = try await house.send(.get, "/api/account", as: tokens[2])
        let sessions = try #require(account.json["sessions"] as? [[String: Any]])
        #expect(sessions.map { $0["current"] as? Bool } == [true, false])
        #expect(sessions[0]["user_agent"] as? String == "Tests")
    }
}
