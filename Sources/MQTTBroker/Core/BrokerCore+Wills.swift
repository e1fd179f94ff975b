internal import MQTTCodec

/// Wills are debts: owed from the moment a client is let in, in the ledger and over restarts, until they are published,
/// taken away by a goodbye, or not allowed (3.1.2.5).
extension BrokerCore {
    /// Publishes the will of a client that is gone. Its rights are those of now.
    mutating func publish(_ owed: OwedWill, now: Moment, into actions: inout BrokerActions) {
        let (client, will) = (owed.client, owed.will)
        var owed = owed
        if !owed.isCounted {
            owed.isCounted = true
            takeMessage(of: client)
        }
        if let reason = refusal(of: will, client) {
            countRefused(reason)
            submit(.session(.willDropped(client: client.session)), then: .nothing, into: &actions)
            return
        }
        var properties = will.properties
        properties.remove(.willDelayInterval)
        lastMessageID += 1
        let message = Message(
            id: lastMessageID, topic: will.topic, payload: will.payload, qos: will.qos, retain: will.retain,
            properties: properties, receivedAt: now.wall, publisher: will.retain ? client.quotaName : nil)
        counters.willsPublished += 1
        accept(message, client: client, publisher: nil, answer: nil, will: owed, into: &actions)
    }

    private func refusal(of will: Will, _ client: ConnectedClient) -> ReasonCode? {
        if will.topic.isReserved { return .topicNameInvalid }
        return authorizer.publishing(client, to: will.topic, retain: will.retain) == .granted ? nil : .notAuthorized
    }

    /// The ledger would not take a will now or ever: it is not owed any more.
    mutating func dropRefusedWill(_ owed: OwedWill, into actions: inout BrokerActions) {
        submit(.session(.willDropped(client: owed.client.session)), then: .nothing, into: &actions)
    }

    /// The ledger could not take a will: it stays owed, and is tried again unless its client is back.
    mutating func oweAgain(_ owed: OwedWill, now: Moment) {
        var owed = owed
        owed.due = now.elapsed + Self.triedAgainAfter
        let key = SessionKey(owner: owed.client.sessionOwner, identifier: owed.client.identifier)
        guard let session = sessions.handle(of: key) else { return keepAlone(owed, under: key, now: now) }
        guard sessions[session]?.connection == nil, sessions[session]?.will == nil else { return }
        sessions[session]?.will = owed
        putOff(session, to: owed.due, now: now)
    }

    /// A session that is there for a will's sake alone.
    private mutating func keepAlone(_ owed: OwedWill, under key: SessionKey, now: Moment) {
        var session = Session(key, expiryInterval: 0)
        session.client = owed.client
        session.will = owed
        session.endsAt = owed.due
        let handle = sessions.insert(session, for: owed.client.quotaOwner)
        remind(handle, now: now)
    }

    /// Has the will of a session looked at again later; the session does not end before.
    private mutating func putOff(_ session: SessionHandle, to due: Int64, now: Moment) {
        sessions[session]?.will?.due = due
        if let endsAt = sessions[session]?.endsAt, endsAt < due { sessions[session]?.endsAt = due }
        remind(session, now: now)
    }

    /// Milliseconds after which something that failed is tried again.
    private static var triedAgainAfter: Int64 { 1_000 }

    // MARK: After a restart

    /// Takes over a will that was owed when the server stopped.
    ///
    /// A client that was connected then counts as connected until the time has passed that it has for a sign of life
    /// anyway: only then is it lost. If it comes back before, whatever it asks of its session, its will goes as if nothing
    /// had been. A delay that was running goes on.
    mutating func restore(_ stored: StoredWill, name: MQTTString, now: Moment) {
        let key = SessionKey(name: name, owner: stored.client.sessionOwner)
        let kept = sessions.handle(of: key)
        let expiry = kept.flatMap { sessions[$0]?.expiryInterval } ?? 0
        let delay = Int64(min(stored.will.properties.willDelayInterval ?? 0, expiry)) * 1000
        let keepAlive = stored.keepAlive > 0 ? stored.keepAlive : configuration.assumedKeepAlive
        let left =
            stored.dueAt.map { min(max(0, $0 - now.wall) / 1000, delay) } ?? max(Int64(keepAlive) * 1500, delay)
        let owed = OwedWill(
            client: stored.client.withoutRights, will: stored.will, keepAlive: stored.keepAlive,
            due: now.elapsed + left, dueAt: stored.dueAt, standing: .unknown)
        guard let kept else { return keepAlone(owed, under: key, now: now) }
        sessions[kept]?.client = owed.client
        sessions[kept]?.will = owed
        if stored.dueAt == nil { putOff(kept, to: owed.due, now: now) } else { remind(kept, now: now) }
    }

    /// A client is back at its session, with the rights that it has now.
    mutating func returned(_ client: ConnectedClient, to session: SessionHandle) {
        guard let will = sessions[session]?.will else { return }
        if will.dueAt == nil {
            sessions[session]?.will = nil
        } else {
            sessions[session]?.will?.client = client
            sessions[session]?.will?.standing = .known
        }
    }

    /// Whether a will that is due may be judged. If its client was let in before a restart, its rights are asked for: the
    /// answer brings us back.
    mutating func canJudge(
        _ will: OwedWill, of session: SessionHandle, now: Moment, into actions: inout BrokerActions
    ) -> Bool {
        switch will.standing {
        case .known: return true
        case .asked: return false
        case .unknown:
            guard standingsAsked < Self.standingsAtOnce else {
                putOff(session, to: now.elapsed + Self.triedAgainAfter / 4, now: now)
                return false
            }
            standingsAsked += 1
            sessions[session]?.will?.standing = .asked
            actions.standings.append((session, will.client))
            return false
        }
    }

    /// The authenticator has said how the client of a will stands.
    mutating func answered(
        _ standing: ClientStanding, _ session: SessionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        standingsAsked -= 1
        // The client may have come back meanwhile.
        guard case .asked? = sessions[session]?.will?.standing, let owed = sessions[session]?.will else { return }
        switch standing {
        case .accepted(let accepted) where !owed.client.isAnother(than: accepted.generation):
            sessions[session]?.will?.client = owed.client.standing(accepted)
            sessions[session]?.will?.standing = .known
            check(session, now: now, into: &actions)
        case .gone, .accepted:
            countRefused(.notAuthorized)
            sessions[session]?.will = nil
            dropRefusedWill(owed, into: &actions)
            remind(session, now: now)
        case .notKnown:
            sessions[session]?.will?.standing = .unknown
            putOff(session, to: now.elapsed + Self.triedAgainAfter, now: now)
        }
    }

    /// Enough to keep a database busy, and no more.
    private static var standingsAtOnce: Int { 16 }
}

extension ConnectedClient {
    /// The same client, before it is known what it may do now.
    fileprivate var withoutRights: ConnectedClient {
        guard rights != nil else { return self }
        return ConnectedClient(
            identifier: identifier, userName: userName, remoteAddress: remoteAddress, version: version, owner: owner,
            sessionOwner: sessionOwner, generation: generation, quotaAddress: quotaAddress)
    }

    /// The same client as it is let in now. Whose its session is does not change.
    fileprivate func standing(_ accepted: AcceptedClient) -> ConnectedClient {
        ConnectedClient(
            identifier: identifier, userName: accepted.userName, remoteAddress: remoteAddress, version: version,
            owner: accepted.owner, sessionOwner: sessionOwner, generation: accepted.generation ?? generation,
            quotaAddress: quotaAddress, rights: accepted.rights)
    }
}
