/// A role at a site, or at all of them.
public struct RoleAssignment: Hashable, Sendable {
    /// The site; nil: everywhere, and for what belongs to no site.
    public let site: SiteID?
    /// The role.
    public let role: RoleName

    /// An assignment.
    public init(_ role: RoleName, at site: SiteID? = nil) {
        self.site = site
        self.role = role
    }

    /// How it is written: `*` for everywhere.
    public var siteText: String { site?.text ?? "*" }
}
