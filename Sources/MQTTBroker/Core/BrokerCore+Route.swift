internal import MQTTCodec

extension BrokerCore {
    /// Who gets the message. Places in queues are reserved now, with their packet identifiers, so that the queues of
    /// kept sessions (`targets`) are stored together with the message.
    mutating func route(
        _ message: Message, publisher: SessionHandle?, targets: inout [QueuedDelivery],
        storage: ServerMessage.Storage = .durable, into actions: inout BrokerActions
    ) -> [Delivery] {
        matches.begin()
        subscriptions.match(message.topic, into: &matches.found, groups: &matches.groups)
        if matches.found.isEmpty, matches.groups.isEmpty { return [] }
        matches.merge(publisher: publisher, sessionSlots: sessions.capacity)
        chooseMembers()
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(matches.matches.count)
        for index in matches.matches.indices {
            let match = matches.matches[index]
            guard let delivery = place(message, match, storage: storage, into: &actions) else { continue }
            deliveries.append(delivery)
            guard let reservation = delivery.reservation, storage != .memory,
                sessions[match.session]?.isKept == true, let client = sessions[match.session]?.name
            else { continue }
            targets.append(
                QueuedDelivery(
                    client: client, packetIdentifier: reservation.identifier, qos: delivery.qos,
                    retain: delivery.retain, subscriptionIdentifiers: delivery.subscriptionIdentifiers,
                    place: reservation.place))
        }
        return deliveries
    }

    /// One member of each shared subscription, connected and with room if there is such a one.
    private mutating func chooseMembers() {
        for group in matches.groups {
            if let member = nextMember(of: group) { matches.add(member) }
        }
    }

    private mutating func nextMember(of group: ShareGroupReference) -> Subscriber? {
        let sessions = self.sessions
        let most = configuration.limits.queuedMessages
        return subscriptions.nextMember(of: group) { member in
            sessions[member.session]?.connection != nil && (sessions[member.session]?.outbox.count ?? 0) < most
        }
    }

    /// Gives a message that came by a shared subscription to another of its members, now that the session which had it is
    /// over (4.8.2). Not one of QoS 2 whose delivery has begun ([MQTT-4.8.2-5]).
    mutating func handOver(
        _ outgoing: Outgoing, from session: Session, now: Moment, into actions: inout BrokerActions
    ) -> Bool {
        let mayBeGiven =
            switch outgoing.state {
            case .waiting: outgoing.expiresAt > now.elapsed
            case .sent: outgoing.qos == .atLeastOnce
            case .received, .releasing: false
            }
        // What carries a token is kept by the server itself.
        guard outgoing.isShared, mayBeGiven, outgoing.message.token == nil else { return false }
        let shares = session.subscriptions.keys.filter { $0.isShared && $0.unshared.matches(outgoing.message.topic) }
        for share in shares.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
            guard let group = subscriptions.group(of: share), let member = nextMember(of: group),
                let delivery = place(
                    outgoing.message, MatchSpace.Match(member, isShared: true), storage: .durable, into: &actions)
            else { continue }
            send(outgoing.message, by: delivery, now: now, into: &actions)
            return true
        }
        return false
    }

    /// Delivers a message that is stored already to one session more; behind the ledger's answer if that keeps it.
    mutating func send(
        _ message: Message, by delivery: Delivery, now: Moment, into actions: inout BrokerActions
    ) {
        guard let reservation = delivery.reservation, sessions[delivery.session]?.isKept == true,
            let client = sessions[delivery.session]?.name
        else {
            deliver(message, [delivery], now: now, into: &actions)
            return
        }
        let queued = QueuedDelivery(
            client: client, packetIdentifier: reservation.identifier, qos: delivery.qos, retain: delivery.retain,
            subscriptionIdentifiers: delivery.subscriptionIdentifiers, place: reservation.place)
        submit(
            .session(.outboundQueued(message, queued)),
            then: .publication(
                PendingPublication(message: message, answer: nil, deliveries: [delivery], changesRetained: false)),
            into: &actions)
    }

    private mutating func place(
        _ message: Message, _ match: MatchSpace.Match, storage: ServerMessage.Storage,
        into actions: inout BrokerActions
    ) -> Delivery? {
        let qos = min(message.qos, match.maximumQoS)
        let retain = match.retainAsPublished && message.retain
        if qos == .atMostOnce || storage != .durable {
            // Only for those who are there.
            guard sessions[match.session]?.connection != nil else { return nil }
        }
        guard qos > .atMostOnce else {
            return Delivery(
                session: match.session, qos: qos, retain: retain, reservation: nil,
                subscriptionIdentifiers: match.subscriptionIdentifiers, isShared: match.isShared)
        }
        let limits = configuration.limits
        guard hasRoomToQueue(message, in: match.session),
            let reservation = sessions[match.session]?.outbox.reserve(
                cost: message.cost, maximumCount: limits.queuedMessages, maximumBytes: limits.queuedBytes)
        else {
            counters.messagesDropped += 1
            if let token = message.token, let client = sessions[match.session]?.name {
                actions.deliveries.append(.dropped(token: token, client: client))
            }
            return nil
        }
        return Delivery(
            session: match.session, qos: qos, retain: retain, reservation: reservation,
            subscriptionIdentifiers: match.subscriptionIdentifiers, isShared: match.isShared)
    }
}
