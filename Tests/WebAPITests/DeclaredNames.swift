import HubModel

/// What solutions would declare.
extension Permission {
    static let viewNodes = Permission("nodes.view")
    static let commandNodes = Permission("nodes.command")
    static let viewParking = Permission("parking.view")
    static let manageParking = Permission("parking.manage")
}

extension LinkKind {
    static let sheet = LinkKind("nodes.sheet")
}

extension DeviceKind {
    static let node = DeviceKind("node")
    static let classroom = DeviceKind("classroom")
    static let board = DeviceKind("board")
}
