public import ArgumentParser
public import HubModel
internal import Registry
internal import SolutionKit

/// A site as it is typed; `*` stands for everywhere.
struct SiteName: ExpressibleByArgument {
    /// The site; nil: everywhere.
    let id: SiteID?

    init?(argument: String) {
        guard argument != "*" else {
            id = nil
            return
        }
        guard let id = SiteID(argument) else { return nil }
        self.id = id
    }
}

/// A role as it is typed, everywhere or at a site: `admin`, `viewer@north`.
struct RoleAt: ExpressibleByArgument {
    let assignment: RoleAssignment

    init?(argument: String) {
        // A role has no @; a site may have one.
        let parts = argument.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let role = parts.first.flatMap({ RoleName(String($0)) }) else { return nil }
        guard parts.count == 2 else {
            assignment = RoleAssignment(role)
            return
        }
        guard let site = SiteName(argument: String(parts[1])) else { return nil }
        assignment = RoleAssignment(role, at: site.id)
    }
}

// These types are the hub's own; the parser knows them only here.
extension RoleName: ExpressibleByArgument {
    /// As it is typed.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension DeviceID: ExpressibleByArgument {
    /// As it is typed.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension SiteID: ExpressibleByArgument {
    /// As it is typed.
    public init?(argument: String) {
        self.init(argument)
    }
}

extension DeviceKind: ExpressibleByArgument {
    /// As it is typed; only what a solution declares.
    public init?(argument: String) {
        guard let kind = Solutions.current.catalogue.kinds.first(where: { $0.declared.name.name == argument }) else {
            return nil
        }
        self = kind.declared.name
    }

    /// The kinds that there are, for the help.
    public static var allValueStrings: [String] { Solutions.current.catalogue.kinds.map(\.declared.name.name) }
}

extension Permission: ExpressibleByArgument {
    /// As it is typed; only what the hub or a solution declares.
    public init?(argument: String) {
        guard
            let permission = Solutions.current.catalogue.permissions.first(where: { $0.declared.name.name == argument })
        else { return nil }
        self = permission.declared.name
    }

    /// The permissions that there are, for the help.
    public static var allValueStrings: [String] { Solutions.current.catalogue.permissions.map(\.declared.name.name) }
}
