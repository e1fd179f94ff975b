public import HubModel

/// A kind of link that a solution offers: an address that opens without an account, and shows one thing of one device.
public struct LinkDeclaration: Hashable, Sendable {
    /// Its name, and what it shows.
    public let kind: Declared<LinkKind>
    /// Of which kind of device.
    public let device: DeviceKind
    /// The right that one needs at the device's site to make such a link, to see it in the list and to revoke it.
    public let needs: Permission
    /// The address of a link, with `{key}` where its key stands.
    public let path: String

    /// A declaration.
    public init(_ kind: Declared<LinkKind>, of device: DeviceKind, needs: Permission, path: String) {
        self.kind = kind
        self.device = device
        self.needs = needs
        self.path = path
    }
}
