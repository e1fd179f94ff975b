import HubModel

extension Permission {
    /// What the solutions and events of these tests need.
    static let viewNodes = Permission("nodes.view")
}

extension DeviceKind {
    /// The kind of their devices.
    static let module = DeviceKind("module")
}
