internal import HubModel

/// A node's name in its two spellings: `01` and `node_01` are one node.
struct NodeName: Hashable, Sendable {
    /// The name in the hub: `node_01`.
    let device: DeviceID
    /// The name without its prefix: `01`.
    let short: String

    /// The name that is meant by a spelling; nil when it is no device's name (`DeviceID`), nothing stands behind the prefix, or the
    /// spelling itself is longer than a name may be: spellings are kept, in memory and in the table.
    init?(_ spelling: String) {
        guard spelling.utf8.count <= DeviceID.maximumLength else { return nil }
        var rest = Substring(spelling)
        // As often as it stands there: otherwise `node_node_01` would be a node whose short spelling names another one.
        while rest.hasPrefix(NodeName.prefix) { rest = rest.dropFirst(NodeName.prefix.count) }
        guard !rest.isEmpty, let device = DeviceID(NodeName.prefix + rest) else { return nil }
        self.device = device
        short = String(rest)
    }

    /// As `init`, with a refusal that says the rule. Names come in topics and in paths.
    static func read(_ spelling: String) throws(Refusal) -> NodeName {
        guard let name = NodeName(spelling) else {
            throw Refusal(
                .invalidIdentifier, "A node's id is 1 to 59 letters, digits and . _ - : @, with or without node_.",
                isAboutTopic: true)
        }
        return name
    }

    /// Whether a spelling means this node.
    func isSpelled(_ spelling: String) -> Bool {
        spelling == short || spelling == device.text || NodeName(spelling) == self
    }

    private static let prefix = "node_"
}
