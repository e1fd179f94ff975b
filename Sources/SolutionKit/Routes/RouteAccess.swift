public import HubModel

/// Who may ask a route. Every route names one, so that none is open because it was forgotten.
public enum RouteAccess: Hashable, Sendable {
    /// Anybody, also a stranger: liveness, signing in.
    case anyone
    /// Whoever has signed in, for what concerns themselves only.
    case signedIn
    /// Whoever has the right at every site: for what belongs to no site.
    case hub(Permission)
    /// Whoever has the right at one site or more; the handler answers within `RouteRequest.scope` and for nothing beyond it.
    case site(Permission)
    /// An active device of this kind, which speaks for itself (`Caller.device`); where the route says so (`CredentialPlace.network`) also one
    /// that shows nothing.
    case device(DeviceKind)
    /// An active device of any kind; the handler decides for which devices it speaks.
    case anyDevice
    /// Anyone who shows the key of a link of this kind where the route takes it (`Caller.Identity.link`), and nobody by anything else. What
    /// the link is of must be within `RouteRequest.scope`.
    case link(LinkKind, key: LinkKeyPlace = .path)

    /// What everybody is told whose key opens nothing: whether it was ever a key, has expired or was revoked is nobody's business.
    public static let noSuchLink = Refusal(.notFound, "There is nothing at this address, or not any more.")

    /// The right that it takes; nil when none does.
    public var permission: Permission? {
        switch self {
        case .hub(let permission), .site(let permission): permission
        case .anyone, .signedIn, .device, .anyDevice, .link: nil
        }
    }

    /// Whether it is for devices.
    public var isForDevices: Bool {
        switch self {
        case .device, .anyDevice: true
        case .anyone, .signedIn, .hub, .site, .link: false
        }
    }

    /// Whether a caller may ask, and for which sites.
    /// - Throws: `not_signed_in` for somebody who is nobody yet, `forbidden` for somebody who may not.
    public func scope(for caller: Caller) throws(Refusal) -> SiteScope {
        switch (self, caller.identity) {
        case (.anyone, _): return .all
        case (.device(let kind), .device(_, let actual, _)) where kind == actual: return .all
        case (.device(let kind), .keyless(let actual)) where kind == actual: return .all
        case (.anyDevice, .device): return .all
        case (.device, .open), (.anyDevice, .open): return .all
        case (.link(let kind, _), .link(let grant)) where kind == grant.kind: return .sites([grant.site])
        case (.link, _): throw RouteAccess.noSuchLink
        case (_, .anonymous): throw Refusal(.notSignedIn, "Sign in first.")
        case (.signedIn, .person), (.signedIn, .token), (.signedIn, .open): return .all
        case (.hub(let permission), _) where caller.grants.allows(permission, at: nil): return .all
        case (.site(let permission), _):
            let scope = caller.grants.scope(of: permission)
            guard scope.isEmpty else { return scope }
            throw Refusal(.forbidden, "This needs the right \(permission.name).")
        case (.hub(let permission), _): throw Refusal(.forbidden, "This needs the right \(permission.name).")
        case (.signedIn, _): throw Refusal(.forbidden, "This is for people.")
        case (.anyDevice, _): throw Refusal(.forbidden, "This is for devices.")
        case (.device(let kind), _): throw Refusal(.forbidden, "This is for devices of the kind \(kind.name).")
        }
    }
}
