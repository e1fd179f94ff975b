public import HubModel
public import SQL

/// The people of the hub, for those who may look after them (`users.manage`, for the whole hub).
///
/// Adding somebody, or giving them a password, takes two steps. `password` hashes, which is slow, outside of the line. The other step is
/// inside the line, in the transaction of whatever else the change does: what is undone leaves nobody. Each of them checks the caller's right
/// itself, so that a route that asks for another right makes no people, and records what it changes in the audit. Nobody gives a role that may
/// do more than they may themselves, or changes anything of somebody who may do more. The last admin stays.
public protocol PeopleBook: PeopleDirectory {
    /// Checks a password and hashes it, or makes one. It waits while others do the same.
    /// - Parameters:
    ///   - chosen: what somebody chose, 10 to 256 bytes; nil: the hub makes one, which `HashedPassword.made` shows once.
    ///   - name: the user name, whether or not there is somebody of this name.
    /// - Throws: `Refusal`: `forbidden`, `invalid_id` for what is no user name, `weak_password`, `too_many_requests` when too many wait.
    func password(_ chosen: String?, for name: String, by caller: Caller) async throws -> HashedPassword

    /// Everybody, ordered by name. There are at most 2,000.
    /// - Throws: `Refusal`: `forbidden`; `SQLFailure`.
    func people(for caller: Caller, in reader: some SQLReading) throws -> [Person]

    /// Somebody, by their user name in any case of its letters.
    /// - Throws: `Refusal`: `forbidden`, `not_found`; `SQLFailure`.
    func person(_ name: String, for caller: Caller, in reader: some SQLReading) throws -> Person

    /// Adds somebody, under the name that the password is for.
    /// - Parameter roles: at most 100, each at a site or everywhere.
    /// - Throws: `Refusal`: `conflict` for a name in use; `invalid_parameter` for a role or a site that does not exist; `forbidden`;
    ///   `limit_reached`. `SQLFailure`.
    func add(
        with password: HashedPassword, roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person

    /// Gives somebody exactly these roles.
    /// - Throws: `Refusal`: as `add`, and `not_found`; `conflict` when no admin would be left. `SQLFailure`.
    func setRoles(
        of name: String, to roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person

    /// Gives the person for whose name it is another password; all their sign-ins end. One's own is changed under `/api/account`, where the
    /// present one is asked for.
    /// - Throws: `Refusal`: `not_found`, `forbidden`; `SQLFailure`.
    func setPassword(_ password: HashedPassword, by caller: Caller, in line: inout LineContext) throws -> Person

    /// Disables or enables somebody. Who is disabled may not sign in, and whatever they have open ends.
    /// - Returns: the person as they are from now on.
    /// - Throws: `Refusal`: `not_found`, `forbidden`; `conflict` when no admin would be left. `SQLFailure`.
    func setEnabled(
        _ isEnabled: Bool, _ name: String, by caller: Caller, in line: inout LineContext
    ) throws -> Person

    /// Removes somebody with all that is theirs in the hub's own tables.
    /// - Throws: `Refusal`: `not_found`, `forbidden`; `conflict` when no admin would be left. `SQLFailure`.
    func remove(_ name: String, by caller: Caller, in line: inout LineContext) throws
}

/// The book of a hub that has no people.
public struct NoPeople: PeopleBook {
    private static let refusal = Refusal(.forbidden, "This hub has no people.")

    /// An empty book.
    public init() {}

    /// Throws `forbidden`.
    public func password(_ chosen: String?, for name: String, by caller: Caller) async throws -> HashedPassword {
        throw NoPeople.refusal
    }

    /// Nobody.
    public func people(for caller: Caller, in reader: some SQLReading) throws -> [Person] { [] }

    /// Throws `forbidden`.
    public func person(_ name: String, for caller: Caller, in reader: some SQLReading) throws -> Person {
        throw NoPeople.refusal
    }

    /// Nobody.
    public func known(_ id: String, in reader: some SQLReading) throws -> KnownPerson? { nil }

    /// Nobody.
    public func known(named name: String, in reader: some SQLReading) throws -> KnownPerson? { nil }

    /// Nobody's.
    public func rights(of id: String, in reader: some SQLReading) throws -> PersonRights? { nil }

    /// Throws `forbidden`.
    public func add(
        with password: HashedPassword, roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person { throw NoPeople.refusal }

    /// Throws `forbidden`.
    public func setRoles(
        of name: String, to roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person { throw NoPeople.refusal }

    /// Throws `forbidden`.
    public func setPassword(
        _ password: HashedPassword, by caller: Caller, in line: inout LineContext
    ) throws -> Person { throw NoPeople.refusal }

    /// Throws `forbidden`.
    public func setEnabled(
        _ isEnabled: Bool, _ name: String, by caller: Caller, in line: inout LineContext
    ) throws -> Person { throw NoPeople.refusal }

    /// Throws `forbidden`.
    public func remove(_ name: String, by caller: Caller, in line: inout LineContext) throws {
        throw NoPeople.refusal
    }
}
