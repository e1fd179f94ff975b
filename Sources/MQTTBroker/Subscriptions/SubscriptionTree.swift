internal import MQTTCodec

/// Who wants which topics: a tree of filter levels.
///
/// Nodes are numbers in one array and the edges to named levels are in one dictionary, so a match allocates nothing
/// and recurses nowhere, however many levels a topic has.
struct SubscriptionTree {
    typealias NodeIndex = UInt32

    struct Node {
        var parent: NodeIndex
        /// The bytes of this level; empty is a level of its own (`a//b`).
        var level: [UInt8]
        /// The next node whose edge has the same key, 0 for none.
        var nextWithKey: NodeIndex = 0
        /// The child for `+`, 0 for none.
        var plus: NodeIndex = 0
        /// The child for `#`, 0 for none.
        var hash: NodeIndex = 0
        var childCount: UInt32 = 0
        var subscribers: [Subscriber] = []
        var groups: [ShareGroup] = []

        var isUnused: Bool { childCount == 0 && subscribers.isEmpty && groups.isEmpty }
    }

    static let root: NodeIndex = 0
    private static let separator = UInt8(ascii: "/")

    private(set) var nodes = [Node(parent: 0, level: [])]
    private var freeNodes: [NodeIndex] = []
    private var edges: [UInt64: NodeIndex] = [:]
    /// Work space of `match`, kept so that a match allocates nothing.
    private var frontier: [NodeIndex] = []
    private var nextFrontier: [NodeIndex] = []

    /// Subscriptions held, shared ones included.
    private(set) var count = 0

    /// Nodes in use beside the root: zero when nobody subscribes to anything.
    var nodeCount: Int { nodes.count - 1 - freeNodes.count }

    // MARK: Changing

    /// Adds a subscription or replaces the one the same session has on the same filter and share name.
    mutating func subscribe(_ subscriber: Subscriber, to filter: TopicFilter) {
        let node = makePath(filter)
        if let share = filter.shareGroup {
            let added = nodes[Int(node)].groups.insert(subscriber, share: share)
            count += added ? 1 : 0
        } else {
            let added = nodes[Int(node)].subscribers.insertOrReplace(subscriber)
            count += added ? 1 : 0
        }
    }

    /// Removes the session's subscription; whether there was one.
    @discardableResult
    mutating func unsubscribe(_ session: SessionHandle, from filter: TopicFilter) -> Bool {
        guard let node = findPath(filter) else { return false }
        let removed: Bool
        if let share = filter.shareGroup {
            removed = nodes[Int(node)].groups.remove(session, share: share)
        } else {
            removed = nodes[Int(node)].subscribers.removeFirst(of: session)
        }
        guard removed else { return false }
        count -= 1
        prune(from: node)
        return true
    }

    // MARK: Matching

    /// Appends everyone whose filter matches the topic. A session with several matching filters appears once for each;
    /// of a shared subscription only its group is named, for the caller to choose a member.
    mutating func match(_ topicName: TopicName, into found: inout [Subscriber], groups: inout [ShareGroupReference]) {
        guard count > 0 else { return }
        let topic = topicName.bytes
        frontier.removeAll(keepingCapacity: true)
        frontier.append(Self.root)
        // Wildcards at the first level do not match topics that begin with `$` ([MQTT-4.7.2-1]).
        var wildcards = topic.first != UInt8(ascii: "$")
        var start = 0
        while !frontier.isEmpty {
            let end = topic[start...].firstIndex(of: Self.separator) ?? topic.count
            let levelHash = Self.levelHash(topic, start..<end)
            nextFrontier.removeAll(keepingCapacity: true)
            for node in frontier {
                if wildcards {
                    if nodes[Int(node)].hash != 0 { collect(nodes[Int(node)].hash, into: &found, groups: &groups) }
                    if nodes[Int(node)].plus != 0 { nextFrontier.append(nodes[Int(node)].plus) }
                }
                if let child = child(of: node, topic, start..<end, levelHash: levelHash) { nextFrontier.append(child) }
            }
            swap(&frontier, &nextFrontier)
            wildcards = true
            if end == topic.count { break }
            start = end + 1
        }
        for node in frontier {
            collect(node, into: &found, groups: &groups)
            // `sport/#` also matches `sport` itself (4.7.1.2).
            if nodes[Int(node)].hash != 0 { collect(nodes[Int(node)].hash, into: &found, groups: &groups) }
        }
    }

    /// The member of the group whose turn it is, preferring those for whom `isReady` holds; nil for a stale reference.
    mutating func nextMember(
        of group: ShareGroupReference, where isReady: (Subscriber) -> Bool
    ) -> Subscriber? {
        guard group.node < nodes.count, group.index < nodes[Int(group.node)].groups.count else { return nil }
        return nodes[Int(group.node)].groups[group.index].next(where: isReady)
    }

