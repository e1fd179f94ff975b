internal import MQTTCodec

extension BrokerCore {
    /// Takes over what the ledger kept.
    mutating func restore(_ state: BrokerState, now: Moment) {
        for message in state.retained.values.sorted(by: { $0.id < $1.id }) {
            lastMessageID = max(lastMessageID, message.id)
            let deadline = message.deadline(now: now)
            guard deadline > now.elapsed else { continue }
            retained.store(message, expiresAt: deadline)
        }
        // In the order in which they lost their connections: the longest without one give way first.
        let sessions = state.sessions.sorted { ($0.value.disconnectedAt ?? .max) < ($1.value.disconnectedAt ?? .max) }
        for (name, stored) in sessions {
            var session = Session(
                SessionKey(name: name, owner: stored.owner), expiryInterval: stored.expiryInterval)
            session.endsAt = stored.end(now: now)
            session.generation = stored.generation
            session.subscriptions = stored.subscriptions
            for filter in stored.subscriptions.keys { session.memory.filters += filter.cost }
            let shared = stored.subscriptions.keys.filter(\.isShared).map(\.unshared)
            let own = shared.isEmpty ? [] : stored.subscriptions.keys.filter { !$0.isShared }
            // Of a client that was connected when the server stopped it is not known what it was sent; but more than may be in
            // flight it was not.
            var inFlight =
                stored.disconnectedAt == nil ? stored.inFlight.map(Int.init) ?? configuration.limits.inFlight : 0
            for delivery in stored.queue {
                lastMessageID = max(lastMessageID, delivery.message.id)
                let mayBeSent = !delivery.isReceived && inFlight > 0
                if mayBeSent { inFlight -= 1 }
                session.outbox.restore(
                    delivery, expiresAt: delivery.message.deadline(now: now), mayBeSent: mayBeSent,
                    isShared: shared.contains { $0.matches(delivery.message.topic) }
                        && !own.contains { $0.matches(delivery.message.topic) })
            }
            for inbound in stored.inboundIdentifiers { session.inbound[inbound] = .committed }
            let handle = self.sessions.insert(session, for: stored.quotaOwner)
            if stored.disconnectedAt == nil { unsettled.sessions.append(handle) }
            for stored in stored.subscriptions.values {
                subscriptions.subscribe(Subscriber(stored, session: handle), to: stored.subscription.filter)
            }
            remind(handle, now: now)
        }
        unsettled.since = now.wall
        for (name, will) in state.wills { restore(will, name: name, now: now) }
    }

    /// Tells the ledger of the clients that were cut off: otherwise each further start would begin their sessions' time
    /// anew, and not know what they were sent.
    mutating func settle(into actions: inout BrokerActions) {
        guard !unsettled.sessions.isEmpty else { return }
        for handle in unsettled.sessions {
            guard let session = sessions[handle] else { continue }
            submit(
                .session(.absent(client: session.name, since: unsettled.since, sent: session.outbox.sent)),
                then: .nothing, into: &actions)
        }
        unsettled.sessions = []
    }

    /// What would have to be restored if the broker stopped here and the ledger had answered everything.
    package func state() -> BrokerState {
        var state = BrokerState(lastMessageID: lastMessageID)
        for message in retained.messages { state.retained[message.topic] = message }
        for handle in sessions.handles {
            guard let session = sessions[handle] else { continue }
            if let will = owedWill(of: session) { state.wills[session.name] = will }
            guard session.isKept else { continue }
            state.sessions[session.name] = StoredSession(
                expiryInterval: session.expiryInterval, subscriptions: session.subscriptions,
                queue: (0..<session.outbox.entries.count).map { StoredDelivery(session, at: $0) },
                inboundIdentifiers: session.inbound.committed, owner: session.owner,
                generation: session.generation, quotaAddress: quotaAddress(of: session))
        }
        return state
    }

    private func owedWill(of session: Session) -> StoredWill? {
        if let owed = session.will {
            return StoredWill(
                client: owed.client, will: owed.will, keepAlive: owed.keepAlive, dueAt: owed.dueAt)
        }
        guard let connection = session.connection, let will = connections[connection]?.will,
            let client = connections[connection]?.client, client.rights?.isSetAside != true
        else { return nil }
        return StoredWill(client: client, will: will, keepAlive: connections[connection]?.keepAlive ?? 0)
    }
}

extension StoredSession {
    /// Whom the bounds count it for.
    fileprivate var quotaOwner: QuotaOwner {
        if let quotaAddress { return .address(quotaAddress) }
        return owner.map { .named($0) } ?? .unknownAddress
    }

    /// When the session ends, in milliseconds of `Moment.elapsed`. A clock that went backward while the server was away counts
    /// as no time.
    fileprivate func end(now: Moment) -> Int64 {
        guard expiryInterval != .max else { return .max }
        let away = disconnectedAt.map { max(0, now.wall - $0) / 1000 } ?? 0
        return now.elapsed + max(0, Int64(expiryInterval) * 1000 - away)
    }
}

extension StoredDelivery {
    fileprivate init(_ session: Session, at position: Int) {
        let outgoing = session.outbox.entries[position]
        let delivery = QueuedDelivery(
            client: session.name, packetIdentifier: outgoing.identifier, qos: outgoing.qos,
            retain: outgoing.retain, subscriptionIdentifiers: outgoing.subscriptionIdentifiers,
            place: Int64(clamping: outgoing.serial))
        let (isReceived, isSent) =
            switch outgoing.state {
            case .waiting: (false, false)
            case .sent: (false, true)
            case .received, .releasing: (true, true)
            }
        self.init(message: outgoing.message, delivery: delivery, isReceived: isReceived, isSent: isSent)
    }
}
