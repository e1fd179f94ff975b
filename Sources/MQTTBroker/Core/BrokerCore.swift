internal import MQTTCodec

/// The broker as a value: events in, actions out, no socket, no clock and no randomness of its own.
///
/// It is made of values that know one thing each: connections, sessions with their outboxes, the subscription tree, the
/// retained messages, the entries that the ledger has not answered, and two timer wheels. The extensions follow a packet
/// on its way: `+Open`, `+Connect`, `+Bounds`, `+Publish`, `+Rate`, `+Commit`, `+Deliver`, `+Acknowledge`, `+Subscribe`,
/// `+Retained`, `+Close`, `+Wills`, `+Timers`, `+Server`, `+State`.
package struct BrokerCore {
    let configuration: BrokerConfiguration
    let authorizer: any BrokerAuthorizer
    var connections = Slab<Connection, ConnectionKind>()
    var pool: AdmissionPool
    var authentications = Authentications()
    /// Connections that are not read because their clients publish too fast.
    var throttled: [ConnectionHandle] = []
    var sessions = SessionTable()
    var subscriptions = SubscriptionTree()
    var retained = RetainedStore()
    /// What to do when the ledger answers, in the order of the entries.
    var pending = Ring<PendingCommit>()
    /// Bytes of the messages among them.
    var pendingBytes = 0
    var connectionWheel: TimerWheel<ConnectionHandle>
    var sessionWheel: TimerWheel<SessionHandle>
    var counters = BrokerCounters()
    var lastMessageID: UInt64
    /// Bytes on the way to all connections that their networks have not taken.
    var totalUnsent = 0
    /// Connections with more retained messages to send: looked at again in the next turn.
    var waiting: [ConnectionHandle] = []
    /// Connections held up by others, whose bytes fill what all may have on the way: looked at again in the next tick.
    var heldUp: [ConnectionHandle] = []
    /// Work space of a match, kept so that a match allocates nothing.
    var matches = MatchSpace()
    /// Sessions whose clients were connected when the server stopped, and since when they are without them (microseconds
    /// since 1970): the ledger is told before anything else happens.
    var unsettled: (sessions: [SessionHandle], since: Int64) = ([], 0)
    /// How many clients the authenticator is asked about whose wills are due.
    var standingsAsked = 0
    var dueConnections: [(key: ConnectionHandle, step: Int64)] = []
    var dueSessions: [(key: SessionHandle, step: Int64)] = []

    /// A broker that goes on from `state`.
    package init(
        configuration: BrokerConfiguration, authorizer: any BrokerAuthorizer, state: BrokerState = BrokerState(),
        now: Moment
    ) {
        self.configuration = configuration
        self.authorizer = authorizer
        pool = AdmissionPool(limits: configuration.limits)
        lastMessageID = state.lastMessageID
        connectionWheel = TimerWheel(step: 250, size: 1024, now: now.uptime)
        sessionWheel = TimerWheel(step: 250, size: 1024, now: now.elapsed)
        restore(state, now: now)
    }

    /// Takes an event and appends what has to be done.
    package mutating func handle(_ event: consuming BrokerEvent, now: Moment, into actions: inout BrokerActions) {
        if !unsettled.sessions.isEmpty { settle(into: &actions) }
        switch consume event {
        case .packet(let packet, let connection):
            receive(packet, on: connection, now: now, into: &actions)
        case .undecodable(let failure, let refusal, let connection):
            reject(failure, refusal: refusal, on: connection, now: now, into: &actions)
        case .proxied(let origin, let connection):
            proxied(connection, origin, into: &actions)
        case .unfinished(let bytes, let connection):
            unfinished(bytes, connection, now: now, into: &actions)
        case .secured(let certificate, let connection):
            connections[connection]?.peer.certificate = certificate
            connections[connection]?.peer.isSecure = true
        case .authenticated(let decision, let connection):
            authenticated(decision, connection, now: now, into: &actions)
        case .standing(let standing, let session):
            answered(standing, session, now: now, into: &actions)
        case .closed(let connection):
            socketClosed(connection, now: now, into: &actions)
        case .flushed(let unsent, let connection):
            flushed(unsent: unsent, connection, now: now, into: &actions)
        case .committed(let outcomes):
            for outcome in outcomes { committed(outcome, now: now, into: &actions) }
        case .publish(let messages):
            for message in messages { publish(message, now: now, into: &actions) }
        case .disconnect(let client, let reason, let endSession):
            disconnect(client, reason, endSession: endSession, now: now, into: &actions)
        case .disconnectOwner(let owner, let reason, let endSessions, let revision, let rights):
            disconnect(
                owner: owner, reason, endSessions: endSessions, olderThan: revision, rights: rights, now: now,
                into: &actions)
        case .forgetRetained(let filters): forgetRetained(filters, now: now, into: &actions)
        case .tick:
            tick(now: now, into: &actions)
        case .shutDown:
            shutDown(now: now, into: &actions)
        }
    }

    /// Whether so much waits for the ledger that nothing more should be read.
    package var isOverloaded: Bool {
        pending.count >= configuration.limits.uncommittedEntries
            || pendingBytes >= configuration.limits.uncommittedBytes
    }

    /// Whether half of what overload means is done, and reading may go on.
    package var hasRecovered: Bool {
        pending.count <= configuration.limits.uncommittedEntries / 2
            && pendingBytes <= configuration.limits.uncommittedBytes / 2
    }

    /// Whether there is work left that waits for no event: the shell comes back with `turn` soon.
    package var wantsTurn: Bool { !waiting.isEmpty }

    /// Entries that the ledger has not answered.
    package var uncommittedEntries: Int { pending.count }

    /// Entries in the order of those that have not been let in; a test looks at it.
    package var rememberedStrangers: Int { pool.remembered }

    /// Connections whose socket is not gone.
    package var openConnections: Int { connections.count }

    // MARK: Packets

    private mutating func receive(
        _ packet: Packet, on handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        guard connections[handle]?.isClosing == false else { return }
        counters.packetsReceived += 1
        connections[handle]?.lastActivity = now.uptime
        if case .connect(let connect) = packet {
            self.connect(connect, on: handle, now: now, into: &actions)
            return
        }
        // The shell holds back what follows a CONNECT until it is answered.
        guard connections[handle]?.isOnline == true, let session = connections[handle]?.session else {
            violate(.protocolError, handle, now: now, into: &actions)
            return
        }
        switch packet {
        case .publish(let publish):
            receive(publish, on: handle, session: session, now: now, into: &actions)
        case .puback(let answer): acknowledged(answer, handle, session, now: now, into: &actions)
        case .pubrec(let answer): received(answer, handle, session, now: now, into: &actions)
        case .pubrel(let answer): released(answer, handle, session, now: now, into: &actions)
        case .pubcomp(let answer): completed(answer, handle, session, now: now, into: &actions)
        case .subscribe(let subscribe):
            self.subscribe(subscribe, handle, session, now: now, into: &actions)
        case .unsubscribe(let unsubscribe):
            self.unsubscribe(unsubscribe, handle, session, now: now, into: &actions)
        case .pingreq: send(.pingresp, to: handle, into: &actions)
        case .disconnect(let disconnect):
            receive(disconnect, on: handle, session: session, now: now, into: &actions)
        // No authentication method was agreed on, so there is nothing to exchange (4.12).
        case .auth: violate(.badAuthenticationMethod, handle, now: now, into: &actions)
        case .connect, .connack, .suback, .unsuback, .pingresp:
            violate(.protocolError, handle, now: now, into: &actions)
        }
    }

    /// Sends a packet that is not a PUBLISH; false if it is larger than the client takes ([MQTT-3.1.2-24]).
    @discardableResult
    mutating func send(_ packet: Packet, to handle: ConnectionHandle, into actions: inout BrokerActions) -> Bool {
        guard let version = connections[handle]?.version, let most = connections[handle]?.maximumPacketSize,
            let count = actions.send(packet, to: handle, version: version, most: most)
        else { return false }
        account(count, handle, into: &actions)
        counters.packetsSent += 1
        return true
    }

    /// Sends an answer without which the client would wait for ever; if it takes no packet so large, it hears that.
    mutating func answer(
        _ packet: Packet, to handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        guard !send(packet, to: handle, into: &actions) else { return }
        end(handle, .serverDisconnected(.packetTooLarge), tell: .packetTooLarge, now: now, into: &actions)
    }

    /// Counts bytes on their way to a connection; a client that takes none is not read from either.
    mutating func account(_ count: Int, _ handle: ConnectionHandle, into actions: inout BrokerActions) {
        totalUnsent += count
        counters.bytesSent += UInt64(count)
        connections[handle]?.unsent += count
        guard let unsent = connections[handle]?.unsent, unsent > configuration.limits.unsentBytes,
            connections[handle]?.isReadingPaused == false
        else { return }
        connections[handle]?.isReadingPaused = true
        if connections[handle]?.isThrottled == false { actions.items.append(.pauseReading(handle)) }
    }

    /// The network has taken bytes.
    private mutating func flushed(
        unsent: Int, _ handle: ConnectionHandle, now: Moment, into actions: inout BrokerActions
    ) {
        guard let before = connections[handle]?.unsent else { return }
        totalUnsent += unsent - before
        connections[handle]?.unsent = unsent
        // Only packets are signs of life ([MQTT-3.1.2-22]). While we read none because its network is slow, taking bytes is
        // the only one that a client can give.
        if unsent < before, connections[handle]?.isReadingPaused == true {
            connections[handle]?.lastActivity = now.uptime
        }
        guard connections[handle]?.isOnline == true, unsent < configuration.limits.unsentBytes / 2 else { return }
        if connections[handle]?.isReadingPaused == true {
            connections[handle]?.isReadingPaused = false
            if connections[handle]?.isThrottled == false { actions.items.append(.resumeReading(handle)) }
        }
        if let session = connections[handle]?.session, sessions[session]?.outbox.isAllActive == false {
            pump(session, now: now, into: &actions)
        }
        continueWalks(handle, now: now, into: &actions)
    }

    /// Hands an entry to the ledger, and remembers what its answer sets free.
    mutating func submit(_ entry: BrokerLedgerEntry, then next: PendingCommit, into actions: inout BrokerActions) {
        actions.entries.append(entry)
        pending.append(next)
        pendingBytes += next.cost
    }
}
