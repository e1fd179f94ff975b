internal import Credentials
public import HubModel
internal import Registry
public import SQL
public import SolutionKit

/// How routes look after people, those of solutions and the hub's own: the rules of `PeopleAdministration`, for those who may.
extension People: PeopleBook {
    /// Hashes on the thread for that, in the caller's place among those who wait.
    public func password(_ chosen: String?, for name: String, by caller: Caller) async throws -> HashedPassword {
        try People.requireRight(of: caller)
        let name = try PeopleAdministration.name(name)
        let text = chosen ?? PasswordRules.generate()
        let hash = try await hash(text, for: name, at: caller.place)
        return HashedPassword(for: name.text, hash: hash.text, made: chosen == nil ? IssuedSecret(text) : nil)
    }

    /// As `PeopleAdministration.users`.
    public func people(for caller: Caller, in reader: some SQLReading) throws -> [Person] {
        try People.requireRight(of: caller)
        return try administration.users(in: reader).map(\.person)
    }

    /// As `PeopleAdministration.user`.
    public func person(_ name: String, for caller: Caller, in reader: some SQLReading) throws -> Person {
        try People.requireRight(of: caller)
        return try administration.user(name, in: reader).person
    }

    /// By the table of accounts.
    public func known(_ id: String, in reader: some SQLReading) throws -> KnownPerson? {
        try directory.known(id, in: reader)
    }

    /// By the table of accounts.
    public func known(named name: String, in reader: some SQLReading) throws -> KnownPerson? {
        try directory.known(named: name, in: reader)
    }

    /// By the table of accounts, and the roles that there are.
    public func rights(of id: String, in reader: some SQLReading) throws -> PersonRights? {
        try directory.rights(of: id, in: reader)
    }

    private var directory: AccountDirectory { AccountDirectory(roles: administration.roles) }

    /// As `PeopleAdministration.add`.
    public func add(
        with password: HashedPassword, roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(&line, by: caller) { instant, transaction in
            try administration.add(
                PeopleAdministration.name(password.name), password: People.hash(in: password), roles: roles,
                by: caller, at: instant, in: transaction)
        }.person
    }

    /// As `PeopleAdministration.setRoles`.
    public func setRoles(
        of name: String, to roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(&line, by: caller) { instant, transaction in
            try administration.setRoles(of: name, to: roles, by: caller, at: instant, in: transaction)
        }.person
    }

    /// As `PeopleAdministration.setPassword`, but not one's own.
    public func setPassword(
        _ password: HashedPassword, by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(&line, by: caller) { instant, transaction in
            try People.refuse(own: administration.user(password.name, in: transaction).id, caller)
            return try administration.setPassword(
                of: password.name, to: People.hash(in: password), by: caller, at: instant, in: transaction)
        }.person
    }

    /// As `PeopleAdministration.enable` and `disable`.
    public func setEnabled(
        _ isEnabled: Bool, _ name: String, by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(&line, by: caller) { instant, transaction in
            isEnabled
                ? try administration.enable(name, by: caller, at: instant, in: transaction)
                : try administration.disable(name, by: caller, at: instant, in: transaction)
        }.person
    }

    /// As `PeopleAdministration.remove`.
    public func remove(_ name: String, by caller: Caller, in line: inout LineContext) throws {
        try change(&line, by: caller) { instant, transaction in
            try administration.remove(name, by: caller, at: instant, in: transaction)
        }
    }

    /// What is refused leaves nothing behind, also where the route catches the refusal and goes on with the next person: some rules can only
    /// be looked at when the change is made.
    private func change<Value>(
        _ line: inout LineContext, by caller: Caller, _ work: (Timestamp, Transaction) throws -> Value
    ) throws -> Value {
        try People.requireRight(of: caller)
        let (instant, transaction) = (line.now, try line.transaction())
        return try transaction.savepoint { try work(instant, transaction) }
    }

    /// What guards one's own account is changed where the present password is asked for: a page that was left open, or a token, must not
    /// become the account.
    static func refuse(own account: String, _ caller: Caller) throws(Refusal) {
        guard account != caller.account else {
            throw Refusal(.forbidden, "This is your own account: change it under /api/account.")
        }
    }

    private static func requireRight(of caller: Caller) throws(Refusal) {
        _ = try caller.scope(asking: .hub(.manageUsers))
    }

    private static func hash(in password: HashedPassword) throws(Refusal) -> PasswordHash {
        guard let hash = PasswordHash(text: password.hash) else {
            throw Refusal(.internalFailure, "The password was hashed by another book.")
        }
        return hash
    }
}

extension Account {
    /// What routes are told of it.
    var person: Person {
        Person(
            id: id, name: name.text, roles: roles, isEnabled: state == .active, hasSecondFactor: hasSecondFactor,
            createdAt: createdAt, lastSignInAt: lastSignInAt)
    }
}
