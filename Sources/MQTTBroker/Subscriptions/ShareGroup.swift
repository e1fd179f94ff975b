internal import MQTTCodec

/// The sessions that share one subscription (MQTT 5.0, 4.8.2): each message goes to one of them, in turn.
struct ShareGroup {
    let name: MQTTString
    private(set) var members: [Subscriber] = []
    private var turn = 0

    init(name: MQTTString, first: Subscriber) {
        self.name = name
        members = [first]
    }

    mutating func insert(_ subscriber: Subscriber) -> Bool { members.insertOrReplace(subscriber) }

    mutating func remove(_ session: SessionHandle) -> Bool { members.removeFirst(of: session) }

    /// The next member that is ready; the one whose turn it is when none is.
    mutating func next(where isReady: (Subscriber) -> Bool) -> Subscriber? {
        guard !members.isEmpty else { return nil }
        for offset in members.indices {
            let index = (turn + offset) % members.count
            if isReady(members[index]) {
                turn = (index + 1) % members.count
                return members[index]
            }
        }
        let chosen = members[turn % members.count]
        turn = (turn + 1) % members.count
        return chosen
    }
}

/// A group that a topic matched; good until the tree changes.
struct ShareGroupReference {
    let node: SubscriptionTree.NodeIndex
    let index: Int
}

extension [ShareGroup] {
    /// Whether the subscriber was added, not replaced.
    mutating func insert(_ subscriber: Subscriber, share: MQTTString) -> Bool {
        if let index = firstIndex(where: { $0.name == share }) { return self[index].insert(subscriber) }
        append(ShareGroup(name: share, first: subscriber))
        return true
    }

    /// Whether the session was a member. The last member takes the group with it.
    mutating func remove(_ session: SessionHandle, share: MQTTString) -> Bool {
        guard let index = firstIndex(where: { $0.name == share }), self[index].remove(session) else { return false }
        if self[index].members.isEmpty { remove(at: index) }
        return true
    }
}
