internal import HubModel
internal import SolutionKit

/// One node in memory, with what the hot path needs at hand.
final class NodeEntry: RosterEntry {
    var node: Node
    /// `nodes/node_01/telemetry`.
    let telemetryTopic: String
    /// Fields that refused values of which the table does not know, by position.
    var refusing: Set<Int> = []
    var upkeep = RosterUpkeep()

    init(_ node: Node) {
        self.node = node
        telemetryTopic = "nodes/\(node.name.device)/telemetry"
    }

    var device: DeviceID { node.name.device }
    var site: SiteID { node.site }

    var clientID: String? {
        get { node.clientID }
        set { node.clientID = newValue }
    }

    func deadline(at now: Timestamp) -> Timestamp? { node.liveness.deadline(at: now) }
}

/// The nodes by the spellings of their names that they use in topics.
struct NodeSpellings {
    private var entries: [String: NodeEntry] = [:]

    /// A node by any spelling; remembers the spelling, of which a name has at most twelve.
    mutating func find(_ spelling: String, in roster: Roster<NodeEntry>) -> NodeEntry? {
        if let entry = entries[spelling] { return entry }
        guard let name = NodeName(spelling), let entry = roster[name.device] else { return nil }
        entries[spelling] = entry
        return entry
    }
}
