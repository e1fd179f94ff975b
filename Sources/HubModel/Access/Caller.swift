/// What somebody may do, and at which sites.
public struct Grants: Hashable, Sendable {
    /// What is allowed at every site, and for what belongs to none: people, audit, the broker.
    public var everywhere: PermissionSet
    /// What is allowed at single sites besides.
    public var sites: [SiteID: PermissionSet]

    /// Grants.
    public init(everywhere: PermissionSet = [], sites: [SiteID: PermissionSet] = [:]) {
        self.everywhere = everywhere
        self.sites = sites.filter { !$0.value.isEmpty }
    }

    /// Where a permission holds.
    public func scope(of permission: Permission) -> SiteScope {
        if everywhere.contains(permission) { return .all }
        return .sites(Set(sites.filter { $0.value.contains(permission) }.keys))
    }

    /// Whether a permission holds at a site; nil: for what belongs to no site.
    public func allows(_ permission: Permission, at site: SiteID?) -> Bool {
        if everywhere.contains(permission) { return true }
        guard let site else { return false }
        return sites[site]?.contains(permission) ?? false
    }

    /// The same grants narrowed to what a token was made for.
    public func narrowed(to scopes: PermissionSet) -> Grants {
        Grants(
            everywhere: everywhere.intersection(scopes), sites: sites.mapValues { $0.intersection(scopes) })
    }

    /// Everything that is allowed somewhere.
    public var anywhere: PermissionSet {
        sites.values.reduce(everywhere) { $0.union($1) }
    }
}

/// Who asks for something, and what they may do.
public struct Caller: Hashable, Sendable {
    /// Who it is.
    public enum Identity: Hashable, Sendable {
        /// Nobody who has said who they are.
        case anonymous
        /// Whoever reaches a hub that was opened with `--open`: may do everything.
        case open
        /// A person; `session` names the sign-in that the request belongs to.
        case person(account: String, name: String, session: String)
        /// A program with a personal access token of a person.
        case token(account: String, name: String, token: String)
        /// A device that is active.
        case device(DeviceID, DeviceKind, site: SiteID)
        /// A device of a kind that shows nothing, let in by the network that it is in. Which it is, it only says.
        case keyless(DeviceKind)
        /// Whoever has a link: may see what it shows, and nothing else.
        case link(LinkGrant)
        /// A person at the machine itself, with the command line.
        case shell(name: String)
        /// The hub itself.
        case hub
    }

    /// Who it is.
    public let identity: Identity
    /// What they may do.
    public let grants: Grants
    /// Their address without its port, if it is known.
    public let address: String?

    /// A caller.
    public init(_ identity: Identity, grants: Grants = Grants(), address: String? = nil) {
        self.identity = identity
        self.grants = grants
        self.address = address
    }

    /// The account's identifier, of a person or of a token's owner.
    public var account: String? {
        switch identity {
        case .person(let account, _, _), .token(let account, _, _): account
        case .anonymous, .open, .device, .keyless, .link, .shell, .hub: nil
        }
    }

    /// The device, if it is one.
    public var device: DeviceID? {
        if case .device(let device, _, _) = identity { return device }
        return nil
    }

    /// Whether they may do all that these grants allow.
    package func covers(_ other: Grants) -> Bool {
        switch identity {
        case .open, .shell, .hub: return true
        case .anonymous, .device, .keyless, .link: return false
        case .person, .token: break
        }
        return grants.everywhere.isSuperset(of: other.everywhere)
            && other.sites.allSatisfy { grants.everywhere.union(grants.sites[$0.key] ?? []).isSuperset(of: $0.value) }
    }
}
