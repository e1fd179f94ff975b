public import Credentials
public import HubModel
public import Registry
public import SQL
public import SolutionKit

/// What may be done with accounts, and its rules; each inside a transaction of the caller's, with its entry in the audit. The routes use
/// it in the line, the command line in a transaction of its own. Passwords are hashed before: nothing slow happens in here.
public struct PeopleAdministration: Sendable {
    /// Accounts that there may be.
    public static let accountLimit: Int64 = 2_000
    /// Roles that one account may have.
    public static let roleLimit = 100

    /// The roles that exist.
    public let roles: RoleBook
    let audit: any AuditBook

    /// An administration.
    public init(roles: RoleBook, audit: any AuditBook) {
        self.roles = roles
        self.audit = audit
    }

    /// The account of a name as somebody wrote it.
    /// - Throws: `not_found`; `SQLFailure`.
    public func user(_ name: String, in reader: some SQLReading) throws -> Account {
        guard let name = AccountName(name), let account = try AccountTable.account(named: name, in: reader) else {
            throw Refusal(.notFound, "There is no user of this name.")
        }
        return account
    }

    /// All accounts, ordered by name.
    /// - Throws: `SQLFailure`.
    public func users(in reader: some SQLReading) throws -> [Account] {
        try AccountTable.all(in: reader)
    }

    /// A name for an account, as somebody wrote it.
    /// - Throws: `invalid_id`.
    public static func name(_ text: String) throws(Refusal) -> AccountName {
        guard let name = AccountName(text) else {
            throw Refusal(.invalidIdentifier, "A user name is 1 to 64 letters, digits and the signs . _ @ -.")
        }
        return name
    }

    /// Adds somebody.
    /// - Throws: `conflict` when the name is taken, `limit_reached`, `invalid_parameter` for a role or a site that does not exist,
    ///   `forbidden` for rights that the caller lacks; `SQLFailure`.
    public func add(
        _ name: AccountName, password: PasswordHash, roles assignments: [RoleAssignment], by caller: Caller,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> Account {
        try TrustEpoch.advance(in: transaction)
        try check(assignments, by: caller, in: transaction)
        guard try AccountTable.count(in: transaction) < PeopleAdministration.accountLimit else {
            throw Refusal(.limitReached, "There are \(PeopleAdministration.accountLimit) users already.")
        }
        let id = Identifier.make()
        guard try AccountTable.insert(id, name: name, password: password, at: instant, in: transaction) else {
            throw Refusal(.conflict, "There is a user of this name already.")
        }
        try AccountTable.set(assignments, of: id, in: transaction)
        try record(.addUser, name, by: caller, at: instant, in: transaction)
        for assignment in assignments {
            try record(
                .grantRole, name, PeopleAdministration.facts(assignment), by: caller, at: instant, in: transaction)
        }
        return try current(id, in: transaction)
    }

    /// Gives somebody exactly these roles.
    /// - Throws: `not_found`, `invalid_parameter`, `forbidden`; `conflict` when no admin would be left; `SQLFailure`.
    public func setRoles(
        of name: String, to assignments: [RoleAssignment], by caller: Caller, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Account {
        try TrustEpoch.advance(in: transaction)
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        try check(assignments, by: caller, in: transaction)
        try AccountTable.set(assignments, of: account.id, in: transaction)
        try checkAdminIsLeft(without: account, in: transaction)
        let (before, after) = (Set(account.roles), Set(assignments))
        for taken in account.roles where !after.contains(taken) {
            try record(
                .takeRole, account.name, PeopleAdministration.facts(taken), by: caller, at: instant, in: transaction)
        }
        let changed = try current(account.id, in: transaction)
        for given in changed.roles where !before.contains(given) {
            try record(
                .grantRole, account.name, PeopleAdministration.facts(given), by: caller, at: instant, in: transaction)
        }
        return changed
    }

    /// Sets somebody's password; all their sign-ins end, but `kept` if it is theirs. Check it with `PasswordRules` before.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    @discardableResult
    public func setPassword(
        of name: String, to password: PasswordHash, keeping kept: String? = nil, by caller: Caller,
        at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Account {
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        try AccountTable.set(password, of: account.id, at: instant, in: transaction)
        try end(account, but: kept, in: transaction)
        try record(.changePassword, account.name, by: caller, at: instant, in: transaction)
        return try current(account.id, in: transaction)
    }

    /// Disables somebody: they may not sign in, and whatever they have open ends.
    /// - Throws: `not_found`, `forbidden`; `conflict` when no admin would be left; `SQLFailure`.
    @discardableResult
    public func disable(
        _ name: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws -> Account {
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        guard account.state != .disabled else { return account }
        try AccountTable.set(.disabled, of: account.id, in: transaction)
        try end(account, in: transaction)
        try checkAdminIsLeft(without: account, in: transaction)
        try record(.disableUser, account.name, by: caller, at: instant, in: transaction)
        return try current(account.id, in: transaction)
    }

    /// Enables somebody, who may sign in again.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    @discardableResult
    public func enable(
        _ name: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws -> Account {
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        guard account.state != .active else { return account }
        try TrustEpoch.advance(in: transaction)
        try AccountTable.set(.active, of: account.id, in: transaction)
        try record(.enableUser, account.name, by: caller, at: instant, in: transaction)
        return try current(account.id, in: transaction)
    }

    /// Removes somebody with all they have.
    /// - Throws: `not_found`, `forbidden`; `conflict` when no admin would be left; `SQLFailure`.
    public func remove(
        _ name: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try TrustEpoch.advance(in: transaction)
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        try AccountTable.delete(account.id, in: transaction)
        try checkAdminIsLeft(without: account, in: transaction)
        try record(.removeUser, account.name, by: caller, at: instant, in: transaction)
    }

    /// Asks somebody for no second factor any more: their app is gone, and their codes too. Where there was none, nothing was done.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    @discardableResult
    public func disableSecondFactor(
        of name: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws -> Account {
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        // One that was only proposed goes too, and nobody has to hear of it.
        try SecondFactorTable.remove(account.id, in: transaction)
        guard account.hasSecondFactor else { return account }
        try TrustEpoch.advance(in: transaction)
        try record(.disableSecondFactor, account.name, by: caller, at: instant, in: transaction)
        return try current(account.id, in: transaction)
    }

    /// Ends all sign-ins of somebody.
    /// - Throws: `not_found`, `forbidden`; `SQLFailure`.
    public func endSessions(
        of name: String, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws {
        let account = try user(name, in: transaction)
        try check(authority: caller, over: account)
        try end(account, in: transaction)
        try record(.signOutEverywhere, account.name, by: caller, at: instant, in: transaction)
    }
}
