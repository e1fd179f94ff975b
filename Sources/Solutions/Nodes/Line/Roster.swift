internal import HubModel

/// All nodes in memory, as the tables have them, and what of them is still to be written.
struct Roster {
    /// One node with what the hot path needs at hand.
    final class Entry {
        var node: Node
        /// `nodes/node_01/telemetry`.
        let telemetryTopic: String
        /// Whether the table lacks something that is not urgent.
        var isDirty = false
        /// When the table was last written.
        var savedAt: Timestamp?
        /// When the registry of devices last heard of it.
        var registeredAt: Timestamp?
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
    private var byClient: [String: Set<String>] = [:]
    private var dirty: [Entry] = []

    /// The nodes that the tables have.
    init(_ nodes: [Node] = []) {
        for node in nodes { insert(Entry(node)) }
    }

    mutating func insert(_ entry: Entry) {
        bySpelling[entry.node.name.short] = entry
        if let clientID = entry.node.clientID { byClient[clientID, default: []].insert(entry.node.name.short) }
    }

    /// Takes a node out again whose first message was undone.
    mutating func remove(_ entry: Entry) {
        bySpelling[entry.node.name.short] = nil
        if let clientID = entry.node.clientID { removeClient(clientID, of: entry) }
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

    /// The short names of the nodes for which a client spoke last.
    func nodes(of clientID: String) -> Set<String> { byClient[clientID] ?? [] }

    mutating func setClient(_ clientID: String?, of entry: Entry) {
        if let before = entry.node.clientID { removeClient(before, of: entry) }
        if let clientID { byClient[clientID, default: []].insert(entry.node.name.short) }
        entry.node.clientID = clientID
    }

    private mutating func removeClient(_ clientID: String, of entry: Entry) {
        byClient[clientID]?.remove(entry.node.name.short)
        if byClient[clientID]?.isEmpty == true { byClient[clientID] = nil }
    }

    mutating func markDirty(_ entry: Entry) {
        guard !entry.isDirty else { return }
        entry.isDirty = true
        dirty.append(entry)
    }

    /// All nodes that are still to be written.
    mutating func takeAllDirty() -> [Entry] {
        let entries = dirty
        dirty = []
        for entry in entries { entry.isDirty = false }
        return entries
    }

    /// The nodes to write now, the longest waiting first; none that was written within the last second.
    mutating func takeDirty(atMost limit: Int, at now: Timestamp) -> [Entry] {
        var taken: [Entry] = []
        var tooSoon: [Entry] = []
        // One that has to wait holds up none of those behind it.
        for entry in dirty.prefix(2 * limit) {
            // A clock that was set back must not stop the writing.
            let elapsed = entry.savedAt.map { now.microseconds(since: $0) } ?? Roster.saveInterval
            if taken.count < limit, elapsed >= Roster.saveInterval || elapsed < 0 {
                entry.isDirty = false
                taken.append(entry)
            } else {
                tooSoon.append(entry)
            }
        }
        guard !taken.isEmpty else { return [] }
        dirty.replaceSubrange(..<(taken.count + tooSoon.count), with: tooSoon)
        return taken
    }

    /// Between two writings of one node, in microseconds.
    private static let saveInterval: Int64 = 1_000_000

    /// Nodes whose state time alone changes now.
    func silent(at now: Timestamp) -> [Entry] {
        var silent: [Entry] = []
        for (spelling, entry) in bySpelling where spelling == entry.node.name.short {
            if entry.node.liveness.isOverdue(at: now) { silent.append(entry) }
        }
        return silent
    }
}
