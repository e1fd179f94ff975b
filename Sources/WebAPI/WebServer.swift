public import HubModel
import HummingbirdCore
public import Live
import LiveSocket
public import Logging
public import NIOCore
public import SolutionKit
import Synchronization

/// The hub's web server: the routes, the live socket and the pages on one address.
///
/// Its life: made (which reads the pages' files), `run` until the end, `shutDown` to end it. It fits
/// ServiceLifecycle's `Service` as it is, and then also ends by a graceful shutdown of its group.
public final class WebServer: Sendable {
    private let server: Server<HTTP1WebSocketChannel>
    private let stopTimeout: Duration
    private let isStopping: IsStopping
    private let impatience: (signals: AsyncStream<Void>, source: AsyncStream<Void>.Continuation)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: where it listens, what it serves and allows.
    ///   - routes: what solutions and other rooms offer; the server adds `/health`, `/ready`, `/metrics`,
    ///     `/openapi.json` and `/api/system`.
    ///   - live: what `/ws` shows.
    ///   - metrics: whose figures `/metrics` shows, besides those of requests and of the process.
    ///   - system: the facts for `/api/system`.
    ///   - readiness: whether the hub can take work, for `/ready`; while the server stops it is not asked.
    ///   - clock: the time.
    ///   - eventLoopGroup: the threads for the sockets.
    ///   - logger: where failures, and at `debug` requests, are written.
    ///   - listening: told the bound address as soon as connections are accepted.
    /// - Throws: `RouteError` when routes contradict each other.
    public init(
        configuration: WebConfiguration, routes: [Route], live: LiveHub, metrics: [any MetricsSource],
        system: @escaping @Sendable () async throws -> SystemFacts, readiness: @escaping @Sendable () -> Readiness,
        clock: any WallClock, eventLoopGroup: any EventLoopGroup, logger: Logger,
        listening: @escaping @Sendable (SocketAddress) async -> Void
    ) throws(RouteError) {
        let limits = configuration.limits
        let isStopping = IsStopping()
        let figures = RequestFigures()
        let own = SystemRoutes(
            version: configuration.version, metrics: metrics + [figures, ProcessFigures()],
            readiness: { isStopping.value ? .notReady("stopping") : readiness() }, system: system)
        let site = StaticSite(
            web: configuration.webDirectory, vendor: configuration.vendorDirectory, pages: configuration.pages)
        for shortcoming in site.shortcomings {
            logger.warning("The pages are not complete", metadata: ["reason": .string(shortcoming)])
        }
        let check = ClientCheck(allowedHosts: configuration.allowedHosts)
        let responder = WebResponder(
            table: try RouteTable(own.routes(beside: routes)), site: site, check: check, figures: figures,
            limits: limits,
            clock: clock, logger: logger)
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = limits.maximumHeadBytes
        decoder.maxHeaderListSize = limits.maximumHeadBytes
        decoder.maxHeaderFieldCount = limits.maximumHeaders
        let http = HTTP1Channel(
            responder: { request, writer, channel in try await responder.respond(to: request, writer, channel) },
            configuration: HTTP1Channel.Configuration(
                idleTimeout: limits.idleTimeout, httpDecoderConfiguration: decoder))
        let door = LiveDoor(hub: live, version: configuration.version, check: check)
        // What the library tells about each start and connection is not for the hub's log.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        self.server = Server(
            childChannelSetup: HTTP1WebSocketChannel(
                http: http,
                endpoint: door.endpoint(limits: WebSocketLimits(), firstRequestTimeout: limits.idleTimeout)),
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.maximumConnections, logger: quiet)),
            onServerRunning: { channel in
                if let address = channel.localAddress { await listening(address) }
            },
            eventLoopGroup: eventLoopGroup, logger: quiet)
        self.stopTimeout = limits.stopTimeout
        self.isStopping = isStopping
        let (signals, source) = AsyncStream.makeStream(of: Void.self)
        self.impatience = (signals, source)
    }

    /// Serves until `shutDown`, cancellation, or a graceful shutdown of the service group it runs in.
    /// - Throws: the error of the socket when the address cannot be bound.
    public func run() async throws {
        let server = server
        let signals = impatience.signals
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // Ends by cancellation once the server has ended; a signal means that it takes too long to end.
                for await _ in signals { return }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Ends the server: accepts nothing more, lets requests in flight finish, closes live sockets with 1001; what is
    /// still there after the time allowed for it is cut off. Returns when all connections are closed.
    public func shutDown() async {
        isStopping.set()
        let server = server
        let stopTimeout = stopTimeout
        let source = impatience.source
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.shutdownGracefully() }
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
