internal import MQTTCodec

/// The answers of clients to what they were sent, and the second half of QoS 2 for what they sent.
extension BrokerCore {
    // MARK: To messages for the client

    /// PUBACK.
    mutating func acknowledged(
        _ answer: PublishAnswer, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        let answered = sessions[session]?.outbox.acknowledge(answer.packetIdentifier) ?? .unknown
        finish(answered, handle, session, isTaken: !answer.reason.isFailure, now: now, into: &actions)
    }

    /// PUBREC.
    mutating func received(
        _ answer: PublishAnswer, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        let identifier = answer.packetIdentifier
        if answer.reason.isFailure {
            let answered = sessions[session]?.outbox.refuse(identifier) ?? .unknown
            finish(answered, handle, session, isTaken: false, now: now, into: &actions)
            return
        }
        switch sessions[session]?.outbox.receive(identifier) ?? .unknown {
        case .first(let outgoing):
            tell(outgoing, session, isTaken: true, into: &actions)
            guard sessions[session]?.isKept == true, let client = sessions[session]?.name else {
                _ = sessions[session]?.outbox.markReleasing(identifier)
                send(.pubrel(PublishAnswer(packetIdentifier: identifier)), to: handle, into: &actions)
                return
            }
            submit(
                .session(.outboundReceived(client: client, identifier)), then: .received(session, identifier),
                into: &actions)
        case .underWay: return
        case .wrong: violate(.protocolError, handle, now: now, into: &actions)
        case .again:
            send(.pubrel(PublishAnswer(packetIdentifier: identifier)), to: handle, into: &actions)
        case .unknown:
            let release = PublishAnswer(packetIdentifier: identifier, reason: .packetIdentifierNotFound)
            send(.pubrel(release), to: handle, into: &actions)
        }
    }

    /// The ledger knows that the client has a message: PUBREL. If it went out before, a crash between the two could
    /// have the message sent again under an identifier that the client has forgotten.
    mutating func outboundReceived(
        _ identifier: PacketIdentifier, _ session: SessionHandle, _ outcome: CommitOutcome, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard outcome == .committed else {
            sessions[session]?.outbox.markNotReceived(identifier)
            failStorage(of: session, now: now, into: &actions)
            return
        }
        guard sessions[session]?.outbox.markReleasing(identifier) == true,
            let handle = sessions[session]?.connection, connections[handle]?.isOnline == true
        else { return }
        send(.pubrel(PublishAnswer(packetIdentifier: identifier)), to: handle, into: &actions)
    }

    /// PUBCOMP.
    mutating func completed(
        _ answer: PublishAnswer, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        switch sessions[session]?.outbox.complete(answer.packetIdentifier) ?? .unknown {
        case .unknown: return
        case .wrong: violate(.protocolError, handle, now: now, into: &actions)
        // It was told at PUBREC.
        case .done(let done): leave(done, session, isTaken: true, now: now, into: &actions)
        }
    }

    /// PUBACK, or PUBREC with a failure. An answer that cannot come next would otherwise keep its place in what may be in
    /// flight for good: the connection ends ([MQTT-4.8.0-1] of 3.1.1).
    private mutating func finish(
        _ answered: Answered, _ handle: ConnectionHandle, _ session: SessionHandle, isTaken: Bool, now: Moment,
        into actions: inout BrokerActions
    ) {
        switch answered {
        case .unknown: return
        case .wrong: violate(.protocolError, handle, now: now, into: &actions)
        case .done(let done):
            tell(done, session, isTaken: isTaken, into: &actions)
            leave(done, session, isTaken: isTaken, now: now, into: &actions)
        }
    }

    /// A message has left the queue, and makes room for the next.
    private mutating func leave(
        _ done: Outgoing, _ session: SessionHandle, isTaken: Bool, now: Moment, into actions: inout BrokerActions
    ) {
        if sessions[session]?.isKept == true, let client = sessions[session]?.name {
            let change: SessionChange =
                isTaken
                ? .outboundCompleted(client: client, done.identifier)
                : .outboundDropped(client: client, [done.identifier])
            submit(.session(change), then: .nothing, into: &actions)
        }
        pump(session, now: now, into: &actions)
        if let handle = sessions[session]?.connection { continueWalks(handle, now: now, into: &actions) }
    }

    private mutating func tell(
        _ outgoing: Outgoing, _ session: SessionHandle, isTaken: Bool, into actions: inout BrokerActions
    ) {
        guard let token = outgoing.message.token, let client = sessions[session]?.name else { return }
        actions.deliveries.append(
            isTaken ? .acknowledged(token: token, client: client) : .dropped(token: token, client: client))
    }

    // MARK: To messages from the client

    /// PUBREL: the identifier is free again. The ledger has to know before the client may use it for something new.
    mutating func released(
        _ answer: PublishAnswer, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        let identifier = answer.packetIdentifier
        switch sessions[session]?.inbound[identifier] {
        case .committed:
            guard sessions[session]?.isKept == true, let client = sessions[session]?.name else {
                sessions[session]?.inbound[identifier] = nil
                complete(identifier, reason: .success, handle, into: &actions)
                return
            }
            sessions[session]?.inbound[identifier] = .releasing
            submit(
                .session(.inboundReleased(client: client, identifier)), then: .release(session, identifier),
                into: &actions)
        case .releasing: return
        // PUBREL before PUBREC: the client does not wait for our word.
        case .uncommitted: violate(.protocolError, handle, now: now, into: &actions)
        // Released before and answered, or never sent: the client is to be content either way (4.3.3).
        case nil: complete(identifier, reason: .packetIdentifierNotFound, handle, into: &actions)
        }
    }

    mutating func inboundReleased(
        _ identifier: PacketIdentifier, _ session: SessionHandle, _ outcome: CommitOutcome, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard outcome == .committed else {
            if sessions[session] != nil { sessions[session]?.inbound[identifier] = .committed }
            failStorage(of: session, now: now, into: &actions)
            return
        }
        sessions[session]?.inbound[identifier] = nil
        guard let handle = sessions[session]?.connection else { return }
        complete(identifier, reason: .success, handle, into: &actions)
    }

    /// PUBCOMP.
    private mutating func complete(
        _ identifier: PacketIdentifier, reason: ReasonCode, _ handle: ConnectionHandle,
        into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isOnline == true else { return }
        send(.pubcomp(PublishAnswer(packetIdentifier: identifier, reason: reason)), to: handle, into: &actions)
        countAnswered(handle)
    }

    /// The ledger did not take what the client waits for: it is to come again and repeat it.
    mutating func failStorage(of session: SessionHandle, now: Moment, into actions: inout BrokerActions) {
        counters.entriesNotStored += 1
        guard let handle = sessions[session]?.connection else { return }
        end(handle, .storageFailure, tell: .serverBusy, now: now, into: &actions)
    }
}
