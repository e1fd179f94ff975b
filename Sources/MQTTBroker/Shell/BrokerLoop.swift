internal import MQTTCodec
internal import NIOCore
internal import Synchronization

/// The core and everything it acts on, on one event loop: no lock, and no hop for a message.
///
/// Events of one round of the event loop (all sockets that had something to read) are taken first; then one turn
/// performs what they asked for: one call to the ledger, one flush for each connection.
final class BrokerLoop {
    private let eventLoop: any EventLoop
    private let configuration: BrokerConfiguration
    private let services: BrokerServices
    let clock: BrokerClock
    private let published: PublishedStatistics
    private var core: BrokerCore
    private var actions = BrokerActions()
    /// An empty one with memory from earlier turns.
    private var spareActions = BrokerActions()
    /// By slot of the core's connection; the core reuses a slot only after `closed`.
    private var handlers: [ConnectionHandler?] = []
    private var dirty: [ConnectionHandler] = []
    private var held: [ConnectionHandler] = []
    /// What the authenticator is doing for connections that are still there.
    private var deciding: [ConnectionHandle: Task<Void, Never>] = [:]
    private var order = CommitOrder()
    private var isTurnScheduled = false
    private var isInTurn = false
    private var ticks = 0
    private var drain = DrainState.running
    /// Those who moved the clock, and wait for what comes of it.
    private var awaitingQuiet: [() -> Void] = []
    /// Whether no connection is read: the ledger is behind, or the broker is stopping.
    private(set) var isHolding = false

    init(
        eventLoop: any EventLoop, configuration: BrokerConfiguration, services: BrokerServices, state: BrokerState,
        clock: BrokerClock, published: PublishedStatistics
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.services = services
        self.clock = clock
        self.published = published
        core = BrokerCore(
            configuration: configuration, authorizer: services.authorizer, state: state, now: clock.now())
        // What came out of the ledger is there from now on, not from the first tick on.
        published.set(core.statistics())
    }

    // MARK: Events

