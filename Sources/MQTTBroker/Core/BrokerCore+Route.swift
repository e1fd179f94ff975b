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
                    retain: delivery.retain, subscriptionIdentifiers: delivery.subscriptionIdentifiers))
        }
        return deliveries
    }

    /// One member of each shared subscription, connected and with room if there is such a one.
    private mutating func chooseMembers() {
        guard !matches.groups.isEmpty else { return }
        let sessions = self.sessions
        let most = configuration.limits.queuedMessages
        for group in matches.groups {
            let member = subscriptions.nextMember(of: group) { member in
                sessions[member.session]?.connection != nil && (sessions[member.session]?.outbox.count ?? 0) < most
            }
            if let member { matches.add(member) }
        }
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
                subscriptionIdentifiers: match.subscriptionIdentifiers)
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
            subscriptionIdentifiers: match.subscriptionIdentifiers)
    }
}
