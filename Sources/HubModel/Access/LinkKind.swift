/// What a link shows, such as the readings of one device. Each kind is declared by one solution, in its manifest.
public struct LinkKind: DeclaredName {
    /// The name.
    public let name: String

    /// A kind of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }
}

/// What the bearer of a link may see: one device, or one named thing of a solution, as long as it is at the site where it was when the link was
/// made, or a whole site.
public struct LinkGrant: Hashable, Sendable {
    /// The link's identifier, which is no secret.
    public let id: String
    /// What it shows.
    public let kind: LinkKind
    /// Of which device; nil: of none.
    public let device: DeviceID?
    /// Of which thing of the solution, by its name: 1 to 64 characters by the rule of `DeviceID`, never a secret; nil: of none. A link is of a
    /// device, of a thing or, without either, of the site as a whole.
    public let thing: String?
    /// Where the device or the thing must be, or which site it is.
    public let site: SiteID

    /// A grant.
    public init(id: String, kind: LinkKind, device: DeviceID? = nil, thing: String? = nil, site: SiteID) {
        precondition(device == nil || thing == nil, "a link is of one thing")
        self.thing = thing
        self.id = id
        self.kind = kind
        self.device = device
        self.site = site
    }
}
