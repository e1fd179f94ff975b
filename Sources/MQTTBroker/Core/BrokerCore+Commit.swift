internal import MQTTCodec

extension BrokerCore {
    /// The ledger's answer to the oldest entry without one.
    mutating func committed(_ outcome: CommitOutcome, now: Moment, into actions: inout BrokerActions) {
        guard let next = pending.popFirst() else { return }
        pendingBytes -= next.cost
        perform(next, outcome, now: now, into: &actions)
        while !pending.isEmpty, !pending[0].hasEntry, let next = pending.popFirst() {
            perform(next, outcome, now: now, into: &actions)
        }
    }

    private mutating func perform(
        _ next: PendingCommit, _ outcome: CommitOutcome, now: Moment, into actions: inout BrokerActions
    ) {
        switch next {
        case .retained(let connection, let walks): startWalks(walks, connection, now: now, into: &actions)
        case .refusal(let reason, let answer): refuse(reason, answer, into: &actions)
        case .forgetting(let filters): dropRetained(filters, now: now, into: &actions)
        case .nothing:
            if outcome != .committed { counters.entriesNotStored += 1 }
        case .publication(let publication):
            self.publication(publication, outcome, now: now, into: &actions)
        case .opening(let connection, let session):
            opened(connection, session, outcome, now: now, into: &actions)
        case .subscribe(let subscribe):
            self.subscribed(subscribe, outcome, now: now, into: &actions)
        case .unsubscribe(let connection, let session, let unsubscribe, let reasons):
            unsubscribed(unsubscribe, reasons, connection, session, outcome, now: now, into: &actions)
        case .release(let session, let identifier):
            inboundReleased(identifier, session, outcome, now: now, into: &actions)
        case .received(let session, let identifier):
            outboundReceived(identifier, session, outcome, now: now, into: &actions)
        }
    }

    // MARK: Publications

    private mutating func publication(
        _ publication: PendingPublication, _ outcome: CommitOutcome, now: Moment, into actions: inout BrokerActions
    ) {
        let message = publication.message
        switch outcome {
        case .committed:
            if message.retain, publication.changesRetained {
                retained.store(message, expiresAt: message.deadline(now: now))
            }
            deliver(message, publication.deliveries, now: now, into: &actions)
            if let token = message.token { reportRouted(token, publication.deliveries, into: &actions) }
            if let answer = publication.answer { confirm(answer, into: &actions) }
        case .refused(let reason):
            release(publication)
            if let token = message.token { actions.deliveries.append(.notStored(token: token)) }
            if let will = publication.will?.value { dropRefusedWill(will, into: &actions) }
            guard let answer = publication.answer else {
                countRefused(reason)
                return
            }
            refuse(reason, forgetting(answer), into: &actions)
        case .failed:
            release(publication)
            counters.entriesNotStored += 1
            if let token = message.token { actions.deliveries.append(.notStored(token: token)) }
            if let will = publication.will?.value { oweAgain(will, now: now) }
            guard let answer = publication.answer else { return }
            guard answer.qos > .atMostOnce else {
                counters.messagesLost += 1
                return
            }
            // Only a client that connects anew sends again what was not acknowledged (4.4).
            let connection = forgetting(answer).connection
            end(connection, .storageFailure, tell: .serverBusy, now: now, into: &actions)
        }
    }

    /// PUBACK or PUBREC for a stored message.
    private mutating func confirm(_ answer: PublicationAnswer, into actions: inout BrokerActions) {
        guard let identifier = answer.identifier else { return }
        counters.messagesAcknowledged += 1
        guard answer.qos == .exactlyOnce else {
            acknowledge(identifier, answer.qos, reason: .success, answer.connection, into: &actions)
            return
        }
        // The client may have come back on another connection and sent it again: that one is answered.
        guard case .uncommitted(let connection)? = sessions[answer.session]?.inbound[identifier] else { return }
        sessions[answer.session]?.inbound[identifier] = .committed
        acknowledge(identifier, answer.qos, reason: .success, connection, into: &actions)
    }

    /// Takes back that a QoS 2 message is here; the answer goes to the connection that sent it last.
    private mutating func forgetting(_ answer: PublicationAnswer) -> PublicationAnswer {
        guard answer.qos == .exactlyOnce, let identifier = answer.identifier,
            case .uncommitted(let connection)? = sessions[answer.session]?.inbound[identifier]
        else { return answer }
        sessions[answer.session]?.inbound[identifier] = nil
        return PublicationAnswer(
            connection: connection, session: answer.session, identifier: identifier, qos: answer.qos)
    }

    /// Gives back the places in queues that a message will not need.
    private mutating func release(_ publication: PendingPublication) {
        for delivery in publication.deliveries where delivery.reservation != nil {
            sessions[delivery.session]?.outbox.release(cost: publication.message.cost)
        }
    }

    mutating func reportRouted(_ token: String, _ deliveries: [Delivery], into actions: inout BrokerActions) {
        var online: [MQTTString] = []
        var queued: [MQTTString] = []
        for delivery in deliveries {
            guard let session = sessions[delivery.session] else { continue }
            if session.connection == nil { queued.append(session.name) } else { online.append(session.name) }
        }
        actions.deliveries.append(.routed(token: token, online: online, queued: queued))
    }
}
