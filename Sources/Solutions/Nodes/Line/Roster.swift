internal import HubModel
internal import SolutionKit

/// All nodes in memory, as the tables have them, and what of them is still to be written.
struct Roster {
    /// One node with what the hot path needs at hand.
    final class Entry: SavedEntry {
        var node: Node
        /// `nodes/node_01/telemetry`.
        let telemetryTopic: String
        /// Whether the table lacks something that is not urgent.
        var isDirty = false
        /// When the table was last written.
        var savedAt: Timestamp?
        /// Telling the registry of devices.
        var registering = Occasionally.onceAMinute
        /// Fields that refused values of which the table does not know, by position.
        var refusing: Set<Int> = []
        /// Another device that was found to be allowed to speak for it: its controller.
        var controller: DeviceID?

        init(_ node: Node) {
            self.node = node
            telemetryTopic = "nodes/\(node.name.device)/telemetry"
        }
    }

    private var bySpelling: [String: Entry] = [:]
    private var speakers = SpeakerIndex<String>()
    private var dirty = DirtyList<Entry>()

    /// The nodes that the tables have.
    init(_ nodes: [Node] = []) {
        for node in nodes { insert(Entry(node)) }
    }

    mutating func insert(_ entry: Entry) {
        bySpelling[entry.node.name.short] = entry
        speakers.move(entry.node.name.short, from: nil, to: entry.node.clientID)
    }

    /// Takes a node out again whose first message was undone.
    mutating func remove(_ entry: Entry) {
        bySpelling[entry.node.name.short] = nil
        speakers.move(entry.node.name.short, from: entry.node.clientID, to: nil)
    }

    /// A node by its short name.
    subscript(short: String) -> Entry? { bySpelling[short] }

    /// A node by any spelling; remembers the spelling, of which a name has at most twelve.
    mutating func find(_ spelling: String) -> Entry? {
        if let entry = bySpelling[spelling] { return entry }
        guard let name = NodeName(spelling), let entry = bySpelling[name.short] else { return nil }
        bySpelling[spelling] = entry
        return entry
    }

    /// All nodes, in no order.
    var all: some Sequence<Entry> { bySpelling.lazy.filter { $0.key == $0.value.node.name.short }.map(\.value) }

    /// The short names of the nodes for which a client spoke last.
    func nodes(of clientID: String) -> [String] { speakers.devices(of: clientID) }

    mutating func setClient(_ clientID: String?, of entry: Entry) {
        speakers.move(entry.node.name.short, from: entry.node.clientID, to: clientID)
        entry.node.clientID = clientID
    }

    mutating func markDirty(_ entry: Entry) { dirty.mark(entry) }

    /// All nodes that are still to be written.
    mutating func takeAllDirty() -> [Entry] { dirty.takeAll() }

    /// The nodes to write now, the longest waiting first; none that was written within the last second.
    mutating func takeDirty(atMost limit: Int, at now: Timestamp) -> [Entry] { dirty.take(atMost: limit, at: now) }

    /// Nodes whose state time alone changes now.
    func silent(at now: Timestamp) -> [Entry] {
        all.filter { $0.node.liveness.isOverdue(at: now) }
    }
}
