import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Refresh tokens: each works once.
struct PeopleSessionTests {
    private func refresh(_ house: PeopleHouse, _ token: String) async throws -> Reply {
        try await house.send(.post, "/api/auth/refresh", ["refresh_token": token])
    }

    private func isIn(_ house: PeopleHouse, _ token: String) async -> Bool {
        await refusal { _ = try await house.send(.get, "/api/account", as: token) } == nil
    }

    private func signIn(step: Int64, openedAt: Int64 = 0, issued: Int64 = 1) -> SignIn {
        let at = Timestamp(seconds: openedAt)
        return SignIn(
            id: "s", account: "a", generation: 1, createdAt: at, lastUsedAt: at, expiresAt: at, address: nil,
            userAgent: nil,
            step: step, openedAt: at, issued: issued)
    }

    @Test func theRuleAsAValue() {
        func judge(_ step: Int64, _ signIn: SignIn, at second: Int64) -> RefreshRule {
            RefreshRule.judge(step: step, of: signIn, graceSeconds: 20, at: Timestamp(seconds: second))
        }
        #expect(judge(3, signIn(step: 3), at: 1_000_000) == .advance)
        #expect(judge(2, signIn(step: 3), at: 0) == .again)
        #expect(judge(2, signIn(step: 3), at: 20) == .again)
        #expect(judge(2, signIn(step: 3), at: 21) == .replayed)
        #expect(judge(1, signIn(step: 3), at: 0) == .replayed)
        #expect(judge(4, signIn(step: 3), at: 0) == .replayed)
        #expect(judge(2, signIn(step: 3, issued: 50), at: 0) == .replayed)
        // The clock was set back by an hour: that is no time in which two tabs asked.
        #expect(judge(2, signIn(step: 3, openedAt: 3_600), at: 0) == .replayed)
    }

