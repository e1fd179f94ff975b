internal import MQTTCodec

/// Retained messages for new subscriptions: sent in small pieces, as fast as the client takes them, and outside the
/// bound of its queue, which they would otherwise overrun.
extension BrokerCore {
    /// What a subscription gets of the retained messages (3.8.3.1); nil for nothing.
    func retainedDelivery(_ stored: StoredSubscription, isNew: Bool) -> RetainedDelivery? {
        // Not for a shared subscription (4.8.2).
        guard !stored.subscription.filter.isShared, retained.count > 0 || !pending.isEmpty else { return nil }
        switch stored.subscription.retainHandling {
        case .sendAtSubscribe: break
        case .sendIfNew: if !isNew { return nil }
        case .doNotSend: return nil
        }
        return RetainedDelivery(
            walk: RetainedWalk(filter: stored.subscription.filter, newest: lastMessageID),
            maximumQoS: stored.subscription.maximumQoS,
            subscriptionIdentifiers: stored.identifier.map { [$0] } ?? [])
    }

    mutating func startWalks(
        _ walks: [RetainedDelivery], _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isOnline == true else { return }
        // A filter that is subscribed to again begins again: there is never more than one walk of each.
        let again = Set(walks.map(\.walk.filter))
        connections[handle]?.walks.removeAll { again.contains($0.walk.filter) }
        connections[handle]?.walks.append(contentsOf: walks)
        continueWalks(handle, now: now, into: &actions)
    }

    /// Sends the next piece. Called again when the client has taken it, or in the next turn.
    mutating func continueWalks(_ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions) {
        guard connections[handle]?.hasWalks == true, connections[handle]?.isOnline == true,
            let session = connections[handle]?.session
        else { return }
        var slots = Self.slotsInAPiece
        var messages = Self.messagesInAPiece
        while slots > 0, messages > 0, var delivery = connections[handle]?.walks.first {
            guard hasRoom(handle), (sessions[session]?.outbox.count ?? 0) < Self.fewQueued else { break }
            let slot = retained.next(&delivery.walk, budget: &slots, now: now)
            if delivery.walk.isFinished {
                connections[handle]?.walks.removeFirst()
            } else {
                connections[handle]?.walks[0] = delivery
            }
            guard let slot else { continue }
            messages -= 1
            send(slot, delivery, handle, session, now: now, into: &actions)
        }
        guard connections[handle]?.hasWalks == true else { return }
        if !hasRoom(handle) {
            holdUp(handle)
        } else if (sessions[session]?.outbox.count ?? 0) < Self.fewQueued {
            wait(handle)
        }
        // Otherwise the client's acknowledgements make room, and bring us back.
    }

    /// Looks again at the connections that had more to send than would go at once.
    package mutating func turn(now: Moment, into actions: inout BrokerActions) {
        let handles = waiting
        waiting.removeAll(keepingCapacity: true)
        for handle in handles {
            connections[handle]?.isWaiting = false
            if let session = connections[handle]?.session { pump(session, now: now, into: &actions) }
            continueWalks(handle, now: now, into: &actions)
        }
    }

    /// Has the connection looked at again in the next turn.
    mutating func wait(_ handle: ConnectionHandle) {
        guard connections[handle]?.isWaiting == false else { return }
        connections[handle]?.isWaiting = true
        waiting.append(handle)
    }

    /// The connection has no room. If it is filled by its own bytes, the network takes them and `flushed` goes on; if
    /// by those of others, the next tick looks again.
    mutating func holdUp(_ handle: ConnectionHandle) {
        guard let unsent = connections[handle]?.unsent, unsent <= configuration.limits.unsentBytes,
            connections[handle]?.isWaiting == false
        else { return }
        connections[handle]?.isWaiting = true
        heldUp.append(handle)
    }

    private mutating func send(
        _ slot: RetainedStore.Slot, _ delivery: RetainedDelivery, _ handle: ConnectionHandle,
        _ session: SessionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        let message = slot.message
        let qos = min(message.qos, delivery.maximumQoS)
        guard qos > .atMostOnce else {
            let copy = Copy(
                message: message, qos: qos, retain: true, isDuplicate: false, identifier: nil,
                subscriptionIdentifiers: delivery.subscriptionIdentifiers, expiresAt: slot.expiresAt)
            if !send(copy, to: handle, now: now, into: &actions) { counters.messagesDropped += 1 }
            return
        }
        guard
            let reservation = sessions[session]?.outbox.reserve(
                cost: message.cost, maximumCount: .max, maximumBytes: .max)
        else { return }
        let placed = Delivery(
            session: session, qos: qos, retain: true, reservation: reservation,
            subscriptionIdentifiers: delivery.subscriptionIdentifiers)
        send(message, by: placed, now: now, into: &actions)
    }

    private static var slotsInAPiece: Int { 4_096 }
    private static var messagesInAPiece: Int { 128 }
    /// Retained messages at QoS 1 and 2 follow only while fewer than this wait for the client.
    private static var fewQueued: Int { 256 }
}
