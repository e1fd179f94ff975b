internal import MQTTCodec

extension BrokerCore {
    // MARK: CONNECT

    mutating func connect(
        _ connect: Connect, on handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        guard case .awaitingConnect? = connections[handle]?.phase else {
            violate(.protocolError, handle, now: now, into: &actions)
            return
        }
        connections[handle]?.version = connect.version
        connections[handle]?.isBridge = connect.isBridge
        connections[handle]?.maximumPacketSize = connect.properties.maximumPacketSize.map(Int.init) ?? .max
        if let reason = refusal(of: connect) {
            refuse(reason, handle, now: now, into: &actions)
            return
        }
        var connect = connect
        if connect.clientIdentifier.isEmpty, let assigned = assignedIdentifier(handle) {
            connect.clientIdentifier = assigned
            if connect.version == .v5_0 { connect.properties.set(.assignedClientIdentifier(assigned)) }
        }
        let attempt = ConnectAttempt(
            clientIdentifier: connect.clientIdentifier, userName: connect.userName, password: connect.password,
            remoteAddress: connections[handle]?.peer.text ?? "", version: connect.version,
            certificate: connections[handle]?.peer.certificate,
            isSecure: connections[handle]?.peer.isSecure ?? false)
        connect.password = nil
        connections[handle]?.phase = .authenticating(connect)
        ask(attempt, of: handle, into: &actions)
    }

    private func refusal(of connect: Connect) -> ReasonCode? {
        // No method of extended authentication is offered (4.12, [MQTT-4.12.0-1]).
        if connect.properties.authenticationMethod != nil { return .badAuthenticationMethod }
        if connect.clientIdentifier.isEmpty, connect.version != .v5_0, !connect.cleanStart {
            return .clientIdentifierNotValid
        }
        if connect.clientIdentifier.count > configuration.limits.clientIdentifierBytes {
            return .clientIdentifierNotValid
        }
        if let will = connect.will {
            // Its rights are judged when it is due, and so is a name that only the server publishes on.
            if will.topic.levelCount > configuration.limits.topicLevels { return .topicNameInvalid }
        }
        return nil
    }

    private func assignedIdentifier(_ handle: ConnectionHandle) -> MQTTString? {
        guard let nonce = connections[handle]?.nonce else { return nil }
        return try? MQTTString("auto-" + String(nonce.high, radix: 36) + String(nonce.low, radix: 36))
    }

    /// CONNACK with a failure, where the version has one, and the end of the connection ([MQTT-3.2.2-7]).
    mutating func refuse(
        _ reason: ReasonCode, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        counters.connectionsRefused += 1
        counters.connectionsRefusedByReason[reason, default: 0] += 1
        send(.connack(Connack(reason: reason)), to: handle, into: &actions)
        close(handle, now: now, into: &actions)
    }

    // MARK: Let in

    mutating func authenticated(
        _ decision: AuthenticationDecision, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        authentications.answered()
        defer { startAuthentications(into: &actions) }
        guard case .authenticating(let connect)? = connections[handle]?.phase else { return }
        switch decision {
        case .refused(let reason):
            refuse(reason.isAllowed(in: .connack) ? reason : .notAuthorized, handle, now: now, into: &actions)
        case .accepted(let accepted):
            if let owner = accepted.owner,
                authentications.isOutdated(
                    connections[handle]?.authenticationNumber ?? 0, for: owner,
                    revision: accepted.rights?.revision ?? .min)
            {
                // Its rights may have changed since it was asked about. It may come again.
                refuse(.serverUnavailable, handle, now: now, into: &actions)
                return
            }
            let client = ConnectedClient(
                identifier: connect.clientIdentifier, userName: accepted.userName,
                remoteAddress: connections[handle]?.peer.text ?? "", version: connect.version,
                owner: accepted.owner, sessionOwner: accepted.sessionOwner, generation: accepted.generation,
                quotaAddress: quotaAddress(accepted, handle), rights: accepted.rights)
            letIn(client, connect, handle, now: now, into: &actions)
        }
    }

