internal import MQTTCodec

extension BrokerCore {
    /// Takes over what the ledger kept.
    mutating func restore(_ state: BrokerState, now: Moment) {
        for message in state.retained.values {
            lastMessageID = max(lastMessageID, message.id)
            let deadline = message.deadline(now: now)
            guard deadline > now.uptime else { continue }
            retained.store(message, expiresAt: deadline)
        }
        // In the order in which they lost their connections: the longest without one give way first.
        let sessions = state.sessions.sorted { ($0.value.disconnectedAt ?? .max) < ($1.value.disconnectedAt ?? .max) }
        for (name, stored) in sessions {
            var session = Session(
                SessionKey(name: name, owner: stored.owner), expiryInterval: stored.expiryInterval)
            session.endsAt = stored.end(now: now)
            session.subscriptions = stored.subscriptions
            for filter in stored.subscriptions.keys { session.memory.filters += filter.cost }
            for delivery in stored.queue {
                lastMessageID = max(lastMessageID, delivery.message.id)
                session.outbox.restore(delivery, expiresAt: delivery.message.deadline(now: now))
            }
            for inbound in stored.inboundIdentifiers { session.inbound[inbound] = .committed }
            let handle = self.sessions.insert(session, for: stored.quotaOwner)
            for stored in stored.subscriptions.values {
                subscriptions.subscribe(Subscriber(stored, session: handle), to: stored.subscription.filter)
            }
            remind(handle, now: now)
        }
    }

    /// What would have to be restored if the broker stopped here and the ledger had answered everything.
    package func state() -> BrokerState {
        var state = BrokerState(lastMessageID: lastMessageID)
        for message in retained.messages { state.retained[message.topic] = message }
        for handle in sessions.handles {
            guard let session = sessions[handle], session.isKept else { continue }
            state.sessions[session.name] = StoredSession(
                expiryInterval: session.expiryInterval, subscriptions: session.subscriptions,
                queue: (0..<session.outbox.entries.count).map { StoredDelivery(session, at: $0) },
                inboundIdentifiers: session.inbound.committed, owner: session.owner,
                quotaAddress: quotaAddress(of: session))
        }
        return state
    }
}

extension StoredSession {
    /// Whom the bounds count it for.
    fileprivate var quotaOwner: QuotaOwner {
        if let quotaAddress { return .address(quotaAddress) }
        return owner.map { .named($0) } ?? .unknownAddress
    }

    /// When the session ends, in milliseconds of uptime. A clock that went backward while the server was away counts
    /// as no time.
    fileprivate func end(now: Moment) -> Int64 {
        guard expiryInterval != .max else { return .max }
        let away = disconnectedAt.map { max(0, now.wall - $0) / 1000 } ?? 0
        return now.uptime + max(0, Int64(expiryInterval) * 1000 - away)
    }
}

extension StoredDelivery {
    fileprivate init(_ session: Session, at position: Int) {
        let outgoing = session.outbox.entries[position]
        let delivery = QueuedDelivery(
            client: session.name, packetIdentifier: outgoing.identifier, qos: outgoing.qos,
            retain: outgoing.retain, subscriptionIdentifiers: outgoing.subscriptionIdentifiers)
        let isReceived =
            switch outgoing.state {
            case .waiting, .sent: false
            case .received, .releasing: true
            }
        self.init(message: outgoing.message, delivery: delivery, isReceived: isReceived)
    }
}
