internal import MQTTCodec
internal import Transport

/// What the sessions of one owner, and all together, may use. Nobody is kept out because somebody else's sessions fill the table.
extension BrokerCore {
    // MARK: Sessions

    /// Whether a client may have a session, with its will; room is made by sessions without a connection.
    mutating func makeRoom(
        for client: ConnectedClient, _ known: SessionHandle?, _ will: Will?, now: Moment,
        into actions: inout BrokerActions
    ) -> Bool {
        let owner = client.quotaOwner
        let isItsOwn = known.flatMap { sessions[$0]?.quota }.flatMap { sessions.owners.name(of: $0) } == owner
        let replaced = isItsOwn ? known.flatMap { sessions[$0]?.memory.will } ?? 0 : 0
        guard (will?.cost ?? 0) - replaced <= roomToRemember(beside: sessions.owners.use(of: owner)) || will == nil
        else { return false }
        guard isItsOwn || makeRoom(of: owner, now: now, into: &actions) else { return false }
        guard known == nil, sessions.count >= configuration.limits.sessions else { return true }
        return sessions.owners.mostUnconnected.map { giveWay($0, now: now, into: &actions) } ?? false
    }

    /// Room among an owner's own sessions.
    private mutating func makeRoom(of owner: QuotaOwner, now: Moment, into actions: inout BrokerActions) -> Bool {
        let limits = configuration.limits
        let most = owner.isAddress ? limits.sessionsPerAddress : limits.sessionsPerOwner
        // A bound that was lowered is reached again little by little.
        for _ in 0..<Self.mostGivingWay {
            guard sessions.owners.sessions(of: owner) >= most else { return true }
            guard let handle = sessions.owners.handle(of: owner), giveWay(handle, now: now, into: &actions) else {
                return false
            }
        }
        return true
    }

    /// Ends the session of an owner that has been without a connection for the longest time; false if all have one.
    private mutating func giveWay(_ owner: OwnerHandle, now: Moment, into actions: inout BrokerActions) -> Bool {
        guard let oldest = sessions.longestUnconnected(of: owner) else { return false }
        counters.sessionsDisplaced += 1
        endSession(oldest, tellLedger: true, now: now, into: &actions)
        return true
    }

    private static var mostGivingWay: Int { 32 }

    /// A new session of a client that is there.
    mutating func begin(_ key: SessionKey, _ handle: ConnectionHandle, _ client: ConnectedClient) -> SessionHandle {
        var session = Session(key, expiryInterval: 0)
        session.connection = handle
        return sessions.insert(session, for: client.quotaOwner)
    }

    // MARK: Whom it counts for

    /// The address for which a client counts; nil if it counts for the owner of its session.
    func quotaAddress(_ accepted: AcceptedClient, _ handle: ConnectionHandle) -> String? {
        guard accepted.countsByAddress || accepted.sessionOwner ?? accepted.owner == nil else { return nil }
        return connections[handle]?.peer.address?.limitKey.description ?? "unknown"
    }

    /// The same for a session that is to be stored.
    func quotaAddress(of session: Session) -> String? {
        guard case .address(let address)? = session.quota.flatMap({ sessions.owners.name(of: $0) }) else { return nil }
        return address
    }

    // MARK: Memory

    /// Bytes that the broker may yet be made to remember for an owner that uses so much.
    private func roomToRemember(beside use: SessionUse) -> Int {
        let limits = configuration.limits
        return min(
            limits.rememberedBytes - sessions.owners.total.remembered, limits.rememberedBytesPerOwner - use.remembered)
    }

    /// Bytes that the broker may yet be made to remember for a session.
    func roomToRemember(for session: SessionHandle) -> Int {
        guard let owner = sessions[session]?.quota else { return 0 }
        return roomToRemember(beside: sessions.owners.use(of: owner))
    }

    /// Whether what was last remembered for a session is within the bounds.
    func isWithinMemory(_ session: SessionHandle) -> Bool { roomToRemember(for: session) >= 0 }

    /// A packet is on its way in.
    mutating func unfinished(
        _ bytes: Int, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        // Those who are not let in have a bound of their own: the size of CONNECT.
        guard connections[handle]?.isClosing == false, let session = connections[handle]?.session,
            sessions[session]?.connection == handle, let before = sessions[session]?.memory.unfinished
        else { return }
        sessions[session]?.memory.unfinished = bytes
        guard bytes > before, !isWithinMemory(session) else { return }
        end(handle, .serverDisconnected(.quotaExceeded), tell: .quotaExceeded, now: now, into: &actions)
    }

    func isShareNameTooLong(_ filter: TopicFilter) -> Bool {
        filter.isShared && filter.matchStart - Self.shareFrame > configuration.limits.shareNameBytes
    }

    /// Bytes of `$share/` and of the slash behind the name.
    private static var shareFrame: Int { 8 }

    // MARK: Messages

    /// Whether an owner's sessions, and all together, may have one message more waiting.
    func hasRoomToQueue(_ message: Message, in session: SessionHandle) -> Bool {
        guard let owner = sessions[session]?.quota else { return false }
        let limits = configuration.limits
        return sessions.owners.total.queued + message.cost <= limits.totalQueuedBytes
            && sessions.owners.use(of: owner).queued + message.cost <= limits.queuedBytesPerOwner
    }

    /// Whether a client may use one more QoS 2 identifier before it releases those that it has used.
    func hasRoomForIdentifier(_ session: SessionHandle) -> Bool {
        guard let owner = sessions[session]?.quota else { return false }
        let limits = configuration.limits
        return sessions.owners.total.unreleased < limits.unreleasedIdentifiers
            && sessions.owners.use(of: owner).unreleased < limits.unreleasedIdentifiersPerOwner
    }

    /// Whether a client may have that message retained.
    func hasRoomToRetain(_ publish: Publish, _ topic: TopicName, _ client: ConnectedClient) -> Bool {
        let limits = configuration.limits
        let publisher = client.quotaName
        let replaced = retained.message(on: topic)
        let isItsOwn = replaced?.publisher == publisher
        let added = topic.bytes.count + publish.payload.count + publish.properties.cost
        let own = retained.use(of: publisher)
        if replaced == nil, retained.count >= limits.retainedMessages { return false }
        if !isItsOwn, own.messages >= limits.retainedMessagesPerOwner { return false }
        return retained.bytes - (replaced?.cost ?? 0) + added <= limits.retainedBytes
            && own.bytes - (isItsOwn ? replaced?.cost ?? 0 : 0) + added <= limits.retainedBytesPerOwner
    }
}

extension TopicFilter {
    /// Bytes a subscription to it counts for: the filter, and an estimate for its place in the tree, which is one for each level.
    var cost: Int { bytes.count + 64 * (levelCount + 1) }
}
