public import HubModel
internal import Registry
public import SQL
public import SolutionKit

/// Who people are, by the table of accounts. It needs nothing else, so that handlers inside the line have it before there is anybody who
/// signs people in.
public struct AccountDirectory: PeopleDirectory {
    private let roles: RoleBook

    /// A directory.
    /// - Parameter roles: what roles allow.
    public init(roles: RoleBook) {
        self.roles = roles
    }

    /// Somebody by their identifier.
    public func known(_ id: String, in reader: some SQLReading) throws -> KnownPerson? {
        try AccountTable.account(id, in: reader).map(AccountDirectory.person)
    }

    /// Somebody by their user name.
    public func known(named name: String, in reader: some SQLReading) throws -> KnownPerson? {
        guard let name = AccountName(name) else { return nil }
        return try AccountTable.account(named: name, in: reader).map(AccountDirectory.person)
    }

    /// What somebody may do.
    public func rights(of id: String, in reader: some SQLReading) throws -> PersonRights? {
        try AccountTable.account(id, in: reader).map {
            PersonRights(roles: $0.roles, grants: $0.grants(roles))
        }
    }

    private static func person(_ account: Account) -> KnownPerson {
        KnownPerson(id: account.id, name: account.name.text, isEnabled: account.state == .active)
    }
}
