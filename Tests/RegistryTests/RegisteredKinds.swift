import HubModel

/// Kinds under which devices are registered.
extension DeviceKind {
    static let node = DeviceKind("node")
    static let parking = DeviceKind("parking")
}

extension Permission {
    /// A scope of a token beside those of the hub itself.
    static let viewNodes = Permission("nodes.view")
}