    private mutating func letIn(
        _ client: ConnectedClient, _ connect: Connect, _ handle: ConnectionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard takesConnack(connect, client) else {
            // What it must be told does not fit into the packets that it takes.
            refuse(.packetTooLarge, handle, now: now, into: &actions)
            return
        }
        let key = SessionKey(owner: client.sessionOwner, identifier: client.identifier)
        let known = sessions.handle(of: key)
        // A session that is there for a will's sake alone is not gone on with.
        let isOver = known.map { sessions[$0]?.connection == nil && sessions[$0]?.isKept == false } ?? false
        // Nor with one of another owner who had the name before.
        let isAnothers = known.map { client.isAnother(than: sessions[$0]?.generation) } ?? false
        let beginsAnew = connect.cleanStart || isOver || isAnothers
        let address = connections[handle]?.peer.address
        // A client that takes its own place needs no other.
        if known.flatMap({ sessions[$0]?.connection }) == nil, !pool.hasRoom(for: address) {
            refuse(pool.isFull ? .serverBusy : .quotaExceeded, handle, now: now, into: &actions)
            return
        }
        guard connect.will == nil || mayBringWill(client, now: now) else {
            refuse(.quotaExceeded, handle, now: now, into: &actions)
            return
        }
        guard makeRoom(for: client, known, connect.will, now: now, into: &actions) else {
            refuse(.quotaExceeded, handle, now: now, into: &actions)
            return
        }
        if let known, isAnothers { dropWills(of: known, notWithin: nil, into: &actions) }
        if let known, let old = sessions[known]?.connection {
            // The old connection hears why (5.0), and its will counts as for any lost connection (3.1.4).
            end(old, .takenOver, tell: .sessionTakenOver, keepsSession: !beginsAnew, now: now, into: &actions)
        }
        pool.admit(handle, from: address)
        connections[handle]?.isAdmitted = true
        endNobodys(client, now: now, into: &actions)
        if let known { returned(client, to: known) }
        // Taking over may have ended a session that does not outlive its connection.
        let resumed = beginsAnew ? nil : sessions.handle(of: key)
        if beginsAnew, let stale = sessions.handle(of: key) {
            // The ledger drops it with the entry of the new connection.
            endSession(stale, tellLedger: false, now: now, into: &actions)
        }
        let expiry = sessionExpiry(connect, client)
        let session = resumed ?? begin(key, handle, client)
        sessions[session]?.connection = handle
        sessions.move(session, to: client.quotaOwner)
        sessions[session]?.expiryInterval = expiry
        sessions[session]?.client = client
        sessions[session]?.generation = client.generation
        sessions[session]?.endsAt = nil
        // The client is back before the delay of its will has passed ([MQTT-3.1.3-9]).
        sessions[session]?.will = nil
        sessions[session]?.memory.will = connect.will?.cost ?? 0
        sessions[session]?.outbox.restart()
        setRates(of: client, handle, session, now: now)
        prepare(handle, client, connect, session, isResumed: resumed != nil)
        let opening = SessionOpening(
            client: client, isResumed: resumed != nil, expiryInterval: expiry,
            keepAlive: connections[handle]?.keepAlive ?? 0,
            // What is set aside is no will: it is dropped when it is due.
            will: client.rights?.isSetAside == true ? nil : connect.will,
            inFlight: UInt16(clamping: connections[handle]?.window ?? 0), at: now.wall)
        submit(.session(.connected(opening)), then: .opening(handle, session), into: &actions)
        // At once: what is published from now on is not for subscriptions that the client has lost.
        if resumed != nil { dropForbiddenSubscriptions(session, client, handle, into: &actions) }
    }

    /// A session of nobody's, from before clients had owners, is not handed to the owner that comes with its identifier:
    /// what waits in it was meant for somebody else. Nobody will come for it now.
    private mutating func endNobodys(_ client: ConnectedClient, now: Moment, into actions: inout BrokerActions) {
        guard client.sessionOwner != nil,
            let nobodys = sessions.handle(of: SessionKey(owner: nil, identifier: client.identifier)),
            sessions[nobodys]?.connection == nil
        else { return }
        endSession(nobodys, tellLedger: true, now: now, into: &actions)
    }

    private mutating func prepare(
        _ handle: ConnectionHandle, _ client: ConnectedClient, _ connect: Connect, _ session: SessionHandle,
        isResumed: Bool
    ) {
        let limits = configuration.limits
        let keepAlive = serverKeepAlive(connect) ?? connect.keepAlive
        connections[handle]?.client = client
        connections[handle]?.session = session
        connections[handle]?.will = connect.will
        connections[handle]?.keepAlive = keepAlive
        connections[handle]?.window = min(
            Int(connect.properties.receiveMaximum ?? .max), Int(limits.inFlight))
        connections[handle]?.outboundAliases = OutboundAliases(
            offered: connect.properties.topicAliasMaximum ?? 0, most: limits.outboundTopicAliases)
        let connack = Connack(sessionPresent: isResumed, properties: connackProperties(connect, client))
        connections[handle]?.phase = .opening(connack)
    }

    private func takesConnack(_ connect: Connect, _ client: ConnectedClient) -> Bool {
        guard let most = connect.properties.maximumPacketSize else { return true }
        let connack = Packet.connack(Connack(properties: connackProperties(connect, client)))
        guard let size = try? connack.encodedSize(version: connect.version) else { return true }
        return size <= Int(most)
    }

