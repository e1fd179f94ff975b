internal import MQTTCodec

extension BrokerCore {
    // MARK: SUBSCRIBE

    /// Subscriptions of kept sessions count when the ledger has them, the others at once; of those it is told behind.
    mutating func subscribe(
        _ subscribe: Subscribe, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard let client = connections[handle]?.client else { return }
        let identifier = subscribe.properties.subscriptionIdentifiers.first
        let most = client.rights?.subscriptions ?? configuration.limits.subscriptionsPerSession
        let held = (sessions[session]?.subscriptions.count ?? 0) + (sessions[session]?.memory.filtersOnTheirWay ?? 0)
        var room = most - held
        var bytes = roomToRemember(for: session)
        var reserved = FiltersOnTheirWay()
        var reasons: [ReasonCode] = []
        var granted: [StoredSubscription] = []
        // Where in `granted` a filter is: of several of one packet the last counts, and it is stored once.
        var places: [TopicFilter: Int] = [:]
        let isBridge = connections[handle]?.isBridge == true
        for asked in subscribe.subscriptions {
            let wanted = isBridge ? asked.forBridge : asked
            let isNew = sessions[session]?.subscriptions[wanted.filter] == nil && places[wanted.filter] == nil
            if wanted.filter.levelCount > configuration.limits.topicLevels || isShareNameTooLong(wanted.filter) {
                reasons.append(.topicFilterInvalid)
            } else if isNew, room <= 0 || wanted.filter.cost > bytes {
                reasons.append(.quotaExceeded)
            } else if let refusal = authorizer.refusalToSubscribe(client, filter: wanted.filter) {
                reasons.append(refusal.isAllowed(in: .suback) && refusal.isFailure ? refusal : .notAuthorized)
            } else {
                if isNew {
                    room -= 1
                    bytes -= wanted.filter.cost
                    reserved.add(wanted.filter)
                }
                reasons.append(.granted(wanted.maximumQoS))
                let stored = StoredSubscription(subscription: wanted, identifier: identifier)
                if let place = places[wanted.filter] {
                    granted[place] = stored
                } else {
                    places[wanted.filter] = granted.count
                    granted.append(stored)
                }
            }
        }
        for reason in reasons where reason.isFailure {
            counters.subscriptionsRefusedByReason[reason, default: 0] += 1
        }
        let pending = PendingSubscribe(
            connection: handle, session: session, packetIdentifier: subscribe.packetIdentifier, reasons: reasons,
            granted: granted, reserved: reserved)
        sessions[session]?.memory.reserve(reserved)
        let isKept = sessions[session]?.isKept == true && !granted.isEmpty
        if !isKept { subscribed(pending, .committed, now: now, into: &actions) }
        guard !granted.isEmpty else { return }
        submit(
            .session(.subscribed(client: client.session, granted)), then: isKept ? .subscribe(pending) : .nothing,
            into: &actions)
    }

    mutating func subscribed(
        _ pending: PendingSubscribe, _ outcome: CommitOutcome, now: Moment, into actions: inout BrokerActions
    ) {
        sessions[pending.session]?.memory.release(pending.reserved)
        guard outcome == .committed else {
            failStorage(of: pending.session, now: now, into: &actions)
            return
        }
        var walks: [RetainedDelivery] = []
        for stored in pending.granted {
            let isNew = add(stored, to: pending.session)
            if let walk = retainedDelivery(stored, isNew: isNew) { walks.append(walk) }
        }
        let handle = pending.connection
        guard connections[handle]?.isOnline == true else { return }
        let suback = Suback(packetIdentifier: pending.packetIdentifier, reasons: pending.reasons)
        answer(.suback(suback), to: handle, now: now, into: &actions)
        guard !walks.isEmpty else { return }
        // What is being stored was routed without these subscriptions: the retained messages are looked at behind it.
        if self.pending.isEmpty {
            startWalks(walks, handle, now: now, into: &actions)
        } else {
            self.pending.append(.retained(handle, walks))
        }
    }

    /// Whether the session did not have that filter before.
    private mutating func add(_ stored: StoredSubscription, to session: SessionHandle) -> Bool {
        guard sessions[session] != nil else { return false }
        let filter = stored.subscription.filter
        let replaced = sessions[session]?.subscriptions.updateValue(stored, forKey: filter)
        if replaced == nil { sessions[session]?.memory.filters += filter.cost }
        subscriptions.subscribe(Subscriber(stored, session: session), to: filter)
        return replaced == nil
    }

    // MARK: UNSUBSCRIBE

    mutating func unsubscribe(
        _ unsubscribe: Unsubscribe, _ handle: ConnectionHandle, _ session: SessionHandle, now: Moment,
        into actions: inout BrokerActions
    ) {
        guard let client = connections[handle]?.client else { return }
        let held = unsubscribe.filters.filter { sessions[session]?.subscriptions[$0] != nil }
        let reasons: [ReasonCode] = unsubscribe.filters.map { held.contains($0) ? .success : .noSubscriptionExisted }
        let isKept = sessions[session]?.isKept == true && !held.isEmpty
        if !isKept {
            unsubscribed(unsubscribe, reasons, handle, session, .committed, now: now, into: &actions)
        }
        guard !held.isEmpty else { return }
        submit(
            .session(.unsubscribed(client: client.session, held)),
            then: isKept ? .unsubscribe(handle, session, unsubscribe, reasons) : .nothing, into: &actions)
    }

    mutating func unsubscribed(
        _ unsubscribe: Unsubscribe, _ reasons: [ReasonCode], _ handle: ConnectionHandle, _ session: SessionHandle,
        _ outcome: CommitOutcome, now: Moment, into actions: inout BrokerActions
    ) {
        guard outcome == .committed else {
            failStorage(of: session, now: now, into: &actions)
            return
        }
        for filter in unsubscribe.filters {
            guard sessions[session]?.subscriptions.removeValue(forKey: filter) != nil else { continue }
            sessions[session]?.memory.filters -= filter.cost
            subscriptions.unsubscribe(session, from: filter)
        }
        guard connections[handle]?.isOnline == true else { return }
        let unsuback = Unsuback(packetIdentifier: unsubscribe.packetIdentifier, reasons: reasons)
        answer(.unsuback(unsuback), to: handle, now: now, into: &actions)
    }
}

extension Subscription {
    /// The same as a bridge means it, which cannot say so before 5.0: what is kept here is to be kept on its other side, and
    /// what came from there is not to go back and round for ever.
    fileprivate var forBridge: Subscription {
        var subscription = self
        subscription.retainAsPublished = true
        // Of a shared subscription the specification forbids it ([MQTT-3.8.3-4]).
        subscription.noLocal = !filter.isShared
        return subscription
    }
}

extension Subscriber {
    init(_ stored: StoredSubscription, session: SessionHandle) {
        self.init(
            session: session, maximumQoS: stored.subscription.maximumQoS, noLocal: stored.subscription.noLocal,
            retainAsPublished: stored.subscription.retainAsPublished, identifier: stored.identifier ?? 0)
    }
}
