internal import Credentials
public import HubModel
internal import Registry
public import SQL
public import SolutionKit
internal import Synchronization

/// The people of a hub that is not open: lets them in, knows them again with each request, and offers the routes by which they look after
/// themselves and each other (docs/accounts-api.md).
///
/// What holds is in the database: each request asks it for the account, the sign-in or the token it names, so whatever is taken away is
/// gone with the next request, whoever took it away.
public final class People: Sendable {
    /// What may be done with accounts; the routes and the command line share it.
    public let administration: PeopleAdministration
    /// The name of the cookie in which a page's access token comes.
    public var accessCookie: String { cookies.access }

    let database: Database
    let line: any Line
    let audit: any AuditBook
    let clock: any WallClock
    let settings: PeopleSettings
    let facts: HubFacts
    let cookies: SessionCookies
    let worker: PasswordWorker
    let tokens: AccessTokens
    let guardian: SignInGuard
    let guardKey: [UInt8]
    /// What a password is compared with whose name nobody has.
    let nobody: PasswordHash
    let codes = Mutex(OneTimeCodes())

    /// Opens the door for people; the keys that the hub signs with are made if the database has none. The tables must be there.
    /// - Parameters:
    ///   - cookieTag: letters and digits that tell apart hubs of one host name, such as the port.
    /// - Throws: `SQLFailure`.
    public static func open(
        database: Database, line: any Line, roles: RoleBook, audit: any AuditBook, clock: any WallClock,
        settings: PeopleSettings = PeopleSettings(), cookieTag: String, facts: HubFacts = HubFacts()
    ) async throws -> People {
        let now = clock.now()
        let (signing, guarding) = try await database.write { transaction in
            (
                try HubSecretTable.secret(
                    named: "access-tokens", orElse: RandomBytes.make(32), at: now, in: transaction),
                try HubSecretTable.secret(
                    named: "sign-in-guard", orElse: RandomBytes.make(32), at: now, in: transaction)
            )
        }
        return People(
            database: database, line: line, roles: roles, audit: audit, clock: clock, settings: settings,
            cookieTag: cookieTag, facts: facts, tokens: await AccessTokens(key: signing), guardKey: guarding)
    }

    private init(
        database: Database, line: any Line, roles: RoleBook, audit: any AuditBook, clock: any WallClock,
        settings: PeopleSettings, cookieTag: String, facts: HubFacts, tokens: AccessTokens, guardKey: [UInt8]
    ) {
        self.database = database
        self.line = line
        self.audit = audit
        self.clock = clock
        self.settings = settings
        self.facts = facts
        self.tokens = tokens
        self.guardKey = guardKey
        administration = PeopleAdministration(roles: roles, audit: audit)
        cookies = SessionCookies(tag: cookieTag)
        worker = PasswordWorker(
            limit: settings.waitingPasswords, limitPerAddress: settings.waitingPasswordsPerAddress,
            limitOfKnown: settings.waitingPasswordsOfKnown, limitPerKnown: settings.waitingPasswordsPerKnown)
        guardian = SignInGuard(policy: settings.guessing)
        nobody = .unmatchable(parameters: settings.passwords)
    }

    /// Makes the code with which the first admin is made, as long as there are no users; it holds until it is used, another is made or
    /// the hub stops.
    /// - Returns: nil when there are users.
    /// - Throws: `SQLFailure`.
    public func makeSetUpCode() async throws -> String? {
        guard try await database.read({ try AccountTable.count(in: $0) }) == 0 else { return nil }
        return codes.withLock { $0.makeSetUp().text }
    }

    /// Makes a code with which somebody signs in once, within a day: for `--demo`.
    /// - Throws: `not_found`; `SQLFailure`.
    public func makeSignInCode(for name: String) async throws -> String {
        let administration = administration
        let account = try await database.read { try administration.user(name, in: $0) }
        let now = clock.now()
        return codes.withLock { $0.make(for: account.id, at: now).text }
    }
}

extension People {
    /// The routes of docs/accounts-api.md under «Signing in», «My account» and «People».
    public var routes: [Route] {
        SignInRoutes(people: self).all + AccountRoutes(people: self).all + UserRoutes(people: self).all
    }
}
