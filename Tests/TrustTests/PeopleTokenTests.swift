import Credentials
import Foundation
import HubModel
import HubTesting
import JWTKit
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Access tokens that somebody tampered with, and personal access tokens.
struct PeopleTokenTests {
    /// What stands in an access token; written out again here, so that a change of the format is noticed.
    private struct Claims: JWTPayload {
        var iss = "martlet"
        var aud = "martlet/api"
        var sub: String
        var exp: Int64
        var iat: Int64
        var jti = "x"
        var sid: String
        var gen: Int64 = 1

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private struct Forger {
        let house: PeopleHouse
        let claims: Claims
        let key: [UInt8]

        init() async throws {
            house = try await PeopleHouse()
            let account = try await house.add("anna")
            _ = try await house.signIn("anna")
            let (session, key) = try await house.database.read { reader in
                (
                    try SignInTable.all(of: account.id, in: reader)[0].id,
                    try reader.queryOne("SELECT secret FROM hub_secret WHERE name = 'access-tokens'").blob(0)
                )
            }
            self.key = key
            let now = house.clock.now().microseconds / 1_000_000
            claims = Claims(sub: account.id, exp: now + 900, iat: now, sid: session)
        }

        func sign(
            _ change: (inout Claims) -> Void = { _ in }, key: [UInt8]? = nil, digest: DigestAlgorithm = .sha256
        ) async throws -> String {
            var claims = claims
            change(&claims)
            let keys = await JWTKeyCollection().add(hmac: HMACKey(from: key ?? self.key), digestAlgorithm: digest)
            return try await keys.sign(claims)
        }

        /// Whether somebody comes in with it.
        func opens(_ token: String) async -> Bool {
            let transport = RequestTransport()
            let now = house.clock.now()
            let asBearer = await refusal {
                _ = try await house.people.caller(bearer: token, transport: transport, at: now)
            }
            let asCookie = await refusal {
                _ = try await house.people.caller(cookie: token, transport: transport, at: now)
            }
            #expect(asBearer == asCookie)
            #expect(asBearer == nil || asBearer == .notSignedIn)
            return asBearer == nil
        }

        /// Base64 as tokens have it.
        static func encode(_ json: String) -> String {
            Data(json.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
    }

    @Test func aTokenOfTheHubsOwnOpens() async throws {
        let forger = try await Forger()
        #expect(await forger.opens(try await forger.sign()))
    }

    @Test func whatIsNotOursDoesNotOpen() async throws {
        let forger = try await Forger()
        let good = try await forger.sign()
        let parts = good.split(separator: ".").map(String.init)
        let other = [UInt8](repeating: 7, count: 64)
        let long = String(repeating: "a", count: 3_000)
        let none = Forger.encode(#"{"alg":"none","typ":"JWT"}"#)
        let other512 = Forger.encode(#"{"alg":"HS512","typ":"JWT"}"#)
        let forged: [(String, String)] = [
            ("another key", try await forger.sign(key: other)),
            ("another algorithm", try await forger.sign(key: forger.key + forger.key, digest: .sha512)),
            ("another audience", try await forger.sign { $0.aud = "elsewhere" }),
            ("another issuer", try await forger.sign { $0.iss = "elsewhere" }),
            ("expired", try await forger.sign { $0.exp = $0.iat }),
            ("of the future", try await forger.sign { $0.iat += 61 }),
            ("another account", try await forger.sign { $0.sub = "nobody" }),
            ("another sign-in", try await forger.sign { $0.sid = "none" }),
            ("another generation", try await forger.sign { $0.gen = 2 }),
            ("no algorithm, no signature", "\(none).\(parts[1])."),
            ("no algorithm, old signature", "\(none).\(parts[1]).\(parts[2])"),
            ("header of another algorithm", "\(other512).\(parts[1]).\(parts[2])"),
            ("no signature", "\(parts[0]).\(parts[1])."), ("two parts", "\(parts[0]).\(parts[1])"),
            ("four parts", good + ".x"), ("nothing", ""), ("dots", ".."), ("long", good + long),
        ]
        for (what, token) in forged {
            let opened = await forger.opens(token)
            #expect(!opened, "\(what)")
        }
    }

    /// One token has one spelling: whoever keeps a list of those that were seen, or revoked, must be able to rely on that.
    @Test func aTokenThatIsSpeltAnotherWayDoesNotOpen() async throws {
        let forger = try await Forger()
        let good = try await forger.sign()
        let parts = good.split(separator: ".").map(String.init)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        // The last letter of 32 bytes has two bits that stand for nothing.
        let last = try #require(letters.firstIndex { $0 == parts[2].last })
        let twin = String(parts[2].dropLast()) + String(letters[last ^ 1])
        let padded = parts.map { $0 + String(repeating: "=", count: (4 - $0.count % 4) % 4) }
        for spelling in [
            good + "=", good + "==", padded.joined(separator: "."), "\(parts[0]).\(parts[1]).\(twin)",
            "\(parts[0]).\(parts[1])=.\(parts[2])", "\(parts[0])=.\(parts[1]).\(parts[2])", good + "\n", " " + good,
            good + "A", good + ".",
        ] { #expect(await !forger.opens(spelling), "\(spelling.suffix(12))") }
        #expect(await forger.opens(good))
    }

    /// What a token is narrowed to holds for rights at single sites too.
    @Test func aTokenOfSomebodyWithRightsAtOneSiteIsNarrowedThere() async throws {
        let house = try await PeopleHouse()
        try await house.shell { _, _, now, transaction in
            guard let north = SiteID("north") else { return }
            try SiteRegistry().add(north, title: "North", at: now, in: transaction)
        }
        let north = try #require(SiteID("north"))
        try await house.add("olga", .operate, at: north)
        let session = try await house.signIn("olga").token
        let made = try await house.send(
            .post, "/api/account/tokens", ["name": "a program", "scopes": ["devices.view"], "days": 1], as: session)
        let caller = try await house.people.caller(
            bearer: made.token, transport: RequestTransport(), at: house.clock.now())
        #expect(caller.grants == Grants(sites: [north: [.viewDevices]]))
        let access = RouteAccess.site(.manageDevices)
        let person = try await house.people.caller(
            bearer: session, transport: RequestTransport(), at: house.clock.now())
        #expect(try access.scope(for: person) == .sites([north]))
        let code = await refusal { _ = try access.scope(for: caller) }
        #expect(code == .forbidden)
    }

    /// A header of another algorithm over which the right key signed with the right one: only what the header says is wrong.
    @Test func aHeaderThatNamesAnotherAlgorithmDoesNotOpen() async throws {
        let forger = try await Forger()
        let parts = try await forger.sign().split(separator: ".").map(String.init)
        for algorithm in ["none", "HS512", "RS256", "hs256"] {
            let signed = Forger.encode("{\"alg\":\"\(algorithm)\",\"typ\":\"JWT\"}") + "." + parts[1]
            let tag = Digest.keyed(Array(signed.utf8), key: forger.key)
            let signature = Data(tag).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            #expect(await !forger.opens("\(signed).\(signature)"))
        }
        let signed = Forger.encode(#"{"alg":"HS256","typ":"JWT"}"#) + "." + parts[1]
        let tag = Digest.keyed(Array(signed.utf8), key: forger.key)
        let signature = Data(tag).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
        #expect(await forger.opens("\(signed).\(signature)"))
    }

    @Test func aTokenExpiresByTheHubsClock() async throws {
        let forger = try await Forger()
        let token = try await forger.sign()
        forger.house.clock.move(seconds: 899)
        #expect(await forger.opens(token))
        forger.house.clock.move(seconds: 1)
        #expect(await !forger.opens(token))
    }

    /// The clock was set back: what was made before would hold until that time has come again.
    @Test func aTokenOfTheFutureDoesNotOpen() async throws {
        let forger = try await Forger()
        let token = try await forger.sign()
        forger.house.clock.move(seconds: -60)
        #expect(await forger.opens(token))
        forger.house.clock.move(seconds: -1)
        #expect(await !forger.opens(token))
    }

    @Test func theKeyIsMadeOnceAndForAll() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        let again = try await People.open(
            database: house.database, line: house.line, roles: .ofTests, audit: house.audit, clock: house.clock,
            cookieTag: "1")
        let caller = try await again.caller(bearer: token, transport: RequestTransport(), at: house.clock.now())
        #expect(caller.account != nil)
    }

    private func make(
        _ house: PeopleHouse, _ scopes: [String] = ["nodes.view"], days: Int = 90, as token: String
    ) async throws -> Reply {
        try await house.send(
            .post, "/api/account/tokens", ["name": "my script", "scopes": scopes, "days": days], as: token)
    }

    @Test func aPersonalTokenMayWhatItsOwnerMayWithinItsScopes() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let session = try await house.signIn("anna").token
        let made = try await make(house, ["nodes.view", "users.manage"], as: session)
        #expect(made.status == 201)
        #expect(made.token.hasPrefix("mpt_"))
        let caller = try await house.people.caller(
            bearer: made.token, transport: RequestTransport(), at: house.clock.now())
        #expect(caller.grants == Grants(everywhere: [.viewNodes, .manageUsers]))
        let end = house.clock.now().advanced(bySeconds: 90 * 86_400)
        #expect(try await house.people.welcome(of: caller) == end)
        _ = try await house.send(.get, "/api/users", as: made.token)
        // What its owner loses, it loses.
        try await house.add("ben")
        try await house.shell {
            _ = try $0.setRoles(of: "anna", to: [RoleAssignment(.viewer)], by: $1, at: $2, in: $3)
        }
        #expect(await refusal { _ = try await house.send(.get, "/api/users", as: made.token) } == .forbidden)
        #expect(try await house.people.welcome(of: caller) == nil)
    }

    @Test func aTokenIsNotForWhatGuardsTheAccount() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let session = try await house.signIn("anna").token
        let made = try await make(house, RoleBook.ofTests.permissions.map(\.name), as: session)
        for (path, body) in [
            ("/api/account/password", ["current": PeopleHouse.password, "new": "another long password"]),
            ("/api/account/second-factor", ["password": PeopleHouse.password]),
            ("/api/account/second-factor/confirm", ["code": "123456"]),
            ("/api/account/second-factor/disable", ["password": PeopleHouse.password]),
            ("/api/account/tokens", ["name": "another"]),
        ] {
            let code = await refusal { _ = try await house.send(.post, path, body, as: made.token) }
            #expect(code == .forbidden, "\(path)")
        }
        let list = try await house.send(.get, "/api/account/tokens", as: made.token)
        #expect((list.json["tokens"] as? [Any])?.count == 1)
    }

    @Test func aTokenEndsWhenItIsRevokedExpiresOrItsOwnerGoes() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben", .viewer)
        let session = try await house.signIn("anna").token
        let (revoked, expired) = (try await make(house, as: session), try await make(house, days: 1, as: session))
        func worth(_ reply: Reply) async -> RefusalCode? {
            await refusal { _ = try await house.send(.get, "/api/account", as: reply.token) }
        }
        #expect(await worth(revoked) == nil)
        let id = try #require(revoked.json["id"] as? String)
        let ben = try await house.signIn("ben").token
        let notHis = await refusal { _ = try await house.send(.delete, "/api/account/tokens/\(id)", as: ben) }
        #expect(notHis == .notFound)
        _ = try await house.send(.delete, "/api/account/tokens/\(id)", as: session)
        #expect(await worth(revoked) == .notSignedIn)
        #expect(house.count(.createToken) == 2)
        #expect(house.count(.revokeToken) == 1)

        house.clock.move(seconds: 86_399)
        #expect(await worth(expired) == nil)
        house.clock.move(seconds: 1)
        #expect(await worth(expired) == .notSignedIn)

        let benAgain = try await house.signIn("ben").token
        let his = try await make(house, ["system.view"], as: benAgain)
        #expect(await worth(his) == nil)
        try await house.shell { _ = try $0.disable("ben", by: $1, at: $2, in: $3) }
        #expect(await worth(his) == .notSignedIn)
    }

    @Test func itsUseIsNotedOnceAMinute() async throws {
        let house = try await PeopleHouse()
        let account = try await house.add("anna")
        let made = try await make(house, as: try await house.signIn("anna").token)
        func lastUse() async throws -> Timestamp? {
            _ = try await house.send(.get, "/api/account", as: made.token)
            return try await house.database.read { try PersonalTokenTable.all(of: account.id, in: $0)[0].lastUsedAt }
        }
        let start = house.clock.now()
        let first = try await lastUse()
        house.clock.move(seconds: 59)
        let second = try await lastUse()
        house.clock.move(seconds: 1)
        let third = try await lastUse()
        #expect(first == start)
        #expect(second == start)
        #expect(third == start.advanced(bySeconds: 60))
    }

    @Test func whatATokenMustBeToBeMade() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben", .viewer, at: .main)
        let (anna, ben) = (try await house.signIn("anna").token, try await house.signIn("ben").token)
        #expect(await refusal { _ = try await make(house, [], as: anna) } == .invalidParameter)
        #expect(await refusal { _ = try await make(house, ["all"], as: anna) } == .invalidParameter)
        #expect(await refusal { _ = try await make(house, days: 0, as: anna) } == .invalidParameter)
        #expect(await refusal { _ = try await make(house, days: 367, as: anna) } == .invalidParameter)
        #expect(await refusal { _ = try await make(house, ["users.manage"], as: ben) } == .forbidden)
        for _ in 0..<50 { _ = try await make(house, ["system.view"], as: ben) }
        #expect(await refusal { _ = try await make(house, ["system.view"], as: ben) } == .limitReached)
    }
}
