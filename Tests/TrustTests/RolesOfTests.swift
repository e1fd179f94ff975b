import HubModel

/// What the solutions of a hub declare: permissions that the roles of these tests give, and kinds of devices.
extension Permission {
    static let viewNodes = Permission("nodes.view")
    static let commandNodes = Permission("nodes.command")
    static let viewParking = Permission("parking.view")
    static let manageParking = Permission("parking.manage")
}

extension DeviceKind {
    static let node = DeviceKind("node")
    static let parking = DeviceKind("parking")
    static let module = DeviceKind("module")
}

extension RoleBook {
    /// The roles of a hub whose solutions declare these permissions.
    static let ofTests = RoleBook(declared: [.viewNodes, .commandNodes, .viewParking, .manageParking])
}
