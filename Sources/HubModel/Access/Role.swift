/// A role's name: 1 to 32 small letters, digits and hyphens.
public struct RoleName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// A name if it keeps the rule above; nil otherwise.
    public init?(_ text: String) {
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy(RoleName.isAllowed) else { return nil }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }

    /// May do everything.
    public static let admin = RoleName(known: "admin")
    /// Runs the site: devices, commands, the broker.
    public static let operate = RoleName(known: "operator")
    /// Works at the site.
    public static let staff = RoleName(known: "staff")
    /// Looks.
    public static let viewer = RoleName(known: "viewer")

    /// The name.
    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// What a solution adds to a role; a role that nobody has named before begins to exist by it.
public struct RoleGrant: Hashable, Sendable {
    /// The role.
    public let role: RoleName
    /// What it may do besides.
    public let permissions: PermissionSet
    /// What the role is, in a few words, if it begins to exist by this.
    public let summary: String?

    /// A grant.
    public init(_ role: RoleName, _ permissions: PermissionSet, summary: String? = nil) {
        self.role = role
        self.permissions = permissions
        self.summary = summary
    }
}

/// Every role there is, with what it may do.
public struct RoleBook: Sendable {
    private var sets: [RoleName: PermissionSet]
    private var summaries: [RoleName: String]
    /// The roles, the built-in ones first.
    public private(set) var names: [RoleName]
    /// Every permission that is declared, in the order in which people read them.
    public let permissions: [Permission]

    /// The built-in roles with what the solutions add to them.
    /// - Parameter declared: the permissions of the solutions, besides those of the hub.
    public init(_ additions: [RoleGrant] = [], declared: [Permission] = []) {
        permissions = Permission.ofHub.map(\.name) + declared
        names = [.admin, .operate, .staff, .viewer]
        sets = [
            .admin: PermissionSet(permissions),
            .operate: [
                .viewSystem, .viewMetrics, .viewDevices, .manageDevices, .viewBroker, .subscribeMQTT,
                .subscribeSystemTopics,
            ],
            .staff: [.viewSystem, .viewDevices],
            .viewer: [.viewSystem],
        ]
        summaries = [
            .admin: "May do everything", .operate: "Runs the site: devices, commands, the broker",
            .staff: "Works at the site", .viewer: "Looks",
        ]
        for grant in additions {
            if sets[grant.role] == nil { names.append(grant.role) }
            if summaries[grant.role] == nil { summaries[grant.role] = grant.summary }
            sets[grant.role] = (sets[grant.role] ?? []).union(grant.permissions)
        }
    }

    /// What a role may do; nil for a role that there is not.
    public func permissions(of role: RoleName) -> PermissionSet? { sets[role] }

    /// What a role is, in a few words; nil when nobody has said it.
    public func summary(of role: RoleName) -> String? { summaries[role] }

    /// The permissions of a set, in the order in which people read them.
    public func listed(_ set: PermissionSet) -> [Permission] { permissions.filter(set.contains) }
}
