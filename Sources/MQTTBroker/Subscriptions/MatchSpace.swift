internal import MQTTCodec

/// Work space to find out who gets a message: everyone once, however many of his filters match.
struct MatchSpace {
    /// What one session gets.
    struct Match {
        let session: SessionHandle
        var maximumQoS: QoS
        var retainAsPublished: Bool
        var subscriptionIdentifiers: [UInt32]
        let isShared: Bool

        init(_ subscriber: Subscriber, isShared: Bool = false) {
            self.isShared = isShared
            session = subscriber.session
            maximumQoS = subscriber.maximumQoS
            retainAsPublished = subscriber.retainAsPublished
            subscriptionIdentifiers = subscriber.identifier == 0 ? [] : [subscriber.identifier]
        }

        /// Another filter of the same session matches: one copy at the higher QoS, with both identifiers (3.3.4).
        mutating func merge(_ subscriber: Subscriber) {
            maximumQoS = max(maximumQoS, subscriber.maximumQoS)
            retainAsPublished = retainAsPublished || subscriber.retainAsPublished
            if subscriber.identifier != 0 { subscriptionIdentifiers.append(subscriber.identifier) }
        }
    }

    var found: [Subscriber] = []
    var groups: [ShareGroupReference] = []
    private(set) var matches: [Match] = []
    /// For each session slot: in which round it was last found, and where it then stands in `matches`.
    private var places: [(round: UInt64, index: Int)] = []
    private var round: UInt64 = 0

    mutating func begin() {
        found.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        matches.removeAll(keepingCapacity: true)
        round += 1
    }

    /// Merges what was found, without the publisher where it asked for that (no local).
    mutating func merge(publisher: SessionHandle?, sessionSlots: Int) {
        if found.count > 1, places.count < sessionSlots {
            places.append(contentsOf: repeatElement((round: 0, index: 0), count: sessionSlots - places.count))
        }
        for subscriber in found {
            if subscriber.noLocal, subscriber.session == publisher { continue }
            if found.count == 1 {
                matches.append(Match(subscriber))
                continue
            }
            let slot = Int(subscriber.session.index)
            if places[slot].round == round {
                matches[places[slot].index].merge(subscriber)
            } else {
                places[slot] = (round, matches.count)
                matches.append(Match(subscriber))
            }
        }
    }

    /// Adds the chosen member of a shared subscription: a copy of its own (4.8.2).
    mutating func add(_ member: Subscriber) { matches.append(Match(member, isShared: true)) }
}
