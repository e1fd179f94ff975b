public import MQTTCodec
internal import NIOCore
internal import NIOPosix

/// An MQTT broker for 3.1.1 and 5.0 on TCP ports, with TLS or without.
///
/// Started, it listens until `drain` has returned; `drain` has to be called once. It keeps nothing by itself: what must
/// survive goes through the ledger, and comes back as the `BrokerState` of the next start.
public final class Broker: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let listeners: [any Channel]
    private let loop: NIOLoopBound<BrokerLoop>
    private let timer: RepeatedTask
    private let published: PublishedStatistics

    /// The ports it listens on, in the order of the configuration.
    public let ports: [Int]

    /// The port of the first listener.
    public var port: Int { ports.first ?? 0 }

    /// Starts a broker. Throws `BrokerStartFailure` if an address cannot be listened on.
    public static func start(
        _ configuration: BrokerConfiguration = BrokerConfiguration(), ledger: any BrokerLedger,
        authenticator: any BrokerAuthenticator, authorizer: any BrokerAuthorizer,
        state: BrokerState = BrokerState(), clock: BrokerClock = .machine
    ) async throws(BrokerStartFailure) -> Broker {
        let services = BrokerServices(
            ledger: ledger, authenticator: authenticator, authorizer: authorizer)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        do {
            let published = PublishedStatistics()
            let (loop, timer) = try await eventLoop.submit {
                let loop = BrokerLoop(
                    eventLoop: eventLoop, configuration: configuration, services: services, state: state,
                    clock: clock, published: published)
                let bound = NIOLoopBound(loop, eventLoop: eventLoop)
                let timer = eventLoop.scheduleRepeatedTask(
                    initialDelay: .milliseconds(250), delay: .milliseconds(250)
                ) { _ in bound.value.tick() }
                return (bound, timer)
            }.get()
            let listeners: [any Channel]
            do {
                listeners = try await BrokerListener.bind(configuration, group: group, loop: loop)
            } catch {
                timer.cancel()
                throw error
            }
            return Broker(
                group: group, eventLoop: eventLoop, listeners: listeners, loop: loop, timer: timer, published: published
            )
        } catch {
            try? await group.shutdownGracefully()
            throw error as? BrokerStartFailure
                ?? BrokerStartFailure(host: configuration.host, port: configuration.port, underlying: error)
        }
    }

    private init(
        group: MultiThreadedEventLoopGroup, eventLoop: any EventLoop, listeners: [any Channel],
        loop: NIOLoopBound<BrokerLoop>,
        timer: RepeatedTask, published: PublishedStatistics
    ) {
        self.group = group
        self.eventLoop = eventLoop
        self.listeners = listeners
        self.loop = loop
        self.timer = timer
        self.published = published
        ports = listeners.map { $0.localAddress?.port ?? 0 }
    }

    /// Publishes messages of the server's own, in order. From any thread; returns before they are sent.
    public func publish(_ messages: [ServerMessage]) {
        guard !messages.isEmpty else { return }
        let loop = loop
        eventLoop.execute { loop.value.handle(.publish(messages)) }
    }

    /// Ends the connections of a client identifier, whoever they belong to, with a reason that a 5.0 client is told; with `endSession` also drops what is kept of
    /// it. From any thread. Nothing happens if the client is not known.
    public func disconnect(
        _ client: MQTTString, reason: ReasonCode = .administrativeAction, endSession: Bool = false
    ) {
        let loop = loop
        eventLoop.execute {
            loop.value.handle(.disconnect(client: client, reason, endSession: endSession))
        }
    }

    /// Ends all connections of one owner with a reason that 5.0 clients are told (`.administrativeAction` or
    /// `.notAuthorized`); with `endSessions` also drops what is kept of them. From any thread.
    ///
    /// It also holds for connections of the owner that the authenticator is deciding on at this moment, by what it knew
    /// before: they are refused, and may come again.
    ///
    /// - Parameters:
    ///   - revision: only connections whose rights are older than this (`ClientRights.revision`); without it, all.
    ///   - rights: what the owner may do from now on; nil: nothing. A will is published only if they allow it, whatever
    ///     its connection was allowed.
    public func disconnect(
        owner: String, reason: ReasonCode = .administrativeAction, endSessions: Bool = false,
        olderThan revision: Int64 = .max, rights: ClientRights? = nil
    ) {
        let loop = loop
        eventLoop.execute {
            loop.value.handle(
                .disconnectOwner(owner, reason, endSessions: endSessions, olderThan: revision, rights: rights))
        }
    }

    /// Forgets what is retained on topics that one of these matches; subscribers hear it as an empty message. From any
    /// thread.
    public func forgetRetained(on filters: [TopicFilter]) {
        guard !filters.isEmpty else { return }
        let loop = loop
        eventLoop.execute { loop.value.handle(.forgetRetained(filters)) }
    }

    /// Does what came due because the clock was moved, and returns when that is done and the ledger has answered.
    public func clockWasMoved() async {
        let loop = loop
        await withCheckedContinuation { continuation in
            eventLoop.execute { loop.value.clockWasMoved { continuation.resume() } }
        }
    }

    /// Counts and sizes, at most a second old. From any thread.
    public var statistics: BrokerStatistics { published.get() }

    /// Stops for good: accepts and reads no more, waits until the ledger has answered, sends the acknowledgements,
    /// tells 5.0 clients *server shutting down* (0x8B), closes, and returns. Sessions are kept, and no will is
    /// published for a client that is sent away. Takes at most the drain time-out of the configuration.
    public func drain() async {
        for listener in listeners { try? await listener.close() }
        let loop = loop
        await withCheckedContinuation { continuation in
            eventLoop.execute { loop.value.startDraining { continuation.resume() } }
        }
        timer.cancel()
        try? await group.shutdownGracefully()
    }
}

/// Why a broker could not start.
public struct BrokerStartFailure: Error, Sendable, CustomStringConvertible {
    /// The address that was to be listened on.
    public let host: String
    /// The port that was to be listened on.
    public let port: Int
    /// What the system said.
    public let underlying: any Error

    /// One line for a person.
    public var description: String { "cannot listen for MQTT on \(host):\(port): \(underlying)" }
}