    /// The group that has this shared subscription; nil if nobody is in it.
    func group(of filter: TopicFilter) -> ShareGroupReference? {
        guard let share = filter.shareGroup, let node = findPath(filter),
            let index = nodes[Int(node)].groups.firstIndex(where: { $0.name == share })
        else { return nil }
        return ShareGroupReference(node: node, index: index)
    }

    private func collect(
        _ node: NodeIndex, into found: inout [Subscriber], groups: inout [ShareGroupReference]
    ) {
        found.append(contentsOf: nodes[Int(node)].subscribers)
        for index in nodes[Int(node)].groups.indices { groups.append(ShareGroupReference(node: node, index: index)) }
    }

    // MARK: Nodes and edges

    private static func levelHash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
        // Hasher is seeded for each process: nobody can prepare topics that collide.
        var hasher = Hasher()
        // The pointer lives only for the call, over the array's own storage and inside its bounds.
        bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    private static func edgeKey(parent: NodeIndex, levelHash: UInt64) -> UInt64 {
        levelHash ^ (UInt64(parent) &* 0x9E37_79B9_7F4A_7C15)
    }

    private func child(
        of parent: NodeIndex, _ bytes: [UInt8], _ range: Range<Int>, levelHash: UInt64
    ) -> NodeIndex? {
        guard nodes[Int(parent)].childCount > 0 else { return nil }
        guard var node = edges[Self.edgeKey(parent: parent, levelHash: levelHash)] else { return nil }
        while node != 0 {
            if nodes[Int(node)].parent == parent, nodes[Int(node)].level.elementsEqual(bytes[range]) { return node }
            node = nodes[Int(node)].nextWithKey
        }
        return nil
    }

    private func findPath(_ filter: TopicFilter) -> NodeIndex? {
        var node = Self.root
        for range in filter.levels {
            switch FilterLevel(filter.bytes, range) {
            case .plus: node = nodes[Int(node)].plus
            case .hash: node = nodes[Int(node)].hash
            case .name:
                node = child(of: node, filter.bytes, range, levelHash: Self.levelHash(filter.bytes, range)) ?? 0
            }
            if node == 0 { return nil }
        }
        return node
    }

    private mutating func makePath(_ filter: TopicFilter) -> NodeIndex {
        var node = Self.root
        for range in filter.levels {
            switch FilterLevel(filter.bytes, range) {
            case .plus:
                if nodes[Int(node)].plus == 0 { nodes[Int(node)].plus = makeNode(parent: node, level: []) }
                node = nodes[Int(node)].plus
            case .hash:
                if nodes[Int(node)].hash == 0 { nodes[Int(node)].hash = makeNode(parent: node, level: []) }
                node = nodes[Int(node)].hash
            case .name:
                let levelHash = Self.levelHash(filter.bytes, range)
                if let existing = child(of: node, filter.bytes, range, levelHash: levelHash) {
                    node = existing
                } else {
                    let made = makeNode(parent: node, level: Array(filter.bytes[range]))
                    let key = Self.edgeKey(parent: node, levelHash: levelHash)
                    nodes[Int(made)].nextWithKey = edges[key] ?? 0
                    edges[key] = made
                    node = made
                }
            }
        }
        return node
    }

    private mutating func makeNode(parent: NodeIndex, level: [UInt8]) -> NodeIndex {
        nodes[Int(parent)].childCount += 1
        if let index = freeNodes.popLast() {
            nodes[Int(index)] = Node(parent: parent, level: level)
            return index
        }
        nodes.append(Node(parent: parent, level: level))
        return NodeIndex(nodes.count - 1)
    }

    /// Removes the node and its ancestors as far as nobody needs them.
    private mutating func prune(from start: NodeIndex) {
        var node = start
        while node != Self.root, nodes[Int(node)].isUnused {
            let parent = nodes[Int(node)].parent
            if nodes[Int(parent)].plus == node {
                nodes[Int(parent)].plus = 0
            } else if nodes[Int(parent)].hash == node {
                nodes[Int(parent)].hash = 0
            } else {
                removeEdge(to: node, parent: parent)
            }
            nodes[Int(parent)].childCount -= 1
            nodes[Int(node)] = Node(parent: 0, level: [])
            freeNodes.append(node)
            node = parent
        }
    }

    private mutating func removeEdge(to node: NodeIndex, parent: NodeIndex) {
        let level = nodes[Int(node)].level
        let key = Self.edgeKey(parent: parent, levelHash: Self.levelHash(level, 0..<level.count))
        guard let first = edges[key] else { return }
        if first == node {
            let next = nodes[Int(node)].nextWithKey
            edges[key] = next == 0 ? nil : next
            return
        }
        var previous = first
        while nodes[Int(previous)].nextWithKey != 0, nodes[Int(previous)].nextWithKey != node {
            previous = nodes[Int(previous)].nextWithKey
        }
        nodes[Int(previous)].nextWithKey = nodes[Int(node)].nextWithKey
    }
}
