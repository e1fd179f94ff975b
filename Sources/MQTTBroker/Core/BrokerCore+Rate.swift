internal import MQTTCodec

/// How fast clients may publish.
extension BrokerCore {
    /// Whether a message is one too many and to be refused. One that a client of 3.1 or 3.1.1 wants acknowledged never is, for
    /// the client could not be told: it is taken, and nothing more read until what was taken too much is made up for.
    /// All that has come in one read is taken, so that may be some time.
    mutating func isTooFast(
        _ publish: Publish, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) -> Bool {
        guard !isWithinRate(handle, now: now) else {
            takeMessage(handle)
            return false
        }
        guard publish.qos > .atMostOnce, connections[handle]?.version != .v5_0 else {
            counters.messagesTooFast += 1
            return true
        }
        takeMessage(handle)
        guard connections[handle]?.isThrottled == false else { return false }
        counters.readingThrottled += 1
        connections[handle]?.isThrottled = true
        throttled.append(handle)
        if connections[handle]?.isReadingPaused == false { actions.items.append(.pauseReading(handle)) }
        return false
    }

    /// Sets how fast a client may publish: its owner with all its connections, or, where it counts by address, this connection and its address.
    mutating func setRates(
        of client: ConnectedClient, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment
    ) {
        guard let owner = sessions[session]?.quota else { return }
        let rate = client.rights?.messageRate ?? configuration.limits.messageRate
        let countsByAddress = client.quotaOwner.isAddress
        connections[handle]?.bucket = countsByAddress ? TokenBucket(rate, now: now.elapsed) : .unlimited
        connections[handle]?.quota = owner
        sessions.setRate(countsByAddress ? configuration.limits.addressMessageRate : rate, of: owner, now: now)
    }

    /// Whether the connection and its owner may publish one message more.
    private mutating func isWithinRate(_ handle: ConnectionHandle, now: Moment) -> Bool {
        if connections[handle]?.bucket.isLimited == true,
            connections[handle]?.bucket.hasMessage(now: now.elapsed) == false
        {
            return false
        }
        guard let owner = connections[handle]?.quota else { return true }
        return sessions.hasMessage(of: owner, now: now)
    }

    private mutating func takeMessage(_ handle: ConnectionHandle) {
        if connections[handle]?.bucket.isLimited == true { connections[handle]?.bucket.takeMessage() }
        if let owner = connections[handle]?.quota { sessions.takeMessage(of: owner) }
    }

    /// Takes one message's worth of the rate of a client that may have no connection any more.
    mutating func takeMessage(of client: ConnectedClient) {
        guard let owner = sessions.owners.handle(of: client.quotaOwner) else { return }
        sessions.takeMessage(of: owner)
    }

    /// Whether a client may be let in with a will. A will is published when it is due, whatever the rate, for a device that dies
    /// must not be missed; but what its owner owes for wills, it has to make up for before it brings another.
    mutating func mayBringWill(_ client: ConnectedClient, now: Moment) -> Bool {
        guard let owner = sessions.owners.handle(of: client.quotaOwner) else { return true }
        return sessions.hasMessage(of: owner, now: now)
    }

    private func nextMessage(_ handle: ConnectionHandle, now: Moment) -> Int64? {
        guard let own = connections[handle]?.bucket.nextAt(now: now.elapsed) else { return nil }
        guard let owner = connections[handle]?.quota else { return own }
        return max(own, sessions.owners.nextMessage(of: owner, now: now))
    }

    /// Reads on where the rate allows it again.
    mutating func releaseThrottled(now: Moment, into actions: inout BrokerActions) {
        guard !throttled.isEmpty else { return }
        var left: [ConnectionHandle] = []
        for handle in throttled {
            guard connections[handle]?.isOnline == true, let due = nextMessage(handle, now: now) else { continue }
            guard due <= now.elapsed else {
                left.append(handle)
                continue
            }
            connections[handle]?.isThrottled = false
            // The client was not heard meanwhile.
            connections[handle]?.lastActivity = now.uptime
            if connections[handle]?.isReadingPaused == false { actions.items.append(.resumeReading(handle)) }
        }
        throttled = left
    }

    /// What becomes of a message, by the rights of its client. The rights of a connection do not change: what was
    /// granted last is granted again without a question.
    mutating func decision(
        on topic: TopicName, retain: Bool, of client: ConnectedClient, _ handle: ConnectionHandle
    ) -> PublishDecision {
        guard client.rights != nil else { return authorizer.publishing(client, to: topic, retain: retain) }
        if connections[handle]?.granted?.isSame(topic, retain: retain) == true { return .granted }
        let decision = authorizer.publishing(client, to: topic, retain: retain)
        if decision == .granted {
            connections[handle]?.granted = GrantedTopic(topic, retain: retain)
        }
        return decision
    }
}
