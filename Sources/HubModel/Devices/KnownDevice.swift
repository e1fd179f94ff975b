/// A device of the hub, as everybody needs to know it.
public struct KnownDevice: Hashable, Sendable {
    /// Its name.
    public let id: DeviceID
    /// Its kind.
    public let kind: DeviceKind
    /// Where it is.
    public let site: SiteID
    /// Whether it was removed: then there is only its history.
    public let isRemoved: Bool

    /// A device.
    public init(id: DeviceID, kind: DeviceKind, site: SiteID, isRemoved: Bool = false) {
        self.id = id
        self.kind = kind
        self.site = site
        self.isRemoved = isRemoved
    }
}
