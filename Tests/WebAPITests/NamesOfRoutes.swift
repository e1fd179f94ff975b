import HubModel

/// What the routes of these tests need.
extension Permission {
    static let viewNodes = Permission("nodes.view")
}

extension LinkKind {
    static let sheet = LinkKind("nodes.sheet")
}

extension DeviceKind {
    static let node = DeviceKind("node")
    static let classroom = DeviceKind("classroom")
    static let board = DeviceKind("board")
}