    func open(_ handler: ConnectionHandler, peer: ConnectionPeer) -> ConnectionHandle? {
        guard drain.isRunning else { return nil }
        let nonce = ConnectionNonce(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
        let handle = core.open(peer, nonce: nonce, now: clock.now(), into: &actions)
        if !actions.isEmpty { scheduleTurn() }
        let slot = Int(handle.index)
        while handlers.count <= slot { handlers.append(nil) }
        handlers[slot] = handler
        return handle
    }

    func closed(_ connection: ConnectionHandle) {
        handlers[Int(connection.index)] = nil
        deciding.removeValue(forKey: connection)?.cancel()
        handle(.closed(connection), now: clock.now())
    }

    func handle(_ event: consuming BrokerEvent) { handle(event, now: clock.now()) }

    func handle(_ event: consuming BrokerEvent, now: Moment) {
        core.handle(event, now: now, into: &actions)
        if core.isOverloaded { isHolding = true }
        scheduleTurn()
    }

    /// Remembers a connection that wanted to read while none may.
    func hold(_ handler: ConnectionHandler) {
        guard !handler.isHeldByLoop else { return }
        handler.isHeldByLoop = true
        held.append(handler)
        // Connections that came and went meanwhile.
        if held.count > 2 * core.openConnections + 1_024 { held.removeAll { $0.connection == nil } }
    }

    func tick() {
        ticks += 1
        handle(.tick, now: clock.now())
        if ticks % 4 == 0 { published.set(core.statistics()) }
        advanceDrain()
    }

    /// The clock was moved: does at once what came due by that, and calls back when the ledger has answered.
    func clockWasMoved(whenQuiet: @escaping () -> Void) {
        handle(.tick)
        guard drain.isRunning else { return whenQuiet() }
        awaitingQuiet.append(whenQuiet)
        scheduleTurn()
    }

    private func tellQuiet() {
        guard !awaitingQuiet.isEmpty, !isTurnScheduled, isQuiet || !drain.isRunning else { return }
        let waiting = awaitingQuiet
        awaitingQuiet = []
        for whenQuiet in waiting { whenQuiet() }
    }

    // MARK: Turns

    private func scheduleTurn() {
        guard !isTurnScheduled, !isInTurn else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().execute { self.turn() }
    }

    private func turn() {
        isTurnScheduled = false
        isInTurn = true
        // A ledger that answers at once, and clients that take everything at once, are served in the same turn.
        for _ in 0..<4 where !actions.isEmpty { perform() }
        if core.wantsTurn { core.turn(now: clock.now(), into: &actions) }
        isInTurn = false
        releaseHeld()
        if !actions.isEmpty || core.wantsTurn { scheduleTurn() }
        advanceDrain()
        tellQuiet()
    }

    private func perform() {
        while !actions.entries.isEmpty || !actions.deliveries.isEmpty { commit() }
        let performing = actions
        actions = spareActions
        spareActions = BrokerActions()
        performing.bytes.withUnsafeBytes { bytes in
            for item in performing.items { perform(item, bytes) }
        }
        for (connection, attempt) in performing.authentications { authenticate(attempt, connection) }
        for (session, client) in performing.standings { askStanding(of: client, session) }
        let flushing = dirty
        dirty.removeAll(keepingCapacity: true)
        for handler in flushing where handler.isDirty { handler.flush() }
        spareActions = consume performing
        spareActions.removeAll()
    }

    private func perform(_ item: BrokerAction, _ bytes: UnsafeRawBufferPointer) {
        switch item {
        case .send(let send):
            guard let handler = handler(send.connection) else { return }
            // The range lies inside the bytes: the core wrote both, and neither outlives this turn.
            let range = send.offset..<send.offset + send.count
            handler.append(UnsafeRawBufferPointer(rebasing: bytes[range]), patch: send.patch)
            if !handler.isDirty {
                handler.isDirty = true
                dirty.append(handler)
            }
        case .close(let connection): handler(connection)?.close()
        case .abort(let connection): handler(connection)?.abort()
        case .pauseReading(let connection): handler(connection)?.pauseReading()
        case .resumeReading(let connection): handler(connection)?.resumeReading()
        }
    }

    private func handler(_ connection: ConnectionHandle) -> ConnectionHandler? {
        guard let handler = handlers[Int(connection.index)], handler.connection == connection else { return nil }
        return handler
    }

    // MARK: Ledger

    private func commit() {
        let answered = actions.entries.count
        // What is told waits for no answer.
        let entries = actions.entries + actions.deliveries.map(BrokerLedgerEntry.delivery)
        actions.entries = []
        actions.deliveries = []
        let number = order.issue(answered)
        let eventLoop = eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        services.ledger.commit(entries) { outcomes in
            let outcomes = Array(outcomes.prefix(answered))
            if eventLoop.inEventLoop {
                bound.value.answered(number, outcomes)
            } else {
                eventLoop.execute { bound.value.answered(number, outcomes) }
            }
        }
    }

    private func answered(_ number: UInt64, _ outcomes: [CommitOutcome]) {
        order.answer(number, outcomes)
        while let outcomes = order.next() { handle(.committed(outcomes), now: clock.now()) }
    }

    /// Lets the connections read again when the ledger has caught up.
    private func releaseHeld() {
        guard isHolding, drain.isRunning, core.hasRecovered else { return }
        isHolding = false
        let waiting = held
        held = []
        for handler in waiting { handler.isHeldByLoop = false }
        for (index, handler) in waiting.enumerated() {
            guard !isHolding else {
                for handler in waiting[index...] { hold(handler) }
                return
            }
            handler.resume()
        }
    }

    // MARK: Authentication

    private func authenticate(_ attempt: ConnectAttempt, _ connection: ConnectionHandle) {
        let authenticator = services.authenticator
        let eventLoop = eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deciding[connection] = Task {
            let decision = await authenticator.authenticate(attempt)
            eventLoop.execute { bound.value.decided(decision, connection) }
        }
    }

    private func decided(_ decision: AuthenticationDecision, _ connection: ConnectionHandle) {
        deciding[connection] = nil
        handle(.authenticated(decision, connection), now: clock.now())
    }

    private func askStanding(of client: ConnectedClient, _ session: SessionHandle) {
        let authenticator = services.authenticator
        let eventLoop = eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        Task {
            let standing = await authenticator.standing(of: client)
            eventLoop.execute { bound.value.handle(.standing(standing, session)) }
        }
    }

    // MARK: Stopping

    /// Stops: reads no more, waits for the ledger, acknowledges, says goodbye, and calls `whenDone`.
    func startDraining(whenDone: @escaping () -> Void) {
        guard drain.isRunning else { return }
        isHolding = true
        let deadline = clock.now().uptime + Int64(configuration.drainTimeout) * 1000
        drain = .committing(deadline: deadline, whenDone: whenDone)
        scheduleTurn()
    }

    private func advanceDrain() {
        let now = clock.now()
        switch drain {
        case .running, .done: return
        case .committing(let deadline, let whenDone):
            guard isQuiet || now.uptime >= deadline else { return }
            drain = .closing(deadline: deadline, whenDone: whenDone)
            handle(.shutDown, now: now)
        case .closing(let deadline, let whenDone):
            guard isQuiet && core.openConnections == 0 || now.uptime >= deadline else { return }
            drain = .done
            published.set(core.statistics())
            for handler in handlers { handler?.abort() }
            whenDone()
        }
    }

    /// Whether everything taken is stored and every answer is out.
    private var isQuiet: Bool { core.uncommittedEntries == 0 && order.isEmpty && actions.isEmpty }
}

/// How far stopping has come. Deadlines in milliseconds of uptime.
private enum DrainState {
    case running
    case committing(deadline: Int64, whenDone: () -> Void)
    case closing(deadline: Int64, whenDone: () -> Void)
    case done

    var isRunning: Bool {
        if case .running = self { return true }
        return false
    }
}

/// What the owner of the broker provides.
struct BrokerServices: Sendable {
    let ledger: any BrokerLedger
    let authenticator: any BrokerAuthenticator
    let authorizer: any BrokerAuthorizer
}

/// The last statistics, for any thread. Set once a second, so the lock costs nobody anything.
final class PublishedStatistics: Sendable {
    private let box = Mutex(BrokerStatistics())

    func set(_ statistics: BrokerStatistics) { box.withLock { $0 = statistics } }

    func get() -> BrokerStatistics { box.withLock { $0 } }
}
