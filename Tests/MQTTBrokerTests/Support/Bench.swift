import MQTTBroker
import MQTTCodec
import Testing
import Transport

/// A broker core on the bench: no sockets, a clock that stands still until it is moved, a ledger that answers at once
/// or when told to, and clients that read what the core sends with the decoder of a real client.
final class Bench {
    /// How the ledger behaves.
    enum LedgerMode {
        /// Commits at once.
        case immediate
        /// Commits when `commit` is called.
        case manual
    }

    var core: BrokerCore
    var now: Moment
    var mode: LedgerMode
    let rules: Rules
    let configuration: BrokerConfiguration
    /// What survives a crash: the committed entries, applied in order.
    private(set) var stored: BrokerState
    private(set) var committed: [BrokerLedgerEntry] = []
    private(set) var uncommitted: [BrokerLedgerEntry] = []
    private(set) var deliveries: [DeliveryEvent] = []
    private(set) var peers: [ConnectionHandle: Peer] = [:]
    /// Whether the authenticator answers only when `authenticate` is called.
    var holdsAuthentications = false
    private(set) var asked: [(connection: ConnectionHandle, attempt: ConnectAttempt)] = []
    /// Closed by the core, and not told it yet that the socket is gone.
    private var closing: [ConnectionHandle] = []
    private var nonce: UInt64 = 0

    init(
        _ configuration: BrokerConfiguration = BrokerConfiguration(), mode: LedgerMode = .immediate,
        rules: Rules = Rules(), state: BrokerState = BrokerState(), now: Moment = Bench.start
    ) {
        self.configuration = configuration
        self.mode = mode
        self.rules = rules
        self.now = now
        stored = state
        core = BrokerCore(configuration: configuration, authorizer: rules, state: state, now: now)
    }

    static let start = Moment(uptime: 1_000_000, wall: 1_700_000_000_000_000)

    /// The broker after SIGKILL: a new core with what the ledger had, and a clock that went on.
    func afterCrash(milliseconds: Int64 = 1_000, mode: LedgerMode? = nil) -> Bench {
        let later = Moment(uptime: 5_000 + milliseconds, wall: now.wall + milliseconds * 1000)
        return Bench(configuration, mode: mode ?? self.mode, rules: rules, state: stored, now: later)
    }

    /// The broker after SIGTERM: its clients are sent away, the ledger answers, and a new core goes on.
    func afterStop(milliseconds: Int64 = 1_000) -> Bench {
        commitAll()
        handle(.shutDown)
        commitAll()
        return afterCrash(milliseconds: milliseconds)
    }

    // MARK: Driving

    func handle(_ event: BrokerEvent) {
        var actions = BrokerActions()
        core.handle(event, now: now, into: &actions)
        perform(actions)
    }

    /// Lets time pass, in steps of the wheel.
    func advance(milliseconds: Int64) {
        var left = milliseconds
        while left > 0 {
            let step = min(left, 250)
            now = Moment(
                uptime: now.uptime + step, wall: now.wall + step * 1000, elapsed: now.elapsed + step)
            handle(.tick)
            left -= step
        }
    }

    /// A test moves the clock: sessions, wills, messages and rates get older, connections do not.
    func leap(milliseconds: Int64) {
        now = Moment(
            uptime: now.uptime, wall: now.wall + milliseconds * 1000, elapsed: now.elapsed + milliseconds)
        handle(.tick)
    }

    /// The machine slept: time has passed, and nobody saw it pass.
    func sleep(milliseconds: Int64) {
        now = Moment(
            uptime: now.uptime + milliseconds, wall: now.wall + milliseconds * 1000,
            elapsed: now.elapsed + milliseconds)
        handle(.tick)
    }

    /// Has the ledger answer the oldest entries.
    func commit(_ outcomes: [CommitOutcome]) {
        for outcome in outcomes { answer(outcome) }
    }

    func commitAll(_ outcome: CommitOutcome = .committed) {
        while !uncommitted.isEmpty { answer(outcome) }
    }

    private func answer(_ outcome: CommitOutcome) {
        let entry = uncommitted.removeFirst()
        if outcome == .committed {
            stored.apply(entry)
            committed.append(entry)
        }
        handle(.committed([outcome]))
    }

    private func perform(_ first: BrokerActions) {
        var actions = first
        var rounds = 0
        while !actions.isEmpty || core.wantsTurn, rounds < 10_000 {
            rounds += 1
            deliveries += actions.deliveries
            uncommitted += actions.entries
            var touched: Set<ConnectionHandle> = []
            for item in actions.items { perform(item, actions.bytes, &touched) }
            var next = BrokerActions()
            for (connection, attempt) in actions.authentications {
                guard !holdsAuthentications else {
                    asked.append((connection, attempt))
                    continue
                }
                core.handle(.authenticated(rules.decision(attempt), connection), now: now, into: &next)
            }
            for (session, client) in actions.standings {
                core.handle(.standing(rules.standing(client), session), now: now, into: &next)
            }
            for connection in touched {
                guard let peer = peers[connection] else { continue }
                core.handle(.flushed(unsent: peer.unread, connection), now: now, into: &next)
            }
            if mode == .immediate, !uncommitted.isEmpty {
                let batch = uncommitted
                uncommitted = []
                for entry in batch { stored.apply(entry) }
                committed += batch
                core.handle(.committed(batch.map { _ in .committed }), now: now, into: &next)
            }
            let gone = closing
            closing = []
            for connection in gone { core.handle(.closed(connection), now: now, into: &next) }
            if next.isEmpty, core.wantsTurn {
                let before = next.items.count
                core.turn(now: now, into: &next)
                // Whoever waits now waits for an event.
                if next.items.count == before, next.entries.isEmpty { break }
            }
            actions = next
        }
    }

