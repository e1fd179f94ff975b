import HummingbirdCore
import LiveSocket
public import Logging
public import NIOCore
import SolutionKit
import Synchronization
import Transport

/// The hub's web server: the routes, the live socket and the pages on one address or more.
///
/// Its life: made (which reads the pages' files), `run` until the end, `shutDown` to end it. It fits
/// ServiceLifecycle's `Service` as it is, and then also ends by a graceful shutdown of its group.
public final class WebServer: Sendable {
    private let servers: [Server<DoorChannel>]
    private let door: LiveDoor
    private let connections: ConnectionBook
    private let deadlines: BodyDeadlines
    private let welcomeInterval: Duration
    private let stopTimeout: Duration
    private let isStopping: IsStopping
    private let impatience: (signals: AsyncStream<Void>, source: AsyncStream<Void>.Continuation)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: where it listens, what it serves and allows.
    ///   - parts: what it shows and asks.
    ///   - eventLoopGroup: the threads for the sockets.
    ///   - logger: where failures, and at `debug` requests, are written.
    ///   - listening: told of each listener its place in the configuration and the bound address, as soon as connections
    ///     are accepted there.
    /// - Throws: `RouteError` when routes contradict each other.
    public init(
        configuration: WebConfiguration, parts: WebParts, eventLoopGroup: any EventLoopGroup, logger: Logger,
        listening: @escaping @Sendable (Int, SocketAddress) async -> Void
    ) throws(RouteError) {
        let limits = configuration.limits
        let isStopping = IsStopping()
        let figures = RequestFigures()
        let transports = TransportReader(trustedProxies: configuration.trustedProxies)
        let connections = ConnectionBook(limits: limits, transports: transports)
        let unread = UnreadAnswers(limits: limits)
        let deadlines = BodyDeadlines(limits: limits, rhythm: parts.rhythm)
        let answers = OpenAnswers()
        let readiness = parts.readiness
        let own = SystemRoutes(
            version: configuration.version,
            metrics: parts.metrics + [figures, connections, unread, deadlines, answers, ProcessFigures()],
            readiness: { isStopping.value ? .notReady("stopping") : readiness() }, system: parts.system,
            accessCookie: parts.gate.accessCookie)
        let site = StaticSite(
            web: configuration.webDirectory, more: configuration.morePages, vendor: configuration.vendorDirectory,
            pages: configuration.pages, rules: configuration.pageRules)
        for shortcoming in site.shortcomings {
            logger.warning("The pages are not complete", metadata: ["reason": .string(shortcoming)])
        }
        let check = ClientCheck(
            allowedHosts: configuration.allowedHosts, publicOrigins: configuration.publicOrigins,
            allowedOrigins: configuration.allowedOrigins)
        let responder = WebResponder(
            table: try RouteTable(try own.routes(beside: parts.routes)), site: site, check: check,
            transports: transports, gate: parts.gate, connections: connections, figures: figures, unread: unread,
            deadlines: deadlines, answers: answers, limits: limits, clock: parts.clock, logger: logger)
        let door = LiveDoor(
            hub: parts.live, version: configuration.version, check: check, transports: transports, gate: parts.gate,
            connections: connections, answers: answers, figures: figures, clock: parts.clock, rhythm: parts.rhythm,
            logger: logger)
        // What the library tells about each start and connection is not for the hub's log.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let budget = configuration.budget
        self.servers = configuration.listeners.enumerated().map { place, listener in
            Server(
                childChannelSetup: WebServer.channel(listener, responder, door, limits),
                configuration: ServerConfiguration(address: .hostname(listener.host, port: listener.port)),
                onServerRunning: { channel in
                    await WebServer.guardAccepting(on: channel, budget)
                    if let address = channel.localAddress { await listening(place, address) }
                },
                eventLoopGroup: eventLoopGroup, logger: quiet)
        }
        self.door = door
        self.connections = connections
        self.deadlines = deadlines
        self.welcomeInterval = limits.welcomeInterval
        self.stopTimeout = limits.stopTimeout
        self.isStopping = isStopping
        let (signals, source) = AsyncStream.makeStream(of: Void.self)
        self.impatience = (signals, source)
    }

    /// The library has no place for a handler of the listening socket before it listens.
    private static func guardAccepting(on channel: any Channel, _ budget: ConnectionBudget) async {
        let guarding = channel.eventLoop.submit {
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(AcceptGuard.acceptsAtOnce))
            try channel.pipeline.syncOperations.addHandler(AcceptGuard(budget), position: .first)
        }
        // It fails only on a channel that is closed, and then accepts nothing.
        try? await guarding.get()
    }

    private static func channel(
        _ listener: WebListener, _ responder: WebResponder, _ door: LiveDoor, _ limits: WebLimits
    ) -> DoorChannel {
        let isTLS = listener.tls != nil
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = limits.maximumHeadBytes
        decoder.maxHeaderListSize = limits.maximumHeadBytes
        decoder.maxHeaderFieldCount = limits.maximumHeaders
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer, channel, isTLS: isTLS)
            },
            configuration: HTTP1Channel.Configuration(
                idleTimeout: limits.idleTimeout, httpDecoderConfiguration: decoder))
        let endpoint = door.endpoint(
            limits: WebSocketLimits(
                framesPerSecond: limits.liveMessagesPerSecond,
                frameBurst: limits.liveMessagesPerSecond * WebLimits.liveMessageBurst),
            firstRequestTimeout: limits.headTimeout, isTLS: isTLS)
        return DoorChannel(
            inner: HTTP1WebSocketChannel(http: http, endpoint: endpoint), connections: responder.connections,
            headTimeout: limits.headTimeout, tls: listener.tls)
    }

    /// Serves until `shutDown`, cancellation, or a graceful shutdown of the service group it runs in.
    /// - Throws: the error of the socket when one of the addresses cannot be bound; none is served then.
    public func run() async throws {
        let servers = servers
        let signals = impatience.signals
        let (door, deadlines) = (door, deadlines)
        let interval = welcomeInterval
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await WebServer.serve(servers) }
            group.addTask {
                // Ends by cancellation once the server has ended; a signal means that it takes too long to end.
                for await _ in signals { return }
            }
            group.addTask { await door.watch(every: interval) }
            group.addTask { await deadlines.watch() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Serves on all addresses; the first that fails ends the others.
    private static func serve(_ servers: [Server<DoorChannel>]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { try await server.run() } }
            while try await group.next() != nil {}
        }
    }

    /// Ends the server: accepts nothing more, lets requests in flight finish, closes live sockets with 1001; what is
    /// still there after the time allowed for it is cut off. Returns when all connections are closed.
    public func shutDown() async {
        isStopping.set()
        connections.endAnswers()
        let servers = servers
        let stopTimeout = stopTimeout
        let source = impatience.source
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    for server in servers { group.addTask { try? await server.shutdownGracefully() } }
                }
            }
            group.addTask {
                // Cancelled when everything has ended in time.
                guard (try? await Task.sleep(for: stopTimeout)) != nil else { return }
                source.yield()
            }
            await group.next()
            group.cancelAll()
        }
    }
}

private final class IsStopping: Sendable {
    private let flag = Atomic(false)

    var value: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}
