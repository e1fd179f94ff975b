import HubModel

extension Permission {
    /// Without which the solutions of these tests are not shown.
    static let viewNodes = Permission("nodes.view")
}

extension DeviceKind {
    /// The kind of the devices of the spots.
    static let parking = DeviceKind("parking")
}
