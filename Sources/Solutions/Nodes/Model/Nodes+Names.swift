package import HubModel

extension DeviceKind {
    /// A small board that reports what it measures and takes commands.
    package static let node = DeviceKind("node")
}

extension Permission {
    package static let viewNodes = Permission("nodes.view")
    package static let commandNodes = Permission("nodes.command")
}