    private func perform(_ item: BrokerAction, _ bytes: [UInt8], _ touched: inout Set<ConnectionHandle>) {
        switch item {
        case .send(let send):
            var packet = Array(bytes[send.offset..<send.offset + send.count])
            if let patch = send.patch {
                packet[0] = patch.firstByte
                if patch.identifierAt > 0 {
                    packet[patch.identifierAt] = UInt8(patch.identifier >> 8)
                    packet[patch.identifierAt + 1] = UInt8(patch.identifier & 0xFF)
                }
            }
            peers[send.connection]?.take(packet)
            touched.insert(send.connection)
        case .close(let connection), .abort(let connection):
            guard peers[connection]?.isClosed == false else { return }
            peers[connection]?.isClosed = true
            closing.append(connection)
        case .pauseReading(let connection): peers[connection]?.isReadingPaused = true
        case .resumeReading(let connection): peers[connection]?.isReadingPaused = false
        }
    }

    /// Has the authenticator answer the oldest questions.
    func authenticate(_ count: Int = 1) {
        for _ in 0..<min(count, asked.count) {
            let (connection, attempt) = asked.removeFirst()
            handle(.authenticated(rules.decision(attempt), connection))
        }
    }

    // MARK: Clients

    /// A network connection on which nothing was said yet.
    func dial(_ version: ProtocolVersion = .v5_0, from address: String = "127.0.0.1") -> BenchClient {
        nonce += 1
        var actions = BrokerActions()
        let handle = core.open(
            ConnectionPeer(text: "\(address):\(nonce)", address: IPAddress(address)),
            nonce: ConnectionNonce(high: nonce, low: nonce), now: now, into: &actions)
        defer { perform(actions) }
        peers[handle] = Peer(version: version)
        return BenchClient(bench: self, handle: handle, version: version)
    }

    /// A client that is let in. Its CONNACK is read off.
    @discardableResult
    func connect(
        _ identifier: String, _ version: ProtocolVersion = .v5_0, clean: Bool = true, expiry: UInt32? = nil,
        keepAlive: UInt16 = 0, will: Will? = nil, properties: Properties = .none, isBridge: Bool = false
    ) -> BenchClient {
        let client = dial(version)
        client.connect(
            identifier, clean: clean, expiry: expiry, keepAlive: keepAlive, will: will, properties: properties,
            isBridge: isBridge)
        if mode == .immediate {
            client.takeConnack()
        }
        return client
    }

    func read(_ handle: ConnectionHandle) -> [Packet] {
        defer { peers[handle]?.packets = [] }
        return peers[handle]?.packets ?? []
    }

    /// Whether the client's network takes nothing.
    func stall(_ handle: ConnectionHandle, _ isStalled: Bool) {
        peers[handle]?.isStalled = isStalled
        guard !isStalled else { return }
        peers[handle]?.unread = 0
        self.handle(.flushed(unsent: 0, handle))
    }

    func drop(_ handle: ConnectionHandle) {
        peers[handle]?.isClosed = true
        self.handle(.closed(handle))
    }
}

/// The other end of a connection.
struct Peer {
    var decoder: PacketDecoder
    var packets: [Packet] = []
    var isClosed = false
    var isStalled = false
    var isReadingPaused = false
    /// Bytes that a stalled peer has not taken.
    var unread = 0
    /// Bytes of everything it was sent.
    var total = 0

    init(version: ProtocolVersion) {
        decoder = PacketDecoder(receiver: .client(version))
    }

    mutating func take(_ bytes: [UInt8]) {
        total += bytes.count
        if isStalled { unread += bytes.count }
        switch decoder.decode(bytes.span) {
        case .packet(let packet, let consumed):
            #expect(consumed == bytes.count)
            packets.append(packet)
        case .needMoreBytes, .failure:
            Issue.record("the broker sent what no client can read: \(bytes)")
        }
    }
}

/// Rights that a test can change while the broker runs. Confined to the test's own thread.
final class Rules: BrokerAuthorizer, @unchecked Sendable {
    // Only the test that made it touches it, and the core it drives on the same thread: never two at once.
    var forbiddenTopics: Set<String> = []
    /// Whether the rights of the client decide, as `RightsAuthorizer` has it.
    var usesRights = false
    var forbidsRetained = false
    var asideTopics: Set<String> = []
    var forbiddenFilters: Set<String> = []
    /// How a client stands whose will is due after a restart.
    var standing: (ConnectedClient) -> ClientStanding = {
        .accepted(AcceptedClient(userName: $0.userName, owner: $0.owner, sessionOwner: $0.sessionOwner))
    }
    var decision: (ConnectAttempt) -> AuthenticationDecision = { .accepted(userName: $0.userName?.description) }

    func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision {
        if retain, forbidsRetained { return .refused }
        if usesRights { return RightsAuthorizer().publishing(client, to: topic, retain: retain) }
        if asideTopics.contains(topic.description) { return .setAside }
        return forbiddenTopics.contains(topic.description) ? .refused : .granted
    }

    func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? {
        if usesRights { return RightsAuthorizer().refusalToSubscribe(client, filter: filter) }
        return forbiddenFilters.contains(filter.description) ? .notAuthorized : nil
    }
}
