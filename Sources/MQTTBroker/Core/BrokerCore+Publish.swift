internal import MQTTCodec

extension BrokerCore {
    // MARK: A client publishes

    /// The way of a message: topic, rights, once only, room, recipients, ledger. The acknowledgement comes with the
    /// ledger's answer.
    mutating func receive(
        _ publish: Publish, on handle: ConnectionHandle, session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        counters.messagesReceived += 1
        counters.bytesReceived += UInt64(publish.payload.count)
        guard let topic = resolveTopic(publish, handle, session) else {
            violate(.topicAliasInvalid, handle, now: now, into: &actions)
            return
        }
        guard !publish.hasAlias || isWithinMemory(session) else {
            end(handle, .serverDisconnected(.quotaExceeded), tell: .quotaExceeded, now: now, into: &actions)
            return
        }
        guard topic.levelCount <= configuration.limits.topicLevels else {
            // One rule for all versions and each QoS: before 5.0 an answer could only say that the message was taken.
            violate(.topicNameInvalid, handle, now: now, into: &actions)
            return
        }
        if let identifier = publish.packetIdentifier, publish.qos == .exactlyOnce,
            isRepeated(identifier, handle, session, into: &actions)
        {
            return
        }
        if publish.qos > .atMostOnce {
            connections[handle]?.inboundInFlight += 1
            guard isWithinReceiveMaximum(handle) else {
                violate(.receiveMaximumExceeded, handle, now: now, into: &actions)
                return
            }
        }
        guard let client = connections[handle]?.client else { return }
        let answer = PublicationAnswer(
            connection: handle, session: session, identifier: publish.packetIdentifier, qos: publish.qos,
            isRepeat: publish.isDuplicate)
        let decision = decision(on: topic, retain: publish.retain, of: client, handle)
        let lacksIdentifiers = publish.qos == .exactlyOnce && !hasRoomForIdentifier(session)
        if lacksIdentifiers, connections[handle]?.version != .v5_0 {
            // A PUBREC of 3.1.1 says only yes.
            end(handle, .serverDisconnected(.quotaExceeded), tell: nil, now: now, into: &actions)
            return
        }
        let reason =
            isTooFast(publish, handle, now: now, into: &actions) || lacksIdentifiers
            ? .quotaExceeded : refusal(of: publish, topic: topic, decision: decision, client)
        if let reason {
            // Nobody waits for an answer to QoS 0.
            if pending.isEmpty || publish.qos == .atMostOnce {
                refuse(reason, answer, into: &actions)
            } else {
                pending.append(.refusal(reason, answer))
            }
            return
        }
        if let identifier = publish.packetIdentifier, publish.qos == .exactlyOnce {
            sessions[session]?.inbound[identifier] = .uncommitted(handle)
        }
        lastMessageID += 1
        let message = Message(
            id: lastMessageID, topic: topic, payload: publish.payload, qos: publish.qos,
            retain: publish.retain && decision == .granted, properties: publish.forwardedProperties,
            receivedAt: now.wall, publisher: publish.retain ? client.quotaName : nil)
        guard decision == .granted else {
            counters.messagesSetAside += 1
            setAside(message, client: client, answer: answer, into: &actions)
            return
        }
        accept(message, client: client, publisher: session, answer: answer, into: &actions)
    }

    /// Hands the message to the ledger alone: nobody receives it.
    private mutating func setAside(
        _ message: Message, client: ConnectedClient, answer: PublicationAnswer, into actions: inout BrokerActions
    ) {
        let publication = InboundPublication(
            client: client, message: message, exactlyOnceIdentifier: keptIdentifier(answer),
            isRepeat: answer.isRepeat, isSetAside: true)
        submit(
            .publication(publication),
            then: .publication(PendingPublication(message: message, answer: answer, deliveries: [])), into: &actions)
    }

    /// The packet identifier that the ledger has to keep, so that the message is not taken twice.
    private func keptIdentifier(_ answer: PublicationAnswer?) -> PacketIdentifier? {
        guard let answer, answer.qos == .exactlyOnce, sessions[answer.session]?.isKept == true else { return nil }
        return answer.identifier
    }

    /// Finds the recipients and hands the message to the ledger.
    mutating func accept(
        _ message: Message, client: ConnectedClient, publisher: SessionHandle?, answer: PublicationAnswer?,
        will: OwedWill? = nil, into actions: inout BrokerActions
    ) {
        var targets: [QueuedDelivery] = []
        let deliveries = route(message, publisher: publisher, targets: &targets, into: &actions)
        let publication = InboundPublication(
            client: client, message: message, exactlyOnceIdentifier: keptIdentifier(answer), targets: targets,
            isWill: will != nil, isRepeat: answer?.isRepeat ?? false)
        submit(
            .publication(publication),
            then: .publication(
                PendingPublication(message: message, answer: answer, deliveries: deliveries, will: will.map(Boxed.init))
            ),
            into: &actions)
    }

