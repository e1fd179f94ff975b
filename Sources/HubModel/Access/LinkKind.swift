/// What a link shows, such as the readings of one device. Each kind is declared by one solution, in its manifest.
public struct LinkKind: DeclaredName {
    /// The name.
    public let name: String

    /// A kind of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }
}

/// What the bearer of a link may see: one device, as long as it is at the site where it was when the link was made, or a whole site.
public struct LinkGrant: Hashable, Sendable {
    /// The link's identifier, which is no secret.
    public let id: String
    /// What it shows.
    public let kind: LinkKind
    /// Of which device; nil: of the site as a whole.
    public let device: DeviceID?
    /// Where the device must be, or which site it is.
    public let site: SiteID

    /// A grant.
    public init(id: String, kind: LinkKind, device: DeviceID?, site: SiteID) {
        self.id = id
        self.kind = kind
        self.device = device
        self.site = site
    }
}
