internal import MQTTCodec

extension BrokerCore {
    /// The server publishes a message of its own.
    mutating func publish(_ own: ServerMessage, now: Moment, into actions: inout BrokerActions) {
        var properties = own.properties
        if let expiry = own.expiryInterval { properties.set(.messageExpiryInterval(expiry)) }
        lastMessageID += 1
        let message = Message(
            id: lastMessageID, topic: own.topic, payload: own.payload, qos: own.qos, retain: own.retain,
            properties: properties, receivedAt: now.wall, token: own.token)
        counters.serverMessages += 1
        var targets: [QueuedDelivery] = []
        let deliveries = route(message, publisher: nil, targets: &targets, storage: own.storage, into: &actions)
        let publication = PendingPublication(message: message, answer: nil, deliveries: deliveries)
        if own.storage != .memory, own.retain || !targets.isEmpty {
            submit(
                .serverPublication(ServerPublication(message: message, targets: targets)),
                then: .publication(publication), into: &actions)
            return
        }
        if own.retain { retained.store(message, expiresAt: message.deadline(now: now)) }
        deliver(message, deliveries, now: now, into: &actions)
        if let token = own.token { reportRouted(token, deliveries, into: &actions) }
    }

    /// The server ends the connections of a client identifier; with `endSession` also what is kept of them.
    mutating func disconnect(
        _ client: MQTTString, _ reason: ReasonCode, endSession: Bool, now: Moment, into actions: inout BrokerActions
    ) {
        for handle in sessions.handles where sessions[handle]?.identifier == client {
            disconnect(handle, reason, endSession: endSession, now: now, into: &actions)
        }
    }

    private mutating func disconnect(
        _ session: SessionHandle, _ reason: ReasonCode, endSession: Bool, now: Moment,
        into actions: inout BrokerActions
    ) {
        if let handle = sessions[session]?.connection {
            let told = reason.isAllowed(in: .disconnect) && reason.isFailure ? reason : .administrativeAction
            end(handle, .serverDisconnected(told), tell: told, now: now, into: &actions)
        }
        if endSession, sessions[session] != nil {
            self.endSession(session, tellLedger: true, now: now, into: &actions)
        }
    }

    /// The server ends the connections of an owner whose rights are older than a revision; with `endSessions` also what is kept of them.
    ///
    /// Their wills are published if the rights that the owner has now allow it. Those of an owner without rights are
    /// dropped, also where their delay is running.
    mutating func disconnect(
        owner: String, _ reason: ReasonCode, endSessions: Bool, olderThan revision: Int64, rights: ClientRights?,
        now: Moment, into actions: inout BrokerActions
    ) {
        authentications.end(owner, olderThan: revision)
        for handle in sessions.handles
        where sessions[handle]?.owner == owner || sessions[handle]?.client?.owner == owner {
            // Whoever came with newer rights, be it gone again, is not concerned.
            if sessions[handle]?.client?.rights?.revision ?? .min >= revision { continue }
            dropWills(of: handle, notWithin: rights, into: &actions)
            disconnect(handle, reason, endSession: endSessions, now: now, into: &actions)
        }
    }

    /// Drops the wills of a session that rights do not allow; nil: whatever they are.
    mutating func dropWills(
        of session: SessionHandle, notWithin rights: ClientRights?, into actions: inout BrokerActions
    ) {
        guard let name = sessions[session]?.name else { return }
        var isDropped = false
        if let will = sessions[session]?.will, rights?.publishing(to: will.will.topic) != .granted {
            sessions[session]?.will = nil
            isDropped = true
        }
        if let connection = sessions[session]?.connection, let will = connections[connection]?.will,
            rights?.publishing(to: will.topic) != .granted
        {
            connections[connection]?.will = nil
            isDropped = true
        }
        if isDropped { submit(.session(.willDropped(client: name)), then: .nothing, into: &actions) }
    }

    /// The server forgets what is retained on topics; who subscribes to them hears it as from any publisher.
    mutating func forgetRetained(_ filters: [TopicFilter], now: Moment, into actions: inout BrokerActions) {
        // What is being stored may be retained in a moment.
        guard pending.isEmpty else {
            pending.append(.forgetting(filters))
            return
        }
        dropRetained(filters, now: now, into: &actions)
    }

    mutating func dropRetained(_ filters: [TopicFilter], now: Moment, into actions: inout BrokerActions) {
        for filter in filters {
            for topic in retained.topics(matching: filter, now: now) {
                publish(ServerMessage(topic: topic, payload: [], retain: true), now: now, into: &actions)
            }
        }
    }

    /// The server stops. Clients of 5.0 hear it (0x8B). Sessions go on after the restart.
    ///
    /// No will is published for a client that we send away: the specification lets a server that stops put wills off
    /// (3.1.2.5), and a fleet that is told "all dead" by every upgrade would learn to ignore it. They stay owed in the
    /// ledger, and the next start goes on with them: see `restore`.
    mutating func shutDown(now: Moment, into actions: inout BrokerActions) {
        for handle in connections.handles {
            end(handle, .serverShutdown, tell: .serverShuttingDown, now: now, into: &actions)
        }
    }
}