    @Test func aRefreshGivesTheNextOfBoth() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna")
        house.clock.move(seconds: 900)
        #expect(await !isIn(house, first.token))
        let byCookie = try await house.send(
            .post, "/api/auth/refresh", cookies: ["martlet_refresh_8080": first.refresh])
        #expect(byCookie.refresh != first.refresh)
        #expect(await isIn(house, byCookie.token))
        let byBody = try await refresh(house, byCookie.refresh)
        #expect(await isIn(house, byBody.token))
    }

    @Test func aTokenThatComesAgainLaterEndsTheSignIn() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna")
        let other = try await house.signIn("anna")
        let second = try await refresh(house, first.refresh)
        house.clock.move(seconds: 21)
        #expect(await refusal { _ = try await refresh(house, first.refresh) } == .notSignedIn)
        #expect(house.count(.sessionReplayed, .refused) == 1)
        #expect(await refusal { _ = try await refresh(house, second.refresh) } == .notSignedIn)
        #expect(await !isIn(house, second.token))
        #expect(await isIn(house, other.token))
    }

    @Test func aTokenThatComesAgainAfterItsSuccessorWasUsedEndsTheSignIn() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna")
        let second = try await refresh(house, first.refresh)
        let third = try await refresh(house, second.refresh)
        #expect(await refusal { _ = try await refresh(house, first.refresh) } == .notSignedIn)
        #expect(await !isIn(house, third.token))
    }

    @Test func twoTabsThatAskAtOnceBothStayIn() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna").refresh
        async let left = refresh(house, first)
        async let right = refresh(house, first)
        let (one, other) = try await (left, right)
        #expect(one.refresh != other.refresh)
        #expect(await isIn(house, one.token))
        #expect(await isIn(house, other.token))
        // The browser kept one of them.
        house.clock.move(seconds: 900)
        let next = try await refresh(house, other.refresh)
        #expect(await isIn(house, next.token))
        // The other one was a thief's.
        house.clock.move(seconds: 60)
        #expect(await refusal { _ = try await refresh(house, one.refresh) } == .notSignedIn)
        #expect(await !isIn(house, next.token))
        #expect(house.count(.sessionReplayed, .refused) == 1)
    }

    @Test func aSignInThatIsNotRefreshedEnds() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let first = try await house.signIn("anna")
        house.clock.move(seconds: 30 * 86_400)
        #expect(await refusal { _ = try await refresh(house, first.refresh) } == .notSignedIn)
        #expect(house.count(.sessionReplayed, .refused) == 0)
    }

    @Test func aSignInEndsAfterHalfAYearHoweverOftenItIsRefreshed() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        var reply = try await house.signIn("anna")
        for _ in 0..<8 {
            house.clock.move(seconds: 20 * 86_400)
            reply = try await refresh(house, reply.refresh)
        }
        house.clock.move(seconds: 20 * 86_400)
        let (late, last) = (reply.refresh, reply.setCookie("martlet_refresh_8080"))
        #expect(last?.contains("Max-Age=\(20 * 86_400);") == true)
        #expect(await refusal { _ = try await refresh(house, late) } == .notSignedIn)
    }

    @Test(arguments: ["", "x", "mrt_", "mpt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
    func whatIsNoRefreshTokenIsRefused(_ text: String) async throws {
        let house = try await PeopleHouse()
        #expect(await refusal { _ = try await refresh(house, text) } == .notSignedIn)
    }

    @Test func tokensAreKeptAsHashesAndNotForEver() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        var reply = try await house.signIn("anna")
        for _ in 0..<150 { reply = try await refresh(house, reply.refresh) }
        let hashes = try await house.database.read { reader in
            try reader.query("SELECT hash FROM refresh_token").map { try $0.blob(0) }
        }
        #expect(hashes.count == 101)
        #expect(hashes.allSatisfy { $0.count == 32 })
    }

    @Test func oneSignInOfMineIsEndedByItsName() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        let (one, other, stranger) = (
            try await house.signIn("anna"), try await house.signIn("anna"), try await house.signIn("ben")
        )
        let account = try await house.send(.get, "/api/account", as: one.token)
        let sessions = try #require(account.json["sessions"] as? [[String: Any]])
        let id = try #require(sessions.first { $0["current"] as? Bool == false }?["id"] as? String)
        let notHis = await refusal {
            _ = try await house.send(.delete, "/api/account/sessions/\(id)", as: stranger.token)
        }
        #expect(notHis == .notFound)
        _ = try await house.send(.delete, "/api/account/sessions/\(id)", as: one.token)
        #expect(await !isIn(house, other.token))
        #expect(await isIn(house, one.token))
    }

    @Test func whoeverHasAnOpenSocketIsNotWelcomeAnyMore() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben", .viewer)
        func caller(_ name: String) async throws -> Caller {
            let token = try await house.signIn(name).token
            return try await house.people.caller(bearer: token, transport: RequestTransport(), at: house.clock.now())
        }
        let signedOut = try await caller("ben")
        #expect(try await house.people.welcome(of: signedOut) != nil)
        try await house.shell { try $0.endSessions(of: "ben", by: $1, at: $2, in: $3) }
        #expect(try await house.people.welcome(of: signedOut) == nil)

        let changed = try await caller("ben")
        try await house.shell {
            _ = try $0.setRoles(of: "ben", to: [RoleAssignment(.staff)], by: $1, at: $2, in: $3)
        }
        #expect(try await house.people.welcome(of: changed) == nil)

        let disabled = try await caller("ben")
        try await house.shell { _ = try $0.disable("ben", by: $1, at: $2, in: $3) }
        #expect(try await house.people.welcome(of: disabled) == nil)
        try await house.shell { _ = try $0.enable("ben", by: $1, at: $2, in: $3) }
        #expect(try await house.people.welcome(of: disabled) == nil)

        let removed = try await caller("ben")
        try await house.shell { try $0.remove("ben", by: $1, at: $2, in: $3) }
        #expect(try await house.people.welcome(of: removed) == nil)
    }
}
