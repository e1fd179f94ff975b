internal import MQTTCodec

extension BrokerCore {
    // MARK: Ways a connection ends

    /// The client broke the protocol: DISCONNECT with the reason (5.0), and the end ([MQTT-4.13.1-1]).
    mutating func violate(
        _ reason: ReasonCode, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        counters.protocolViolations += 1
        end(handle, .protocolViolation(reason), tell: reason, now: now, into: &actions)
    }

    /// Bytes that are no packet.
    mutating func reject(
        _ failure: DecodeFailure, refusal: (connack: Connack, version: ProtocolVersion)?, on handle: ConnectionHandle,
        now: Moment, into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isClosing == false else { return }
        guard connections[handle]?.client == nil else {
            violate(failure.reason, handle, now: now, into: &actions)
            return
        }
        counters.protocolViolations += 1
        if let refusal {
            connections[handle]?.version = refusal.version
            send(.connack(refusal.connack), to: handle, into: &actions)
        }
        close(handle, now: now, into: &actions)
    }

    mutating func receive(
        _ disconnect: Disconnect, on handle: ConnectionHandle, session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        if let wanted = disconnect.properties.sessionExpiryInterval {
            // A session that was to end with its connection cannot be kept after all (3.14.2.2.2).
            if wanted > 0, sessions[session]?.expiryInterval == 0 {
                violate(.protocolError, handle, now: now, into: &actions)
                return
            }
            let most = connections[handle]?.client?.rights?.sessionExpiry ?? .max
            let granted = min(wanted, configuration.maximumSessionExpiry, most)
            sessions[session]?.expiryInterval = granted
        }
        end(handle, .clientDisconnected(disconnect.reason), tell: nil, now: now, into: &actions)
    }

    mutating func socketClosed(_ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions) {
        if connections[handle]?.isClosing == false {
            end(handle, .connectionLost, tell: nil, now: now, into: &actions)
        }
        guard let connection = connections.remove(handle) else { return }
        totalUnsent -= connection.unsent
        pool.leave(handle, from: connection.peer.address, wasAdmitted: connection.isAdmitted)
    }

    /// Ends a connection: its client hears why (5.0), its will is published or waits, its session ends or lives on.
    ///
    /// `keepsSession` false is for a new connection with clean start: the session is over for the will's sake, and the
    /// caller removes it.
    mutating func end(
        _ handle: ConnectionHandle, _ cause: DisconnectCause, tell reason: ReasonCode?, keepsSession: Bool = true,
        now: Moment, into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isClosing == false else { return }
        let isOnline = connections[handle]?.isOnline == true
        if let reason, isOnline, connections[handle]?.version == .v5_0 {
            send(.disconnect(Disconnect(reason: reason)), to: handle, into: &actions)
        }
        let client = connections[handle]?.client
        let will = connections[handle]?.will
        let keepAlive = connections[handle]?.keepAlive ?? 0
        let session = connections[handle]?.session
        close(handle, now: now, into: &actions)
        guard let client, let session, sessions[session]?.connection == handle else { return }
        sessions[session]?.connection = nil
        sessions[session]?.memory.connectionLost()
        let expiry = sessions[session]?.expiryInterval ?? 0
        // A session that ends takes the delay along (3.1.3.2.2).
        let delay = expiry > 0 && keepsSession ? Int64(will?.properties.willDelayInterval ?? 0) : 0
        let fate = will == nil ? .unchanged : cause.fateOfWill(dueAt: now.wall + delay * 1_000_000)
        let closing = SessionClosing(
            client: client, cause: cause, expiryInterval: expiry, will: fate,
            sent: expiry > 0 ? sessions[session]?.outbox.sent ?? [] : [], at: now.wall)
        submit(.session(.disconnected(closing)), then: .nothing, into: &actions)
        if let will, case .due(let dueAt) = fate {
            let owed = OwedWill(
                client: client, will: will, keepAlive: keepAlive, due: now.elapsed + delay * 1000, dueAt: dueAt)
            if delay == 0 {
                publish(owed, now: now, into: &actions)
            } else {
                sessions[session]?.will = owed
            }
        }
        guard expiry > 0 else {
            endSession(session, tellLedger: false, now: now, into: &actions)
            return
        }
        let endsAt = sessions[session]?.end(from: now)
        sessions[session]?.endsAt = endsAt
        remind(session, now: now)
    }

    /// Nothing more is read from the connection and nothing more written after what is on its way.
    mutating func close(_ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions) {
        connections[handle]?.phase = .closing
        connections[handle]?.lastActivity = now.uptime
        connections[handle]?.will = nil
        connections[handle]?.walks = []
        connections[handle]?.aliases = [:]
        if connections[handle]?.isAdmitted == true {
            // Its place is free; its socket is gone soon.
            connections[handle]?.isAdmitted = false
            pool.leave(handle, from: connections[handle]?.peer.address, wasAdmitted: true)
        }
        actions.items.append(.close(handle))
        remind(handle, at: now.uptime + Self.lingerMilliseconds)
    }

    /// How long a closing connection may take to read our last packet before its socket is cut.
    static var lingerMilliseconds: Int64 { 2_000 }

    // MARK: The end of a session

    /// Removes a session with all it holds. Its will is published if its delay was still running ([MQTT-3.1.2-8]).
    mutating func endSession(
        _ handle: SessionHandle, tellLedger: Bool, now: Moment, into actions: inout BrokerActions
    ) {
        guard let session = sessions.remove(handle) else { return }
        for filter in session.subscriptions.keys { subscriptions.unsubscribe(handle, from: filter) }
        if tellLedger {
            submit(.session(.ended(client: session.name, at: now.wall)), then: .nothing, into: &actions)
        }
        for position in 0..<session.outbox.entries.count {
            let outgoing = session.outbox.entries[position]
            if handOver(outgoing, from: session, now: now, into: &actions) { continue }
            report(outgoing, lostTo: session.name, into: &actions)
        }
        if let will = session.will { publish(will, now: now, into: &actions) }
    }

    /// Counts a message that a session will not deliver, and tells the server if it was its own.
    mutating func report(_ outgoing: Outgoing, lostTo client: MQTTString, into actions: inout BrokerActions) {
        counters.messagesDropped += 1
        guard let token = outgoing.message.token else { return }
        actions.deliveries.append(.dropped(token: token, client: client))
    }
}

extension DisconnectCause {
    /// What becomes of a will that would be due at `dueAt`.
    fileprivate func fateOfWill(dueAt: Int64) -> WillAtClosing {
        switch self {
        // A normal goodbye takes the will along ([MQTT-3.14.4-3]).
        case .clientDisconnected(.normalDisconnection): .discarded
        // Owed by the next start, unless the client comes back to it (3.1.2.5).
        case .serverShutdown: .unchanged
        case .clientDisconnected, .connectionLost, .keepAliveTimeout, .takenOver, .protocolViolation,
            .serverDisconnected, .storageFailure:
            .due(at: dueAt)
        }
    }
}