    /// The topic, by name or by its alias, which a name defines or redefines (3.3.2.3.4). Nil for an alias that is out
    /// of range or stands for nothing.
    private mutating func resolveTopic(
        _ publish: Publish, _ handle: ConnectionHandle, _ session: SessionHandle
    ) -> TopicName? {
        guard !publish.properties.isEmpty, let alias = publish.properties.topicAlias else { return publish.topic }
        guard alias > 0, alias <= configuration.limits.topicAliasMaximum else { return nil }
        if let topic = publish.topic {
            let replaced = connections[handle]?.aliases.updateValue(topic, forKey: alias)
            sessions[session]?.memory.aliases += topic.bytes.count - (replaced?.bytes.count ?? 0)
            return topic
        }
        return connections[handle]?.aliases[alias]
    }

    /// Whether a QoS 2 message is here already; its PUBREC is then sent again, or will be sent when the ledger answers
    /// ([MQTT-4.3.3-10]).
    private mutating func isRepeated(
        _ identifier: PacketIdentifier, _ handle: ConnectionHandle, _ session: SessionHandle,
        into actions: inout BrokerActions
    ) -> Bool {
        guard let state = sessions[session]?.inbound[identifier] else { return false }
        counters.duplicatesReceived += 1
        switch state {
        case .uncommitted: sessions[session]?.inbound[identifier] = .uncommitted(handle)
        case .committed, .releasing:
            send(.pubrec(PublishAnswer(packetIdentifier: identifier)), to: handle, into: &actions)
        }
        return true
    }

    private func isWithinReceiveMaximum(_ handle: ConnectionHandle) -> Bool {
        // 3.1.1 has no receive maximum; there the limits of the ledger alone push back.
        guard connections[handle]?.version == .v5_0, let count = connections[handle]?.inboundInFlight else {
            return true
        }
        return count <= Int(configuration.limits.receiveMaximum)
    }

    private func refusal(
        of publish: Publish, topic: TopicName, decision: PublishDecision, _ client: ConnectedClient
    ) -> ReasonCode? {
        if topic.isReserved { return .topicNameInvalid }
        if decision == .refused { return .notAuthorized }
        if publish.retain, decision == .granted, !publish.payload.isEmpty,
            !hasRoomToRetain(publish, topic, client)
        {
            return .quotaExceeded
        }
        if !publish.properties.isEmpty, publish.properties.payloadFormatIndicator == true,
            String(validating: publish.payload, as: UTF8.self) == nil
        {
            return .payloadFormatInvalid
        }
        return nil
    }

    /// Nobody receives the message; the publisher gets the reason (5.0) or a plain acknowledgement (3.1.1).
    mutating func refuse(
        _ reason: ReasonCode, _ answer: PublicationAnswer, into actions: inout BrokerActions
    ) {
        countRefused(reason)
        guard let identifier = answer.identifier else { return }
        let allowed = reason.isAllowed(in: .puback) && reason.isFailure ? reason : .implementationSpecificError
        acknowledge(identifier, answer.qos, reason: allowed, answer.connection, into: &actions)
    }

    mutating func countRefused(_ reason: ReasonCode) {
        counters.messagesRefused += 1
        counters.messagesRefusedByReason[reason, default: 0] += 1
    }

    /// PUBACK or PUBREC. Only a connection that is still there hears it.
    mutating func acknowledge(
        _ identifier: PacketIdentifier, _ qos: QoS, reason: ReasonCode, _ handle: ConnectionHandle,
        into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isOnline == true else { return }
        let answer = PublishAnswer(packetIdentifier: identifier, reason: reason)
        switch qos {
        case .atMostOnce: return
        case .atLeastOnce: send(.puback(answer), to: handle, into: &actions)
        case .exactlyOnce: send(.pubrec(answer), to: handle, into: &actions)
        }
        // A QoS 2 message counts until PUBCOMP, unless its exchange ends here (4.9).
        if qos == .atLeastOnce || reason.isFailure { countAnswered(handle) }
    }

    mutating func countAnswered(_ handle: ConnectionHandle) {
        guard let count = connections[handle]?.inboundInFlight, count > 0 else { return }
        connections[handle]?.inboundInFlight = count - 1
    }
}

extension Publish {
    var hasAlias: Bool { !properties.isEmpty && properties.topicAlias != nil }

    /// What is passed on to subscribers: all but the alias, which is this connection's (3.3.2.3.4).
    fileprivate var forwardedProperties: Properties {
        guard !properties.isEmpty, properties.topicAlias != nil else { return properties }
        var forwarded = properties
        forwarded.remove(.topicAlias)
        return forwarded
    }
}
