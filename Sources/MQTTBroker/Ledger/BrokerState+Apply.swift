internal import MQTTCodec

extension BrokerState {
    /// What a committed entry does to the state. A ledger on a database does the same in its own words; this is the
    /// measure it is held against.
    public mutating func apply(_ entry: BrokerLedgerEntry) {
        switch entry {
        case .publication(let publication):
            if let identifier = publication.exactlyOnceIdentifier {
                sessions[publication.client.session]?.inboundIdentifiers.insert(identifier)
            }
            if publication.isWill { wills[publication.client.session] = nil }
            store(publication.message, targets: publication.targets)
        case .serverPublication(let publication):
            store(publication.message, targets: publication.targets)
        case .session(let change):
            apply(change)
        case .delivery: break
        }
    }

    private mutating func store(_ message: Message, targets: [QueuedDelivery]) {
        lastMessageID = max(lastMessageID, message.id)
        if message.retain { retained[message.topic] = message.payload.isEmpty ? nil : message }
        for delivery in targets {
            sessions[delivery.client]?.queue.append(StoredDelivery(message: message, delivery: delivery))
        }
    }

    private mutating func apply(_ change: SessionChange) {
        switch change {
        case .connected(let opening):
            let client = opening.client.session
            wills[client] = opening.will.map {
                StoredWill(client: opening.client, will: $0, keepAlive: opening.keepAlive)
            }
            if !opening.isResumed { sessions[client] = nil }
            guard opening.expiryInterval > 0 || opening.isResumed else { return }
            sessions[client, default: StoredSession(expiryInterval: 0)].expiryInterval = opening.expiryInterval
            sessions[client]?.disconnectedAt = nil
            sessions[client]?.owner = opening.owner
            sessions[client]?.generation = opening.client.generation
            sessions[client]?.quotaAddress = opening.client.quotaAddress
            sessions[client]?.inFlight = opening.inFlight
        case .disconnected(let closing):
            let client = closing.client.session
            switch closing.will {
            case .unchanged: break
            case .discarded: wills[client] = nil
            case .due(let at): wills[client]?.dueAt = at
            }
            if closing.expiryInterval == 0 {
                sessions[client] = nil
            } else {
                sessions[client]?.expiryInterval = closing.expiryInterval
                sessions[client]?.disconnectedAt = closing.at
                markSent(closing.sent, client: client)
            }
        case .absent(let client, let since, let sent):
            sessions[client]?.disconnectedAt = since
            markSent(sent, client: client)
        case .ended(let client, _):
            sessions[client] = nil
        case .subscribed(let client, let added):
            for subscription in added {
                sessions[client]?.subscriptions[subscription.subscription.filter] = subscription
            }
        case .unsubscribed(let client, let filters):
            for filter in filters { sessions[client]?.subscriptions[filter] = nil }
        case .inboundReleased(let client, let identifier):
            sessions[client]?.inboundIdentifiers.remove(identifier)
        case .outboundQueued(let message, let delivery):
            sessions[delivery.client]?.queue.append(StoredDelivery(message: message, delivery: delivery))
        case .outboundReceived(let client, let identifier):
            guard let index = position(of: identifier, client: client) else { return }
            sessions[client]?.queue[index].isReceived = true
        case .outboundCompleted(let client, let identifier):
            remove([identifier], client: client)
        case .outboundDropped(let client, let identifiers):
            remove(identifiers, client: client)
        case .willDropped(let client):
            wills[client] = nil
        }
    }

    private mutating func markSent(_ identifiers: [PacketIdentifier], client: MQTTString) {
        for identifier in identifiers {
            guard let index = position(of: identifier, client: client) else { continue }
            sessions[client]?.queue[index].isSent = true
        }
    }

    private func position(of identifier: PacketIdentifier, client: MQTTString) -> Int? {
        sessions[client]?.queue.firstIndex { $0.delivery.packetIdentifier == identifier }
    }

    private mutating func remove(_ identifiers: [PacketIdentifier], client: MQTTString) {
        for identifier in identifiers {
            guard let index = position(of: identifier, client: client) else { continue }
            sessions[client]?.queue.remove(at: index)
        }
    }
}
