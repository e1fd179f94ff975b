internal import MQTTCodec

/// One session's interest in one filter, packed small: a topic that ten thousand devices listen to has ten thousand
/// of these side by side.
struct Subscriber: Hashable {
    let session: SessionHandle
    /// The highest QoS the session wants.
    let maximumQoS: QoS
    /// Not to be sent what the session published itself (3.8.3.1).
    let noLocal: Bool
    /// RETAIN is passed on as the publisher set it, instead of cleared (3.8.3.1).
    let retainAsPublished: Bool
    /// The subscription identifier, 0 for none.
    let identifier: UInt32
}

extension [Subscriber] {
    /// Whether it was added, not replaced.
    mutating func insertOrReplace(_ subscriber: Subscriber) -> Bool {
        if let index = firstIndex(where: { $0.session == subscriber.session }) {
            self[index] = subscriber
            return false
        }
        append(subscriber)
        return true
    }

    /// Whether the session was there.
    mutating func removeFirst(of session: SessionHandle) -> Bool {
        guard let index = firstIndex(where: { $0.session == session }) else { return false }
        swapAt(index, count - 1)
        removeLast()
        return true
    }
}
