internal import DequeModule
package import MQTTCodec

extension ClientSession {
    /// How many filters a renewed SUBSCRIBE carries at most; keeps it far below any server's packet limit.
    private static let filtersPerPacket = 64

    /// Subscribes now, or when there is a connection. `identifier` is a subscription identifier of 5.0.
    package mutating func subscribe(
        _ subscriptions: [Subscription], identifier: UInt32?, ticket: UInt64, _ actions: inout [ClientAction]
    ) throws(MQTTClientError) {
        try add(Operation(kind: .subscribe(subscriptions, identifier: identifier), ticket: ticket), &actions)
    }

    /// Unsubscribes now, or when there is a connection.
    package mutating func unsubscribe(
        _ filters: [TopicFilter], ticket: UInt64, _ actions: inout [ClientAction]
    ) throws(MQTTClientError) {
        try add(Operation(kind: .unsubscribe(filters), ticket: ticket), &actions)
    }

    private mutating func add(_ operation: Operation, _ actions: inout [ClientAction]) throws(MQTTClientError) {
        if phase == .over { throw .closed }
        do throws(EncodeFailure) {
            _ = try packet(for: operation, .first).encodedSize(version: settings.version)
        } catch {
            throw .notEncodable(error)
        }
        guard waitingOperations.count + operations.count < min(settings.maximumQueued, 1_024) else { throw .queueFull }
        waitingOperations.append(operation)
        sendOperations(&actions)
    }

    mutating func sendOperations(_ actions: inout [ClientAction]) {
        guard phase == .online else { return }
        while let operation = waitingOperations.popFirst() { send(operation, &actions) }
    }

    private mutating func send(_ operation: Operation, _ actions: inout [ClientAction]) {
        let identifier = freeIdentifier()
        operations[identifier] = operation
        actions.append(.send(packet(for: operation, identifier)))
    }

    func packet(for operation: Operation, _ identifier: PacketIdentifier) -> Packet {
        switch operation.kind {
        case .subscribe(let subscriptions, let number):
            let properties: Properties =
                settings.version == .v5_0 ? number.map { [.subscriptionIdentifier($0)] } ?? .none : .none
            return .subscribe(
                Subscribe(packetIdentifier: identifier, subscriptions: subscriptions, properties: properties))
        case .unsubscribe(let filters):
            return .unsubscribe(Unsubscribe(packetIdentifier: identifier, filters: filters))
        }
    }

    mutating func answered(
        _ identifier: PacketIdentifier, _ reasons: [ReasonCode], _ actions: inout [ClientAction]
    ) {
        guard let operation = operations[identifier] else { return }
        switch operation.kind {
        case .subscribe(let subscriptions, let number):
            guard reasons.count == subscriptions.count else { return violation(&actions) }
            for (subscription, reason) in zip(subscriptions, reasons) {
                note(subscription, number, reason, isRenewal: operation.ticket == nil, &actions)
            }
        case .unsubscribe(let filters):
            guard settings.version != .v5_0 || reasons.count == filters.count else { return violation(&actions) }
            subscriptions.removeAll { filters.contains($0.subscription.filter) }
        }
        operations[identifier] = nil
        if let ticket = operation.ticket { actions.append(.answered(ticket: ticket, reasons)) }
    }

    private mutating func note(
        _ subscription: Subscription, _ number: UInt32?, _ reason: ReasonCode, isRenewal: Bool,
        _ actions: inout [ClientAction]
    ) {
        let place = subscriptions.firstIndex { $0.subscription.filter == subscription.filter }
        if reason.isFailure {
            if let place { subscriptions.remove(at: place) }
            if isRenewal { actions.append(.resubscribeRefused(subscription.filter, reason)) }
            return
        }
        let standing = Standing(subscription: subscription, identifier: number)
        if let place { subscriptions[place] = standing } else { subscriptions.append(standing) }
    }

    /// The server has no session: tell it all subscriptions again, those with one identifier together.
    mutating func resubscribe(_ actions: inout [ClientAction]) {
        var renewals: [(number: UInt32?, subscriptions: [Subscription])] = []
        for standing in subscriptions {
            if let last = renewals.last, last.number == standing.identifier,
                last.subscriptions.count < Self.filtersPerPacket
            {
                renewals[renewals.count - 1].subscriptions.append(standing.subscription)
            } else {
                renewals.append((standing.identifier, [standing.subscription]))
            }
        }
        for renewal in renewals {
            send(
                Operation(kind: .subscribe(renewal.subscriptions, identifier: renewal.number), ticket: nil), &actions)
        }
    }
}
