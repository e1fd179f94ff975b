import HubModel

/// Two permissions of one solution, which sort behind one another.
extension Permission {
    static let viewNodes = Permission("nodes.view")
    static let commandNodes = Permission("nodes.command")
}
