import HubModel

/// What a solution would declare.
extension Permission {
    static let viewNodes = Permission("nodes.view")
}

extension DeviceKind {
    static let module = DeviceKind("module")
}
