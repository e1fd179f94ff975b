internal import MQTTCodec

extension BrokerCore {
    /// Hands a stored message to its recipients: QoS 0 straight to the connection, the rest through the queues.
    mutating func deliver(
        _ message: Message, _ deliveries: [Delivery], now: Moment, into actions: inout BrokerActions
    ) {
        guard !deliveries.isEmpty else { return }
        // An interval of 0 lets a message be sent at once, and never wait.
        let isForNow = message.properties.messageExpiryInterval == 0
        let expiresAt = isForNow ? now.elapsed + 1 : message.deadline(now: now)
        for delivery in deliveries {
            guard let reservation = delivery.reservation else {
                sendAtMostOnce(message, delivery, expiresAt: expiresAt, now: now, into: &actions)
                continue
            }
            sessions[delivery.session]?.outbox.enqueue(
                Outgoing(
                    message: message, identifier: reservation.identifier, qos: delivery.qos, retain: delivery.retain,
                    subscriptionIdentifiers: delivery.subscriptionIdentifiers, expiresAt: expiresAt,
                    serial: reservation.serial, isShared: delivery.isShared))
            pump(delivery.session, now: now, into: &actions)
        }
    }

    private mutating func sendAtMostOnce(
        _ message: Message, _ delivery: Delivery, expiresAt: Int64, now: Moment, into actions: inout BrokerActions
    ) {
        guard let handle = sessions[delivery.session]?.connection, connections[handle]?.isOnline == true else { return }
        guard expiresAt > now.elapsed else {
            counters.messagesExpired += 1
            return
        }
        let copy = Copy(
            message: message, qos: .atMostOnce, retain: delivery.retain, isDuplicate: false, identifier: nil,
            subscriptionIdentifiers: delivery.subscriptionIdentifiers, expiresAt: expiresAt)
        // Slower than its publishers for longer than its buffers last: QoS 0 promises nothing.
        guard hasRoom(handle), send(copy, to: handle, now: now, into: &actions) else {
            counters.messagesDropped += 1
            return
        }
    }

    /// Sends what the session's client may be sent: as much as its receive maximum and its network take.
    mutating func pump(_ session: SessionHandle, now: Moment, into actions: inout BrokerActions) {
        guard let handle = sessions[session]?.connection, connections[handle]?.isOnline == true,
            let window = connections[handle]?.window
        else { return }
        while let next = sessions[session]?.outbox.next {
            switch next.state {
            case .received:
                sessions[session]?.outbox.skip()
            case .releasing:
                sessions[session]?.outbox.skip()
                send(.pubrel(PublishAnswer(packetIdentifier: next.identifier)), to: handle, into: &actions)
            case .waiting, .sent:
                guard let inFlight = sessions[session]?.outbox.inFlight, inFlight < window else { return }
                guard hasRoom(handle) else { return holdUp(handle) }
                sendNext(next, session, handle, now: now, into: &actions)
            }
        }
    }

    private mutating func sendNext(
        _ next: Outgoing, _ session: SessionHandle, _ handle: ConnectionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        let copy = Copy(
            message: next.message, qos: next.qos, retain: next.retain, isDuplicate: next.state == .sent,
            identifier: next.identifier, subscriptionIdentifiers: next.subscriptionIdentifiers,
            expiresAt: next.expiresAt)
        // A delivery that has begun is completed, however old the message is ([MQTT-3.3.2-5]).
        let isExpired = next.state == .waiting && next.expiresAt <= now.elapsed
        if !isExpired, send(copy, to: handle, now: now, into: &actions) {
            sessions[session]?.outbox.markSent()
            return
        }
        // Expired, or larger than the client takes: as if it had been sent ([MQTT-3.1.2-25]).
        if isExpired { counters.messagesExpired += 1 }
        guard let dropped = sessions[session]?.outbox.dropNext(), let client = sessions[session]?.name
        else { return }
        report(dropped, lostTo: client, into: &actions)
        if sessions[session]?.isKept == true {
            submit(
                .session(.outboundDropped(client: client, [dropped.identifier])), then: .nothing, into: &actions)
        }
    }

    /// One copy of a message for one connection.
    struct Copy {
        let message: Message
        let qos: QoS
        let retain: Bool
        let isDuplicate: Bool
        let identifier: PacketIdentifier?
        let subscriptionIdentifiers: [UInt32]
        let expiresAt: Int64
    }

    /// Whether the connection takes more at the moment.
    func hasRoom(_ handle: ConnectionHandle) -> Bool {
        guard let unsent = connections[handle]?.unsent else { return false }
        return unsent <= configuration.limits.unsentBytes && totalUnsent <= configuration.limits.totalUnsentBytes
    }

    /// Sends a PUBLISH; false if it is larger than the client takes.
    mutating func send(
        _ copy: Copy, to handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) -> Bool {
        guard let version = connections[handle]?.version, let most = connections[handle]?.maximumPacketSize else {
            return false
        }
        let isV5 = version == .v5_0
        let topic = copy.message.topic
        let form =
            connections[handle]?.usesAliases == true
            ? connections[handle]?.outboundAliases.form(for: topic) ?? .topic : .topic
        let variant = EncodedPublishes.Variant(
            version: version, hasIdentifier: copy.identifier != nil,
            topicForm: form, expiry: isV5 ? copy.secondsLeft(now: now) : nil,
            subscriptionIdentifiers: isV5 ? copy.subscriptionIdentifiers : [])
        guard let encoded = actions.encode(copy.message, variant), encoded.count <= most else { return false }
        let patch = PublishPatch(
            firstByte: EncodedPublish.firstByte(qos: copy.qos, retain: copy.retain, isDuplicate: copy.isDuplicate),
            identifierAt: encoded.identifierAt, identifier: copy.identifier?.rawValue ?? 0)
        actions.items.append(
            .send(
                SendAction(connection: handle, offset: encoded.offset, count: encoded.count, patch: patch)))
        if form != .topic { connections[handle]?.outboundAliases.sent(form, for: topic) }
        counters.messagesSent += 1
        counters.packetsSent += 1
        account(encoded.count, handle, into: &actions)
        return true
    }
}

extension BrokerCore.Copy {
    /// What is left of the message expiry interval, rounded up; nil without one (3.3.2.3.3).
    fileprivate func secondsLeft(now: Moment) -> UInt32? {
        guard expiresAt != .max, let interval = message.properties.messageExpiryInterval else { return nil }
        return min(interval, UInt32(clamping: max(0, expiresAt - now.elapsed + 999) / 1000))
    }
}
