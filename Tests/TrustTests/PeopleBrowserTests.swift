import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Browsers in which people are known: nobody else's failures lock a person out there, and a copy of what they show is worth little.
struct PeopleBrowserTests {
    private static let wrong = "a wrong password"

    /// Seconds that a refusal asks to wait; 0: refused for the password only; nil: came in.
    private func attempt(
        _ house: PeopleHouse, _ name: String = "anna", _ password: String = wrong, in browser: String? = nil,
        from address: String = "192.0.2.1"
    ) async throws -> Int? {
        do {
            _ = try await house.signIn(name, password, from: address, in: browser)
            return nil
        } catch let refusal as Refusal {
            return refusal.code == .tooManyRequests ? refusal.retryAfterSeconds : 0
        }
    }

    private func attempts(_ count: Int, _ house: PeopleHouse, in browser: String? = nil) async throws -> [Int?] {
        var waits: [Int?] = []
        for _ in 0..<count { waits.append(try await attempt(house, in: browser)) }
        return waits
    }

    private func opened(_ names: String..., change: (inout PeopleSettings) -> Void = { _ in }) async throws
        -> PeopleHouse
    {
        let house = try await PeopleHouse(change)
        for name in names { try await house.add(name) }
        return house
    }

    @Test func whatNeighboursTryLocksNoBrowserThatIsKnown() async throws {
        let house = try await opened("anna")
        let browser = try await house.signIn("anna").browser
        #expect(try await attempts(6, house) == [0, 0, 0, 0, 0, 30])
        for index in 0..<100 { _ = try await attempt(house, "name\(index)") }
        for index in 0..<50 { _ = try await attempt(house, from: "203.0.113.\(index)") }
        // Here, and where nobody has ever been known.
        for address in ["192.0.2.1", "198.51.100.7"] {
            #expect(try await attempt(house, "anna", PeopleHouse.password, from: address) != nil)
        }
        let next = try await house.signIn("anna", from: "198.51.100.7", in: browser).browser
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: next) == nil)
        #expect(try await attempt(house, "anna", PeopleHouse.password) == 30, "strangers wait as before")
    }

    @Test func aBrowserHasALockOfItsOwn() async throws {
        let house = try await opened("anna", "ben")
        let browser = try await house.signIn("anna").browser
        #expect(try await attempts(6, house, in: browser) == [0, 0, 0, 0, 0, 30])
        // A copy of it elsewhere is the same browser.
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: browser, from: "203.0.113.5") == 30)
        #expect(
            try await attempt(house, "anna", PeopleHouse.password) == nil, "without it one is judged as everybody is")
        house.clock.move(seconds: 30)
        #expect(try await attempts(2, house, in: browser) == [0, 60])
        house.clock.move(seconds: 60)
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: browser) == nil)
        let facts = house.audit.entries.filter { $0.action == .lockOut }.map { "\($0.facts)" }
        #expect(facts.count == 2 && facts.allSatisfy { $0.contains("browser") })
    }

    @Test func eachSignInGivesANewKeyAndEndsTheOldOne() async throws {
        let house = try await opened("anna")
        let first = try await house.signIn("anna").browser
        let second = try await house.signIn("anna", in: first).browser
        #expect(first.hasPrefix("mbk_") && second.hasPrefix("mbk_") && first != second)
        _ = try await attempts(5, house)
        #expect(
            try await attempt(house, "anna", PeopleHouse.password, in: first) == 30,
            "a copy of the old one is a stranger")
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: second) == nil)
        let stored = try await house.database.read { reader in
            try reader.query("SELECT hash FROM known_browser").map { try $0.blob(0) }
        }
        #expect(stored.count == 1 && stored[0].count == 32)
    }

    enum Ending: CaseIterable { case password, signOut, signOutByOneself, disabled, time }

    @Test(arguments: Ending.allCases) func itStopsCounting(_ ending: Ending) async throws {
        let house = try await opened("anna", "ben")
        let reply = try await house.signIn("anna")
        _ = try await attempts(5, house)
        switch ending {
        case .password:
            let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
            try await house.shell { try $0.setPassword(of: "anna", to: hash, by: $1, at: $2, in: $3) }
        case .signOut: try await house.shell { try $0.endSessions(of: "anna", by: $1, at: $2, in: $3) }
        case .signOutByOneself: _ = try await house.send(.post, "/api/auth/logout-everywhere", as: reply.token)
        case .disabled:
            try await house.shell { try $0.disable("anna", by: $1, at: $2, in: $3) }
            try await house.shell { try $0.enable("anna", by: $1, at: $2, in: $3) }
        case .time:
            house.clock.move(seconds: 365 * 86_400)
            _ = try await attempts(5, house)
        }
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: reply.browser) == 30)
    }

    @Test func itStaysWhenOneSignsOut() async throws {
        let house = try await opened("anna")
        let reply = try await house.signIn("anna")
        let out = try await house.send(
            .post, "/api/auth/logout", as: reply.token,
            cookies: ["martlet_refresh_8080": reply.refresh, "martlet_browser_8080": reply.browser])
        #expect(out.setCookie("martlet_browser_8080") == nil)
        _ = try await attempts(5, house)
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: reply.browser) == nil)
    }

    /// Somebody else's key, one that was made up, too many: nothing but what everybody is told.
    @Test func whatIsNoKeyOfThePersonDoesNothing() async throws {
        let house = try await opened("anna", "ben")
        let ben = try await house.signIn("ben").browser
        let invented = (0..<50).map { _ in SecretKey(.browser).text }.joined(separator: ".")
        let others = [SecretKey(.refresh).text, "", "....", "x", invented]
        for (index, shown) in ([ben] + others).enumerated() {
            let address = "203.0.113.\(index)"
            for wait in [0, 0, 0, 0, 0, 30] {
                #expect(try await attempt(house, in: shown, from: address) == wait)
            }
            #expect(try await attempt(house, "anna", PeopleHouse.password, in: shown, from: address) == 30)
        }
    }

    @Test func peopleWhoShareABrowserAreAllKnownThere() async throws {
        let names = (0..<10).map { "user\($0)" }
        let house = try await opened("anna", "ben")
        for name in names { try await house.add(name) }
        var browser = try await house.signIn("anna").browser
        browser = try await house.signIn("ben", in: browser).browser
        for name in ["anna", "ben"] {
            for _ in 0..<5 { _ = try await attempt(house, name) }
            #expect(try await attempt(house, name, PeopleHouse.password) == 30)
        }
        browser = try await house.signIn("anna", in: browser).browser
        browser = try await house.signIn("ben", in: browser).browser
        for name in names { browser = try await house.signIn(name, in: browser).browser }
        #expect(browser.split(separator: ".").count == 8, "as many as a header has room for")
        #expect(try await attempt(house, "anna", PeopleHouse.password, in: browser) == 30)
        #expect(try await attempt(house, "user5", PeopleHouse.password, in: browser) == nil)
    }

    @Test func anAccountIsKnownInSoManyBrowsersAndTheOneUsedLongestAgoIsForgotten() async throws {
        let house = try await opened("anna") { $0.browsersPerAccount = 3 }
        var replies: [Reply] = []
        for _ in 0..<3 {
            replies.append(try await house.signIn("anna"))
            house.clock.move(seconds: 60)
        }
        // A page that renews its sign-in is in use.
        _ = try await house.send(
            .post, "/api/auth/refresh",
            cookies: ["martlet_refresh_8080": replies[0].refresh, "martlet_browser_8080": replies[0].browser])
        house.clock.move(seconds: -100_000)
        replies.append(try await house.signIn("anna"))
        _ = try await attempts(5, house)
        let wanted = [nil, 30, nil, nil] as [Int?]
        // The newest first: each success makes room for itself alone.
        for index in [3, 2, 0, 1] {
            #expect(try await attempt(house, "anna", PeopleHouse.password, in: replies[index].browser) == wanted[index])
        }
    }

    @Test func whoChangesTheirPasswordOnAPageIsKnownThereFromThenOn() async throws {
        let house = try await opened("anna", "ben")
        let ben = try await house.signIn("ben").browser
        let reply = try await house.signIn("anna", in: ben)
        let other = "another fine password"
        let changed = try await house.send(
            .post, "/api/account/password", ["current": PeopleHouse.password, "new": other], as: reply.token,
            cookies: ["martlet_access_8080": reply.token, "martlet_browser_8080": reply.browser])
        for name in ["anna", "ben"] { for _ in 0..<5 { _ = try await attempt(house, name) } }
        #expect(try await attempt(house, "anna", other, in: reply.browser) == 30)
        #expect(try await attempt(house, "ben", PeopleHouse.password, in: changed.browser) == nil)
        #expect(try await attempt(house, "anna", other, in: changed.browser) == nil)
        // A program has no browser.
        let program = try await house.signIn("ben", from: "192.0.2.9")
        let quiet = try await house.send(
            .post, "/api/account/password", ["current": PeopleHouse.password, "new": other], as: program.token)
        #expect(quiet.setCookie("martlet_browser_8080") == nil)
    }

    /// Who has signed in is known by that: what neighbours try at the door keeps nobody from changing their password.
    @Test func whatNeighboursTryLocksNobodyWhoHasSignedIn() async throws {
        let house = try await opened("anna")
        let (reply, second) = (try await house.signIn("anna"), try await house.signIn("anna"))
        #expect(try await attempts(6, house) == [0, 0, 0, 0, 0, 30])
        func prove(_ password: String, _ token: String) async -> RefusalCode? {
            await refusal {
                _ = try await house.send(.post, "/api/account/second-factor", ["password": password], as: token)
            }
        }
        #expect(await prove(PeopleHouse.password, reply.token) == nil)
        for _ in 0..<5 { #expect(await prove(PeopleBrowserTests.wrong, reply.token) == .badCredentials) }
        #expect(await prove(PeopleHouse.password, reply.token) == .tooManyRequests)
        #expect(await prove(PeopleHouse.password, second.token) == nil, "each sign-in for itself")
    }

    @Test func theCookieIsForTheHubAlone() async throws {
        let house = try await opened("anna")
        let plain = try #require(try await house.signIn("anna").setCookie("martlet_browser_8080"))
        #expect(plain.hasSuffix("; Path=/api; Max-Age=31536000; HttpOnly; SameSite=Strict"))
        let transport = RequestTransport(address: "192.0.2.1", isSecure: true)
        let secure = try await house.send(
            .post, "/api/auth/login", ["username": "anna", "password": PeopleHouse.password],
            as: Caller(.anonymous, address: "192.0.2.1"), over: transport)
        #expect(secure.setCookie("martlet_browser_8080")?.hasSuffix("; Secure") == true)
        #expect(!secure.json.keys.contains("browser"), "no script sees it")
    }
}