    private func sessionExpiry(_ connect: Connect, _ client: ConnectedClient) -> UInt32 {
        let most = client.rights?.sessionExpiry ?? .max
        return switch connect.version {
        case .v3_1, .v3_1_1: connect.cleanStart ? 0 : min(configuration.legacySessionExpiry, most)
        case .v5_0: min(connect.properties.sessionExpiryInterval ?? 0, configuration.maximumSessionExpiry, most)
        }
    }

    /// The keep alive the server wants instead of the client's; nil if it takes that (3.2.2.3.14).
    private func serverKeepAlive(_ connect: Connect) -> UInt16? {
        let maximum = configuration.maximumKeepAlive
        guard connect.version == .v5_0, maximum > 0 else { return nil }
        return connect.keepAlive == 0 || connect.keepAlive > maximum ? maximum : nil
    }

    private func connackProperties(_ connect: Connect, _ client: ConnectedClient) -> Properties {
        guard connect.version == .v5_0 else { return .none }
        let limits = configuration.limits
        var properties: Properties = [
            .receiveMaximum(max(1, limits.receiveMaximum)),
            .maximumPacketSize(UInt32(clamping: limits.packetSize)),
            .topicAliasMaximum(limits.topicAliasMaximum),
        ]
        let wanted = connect.properties.sessionExpiryInterval ?? 0
        let granted = sessionExpiry(connect, client)
        if wanted != granted { properties.append(.sessionExpiryInterval(granted)) }
        if let keepAlive = serverKeepAlive(connect) { properties.append(.serverKeepAlive(keepAlive)) }
        if let assigned = connect.properties.assignedClientIdentifier {
            properties.append(.assignedClientIdentifier(assigned))
        }
        return properties
    }

    // MARK: Online

    /// The ledger knows that the client is there: CONNACK, and what an earlier connection left undone.
    mutating func opened(
        _ handle: ConnectionHandle, _ session: SessionHandle, _ outcome: CommitOutcome, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard case .opening(let connack)? = connections[handle]?.phase else { return }
        guard outcome == .committed else {
            connections[handle]?.will = nil
            send(.connack(Connack(reason: .serverUnavailable)), to: handle, into: &actions)
            end(handle, .storageFailure, tell: nil, now: now, into: &actions)
            return
        }
        connections[handle]?.phase = .online
        connections[handle]?.lastActivity = now.uptime
        send(.connack(connack), to: handle, into: &actions)
        actions.items.append(.resumeReading(handle))
        if let silence = connections[handle]?.silenceAllowed, silence > 0 {
            remind(handle, at: now.uptime + silence)
        }
        if connections[handle]?.hasLostSubscriptions == true { dropUnwanted(session, into: &actions) }
        pump(session, now: now, into: &actions)
    }

    /// Rights may have been taken away while the client was gone.
    private mutating func dropForbiddenSubscriptions(
        _ session: SessionHandle, _ client: ConnectedClient, _ handle: ConnectionHandle,
        into actions: inout BrokerActions
    ) {
        guard let held = sessions[session]?.subscriptions, !held.isEmpty else { return }
        let forbidden = held.keys.filter { authorizer.refusalToSubscribe(client, filter: $0) != nil }
        guard !forbidden.isEmpty else { return }
        connections[handle]?.hasLostSubscriptions = true
        for filter in forbidden {
            sessions[session]?.subscriptions[filter] = nil
            sessions[session]?.memory.filters -= filter.cost
            subscriptions.unsubscribe(session, from: filter)
        }
        guard sessions[session]?.isKept == true else { return }
        submit(
            .session(.unsubscribed(client: client.session, Array(forbidden))), then: .nothing, into: &actions)
    }

    /// What waits for subscriptions that the client has lost is not delivered any more.
    private mutating func dropUnwanted(_ session: SessionHandle, into actions: inout BrokerActions) {
        guard let name = sessions[session]?.name, let filters = sessions[session]?.subscriptions.keys else { return }
        let held = filters.map(\.unshared)
        let dropped =
            sessions[session]?.outbox.drop { message in !held.contains { $0.matches(message.topic) } } ?? []
        guard !dropped.isEmpty else { return }
        for outgoing in dropped { report(outgoing, lostTo: name, into: &actions) }
        guard sessions[session]?.isKept == true else { return }
        submit(
            .session(.outboundDropped(client: name, dropped.map(\.identifier))), then: .nothing, into: &actions)
    }
}

extension TopicName {
    /// Whether only the server publishes here: its own figures, and the form of shared subscriptions.
    var isReserved: Bool {
        guard beginsWithDollar else { return false }
        return bytes.starts(with: Self.serverPrefix) || bytes.starts(with: Self.sharePrefix)
    }

    private static let serverPrefix = Array("$SYS/".utf8)
    private static let sharePrefix = Array("$share/".utf8)
}
