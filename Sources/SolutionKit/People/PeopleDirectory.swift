public import HubModel
public import SQL

/// Who people are and what they may do, for what solutions decide themselves: whose booking is shown to whom, who may have how many, who is
/// still there to be given what they waited for.
///
/// It asks for no right, unlike `PeopleBook`: check that a caller may see what you show them of it.
public protocol PeopleDirectory: Sendable {
    /// Who somebody is, by the identifier that a solution's tables have of them (`Person.id`); nil: they were removed, or nobody ever had it.
    /// - Throws: `SQLFailure`.
    func known(_ id: String, in reader: some SQLReading) throws -> KnownPerson?

    /// The same by their user name, in any case of its letters; nil: there is nobody of this name.
    /// - Throws: `SQLFailure`.
    func known(named name: String, in reader: some SQLReading) throws -> KnownPerson?

    /// What somebody may do, by `Person.id`; nil as of `known`.
    /// - Throws: `SQLFailure`.
    func rights(of id: String, in reader: some SQLReading) throws -> PersonRights?
}

/// What somebody may do, and by which roles.
public struct PersonRights: Hashable, Sendable {
    /// Their roles, ordered by site and name.
    public let roles: [RoleAssignment]
    /// What the roles allow; nothing while they may not sign in.
    public let grants: Grants

    /// Rights.
    public init(roles: [RoleAssignment], grants: Grants) {
        self.roles = roles
        self.grants = grants
    }

    /// The roles that count at a site.
    public func roles(at site: SiteID) -> [RoleName] {
        roles.filter { $0.site == nil || $0.site == site }.map(\.role)
    }
}
