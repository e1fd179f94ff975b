internal import DeviceDoors
internal import Foundation
internal import HubModel
internal import Ingest
internal import Live
internal import Logging
internal import MQTTBroker
internal import NIOCore
internal import NIOPosix
internal import Registry
internal import ServiceLifecycle
internal import SolutionKit
internal import UnixSignals
internal import WebAPI

/// The whole hub: the one place that names concrete types. Starts in the order of dependency and stops in the reverse.
struct House {
    let configuration: Configuration
    let clock = SystemClock()

    /// Runs until SIGTERM or SIGINT, and returns when everything that was taken is stored and acknowledged.
    func run() async throws {
        var logger = Logger(label: "martlet")
        logger.logLevel = configuration.logLevel
        OpenFiles.raiseLimit()
        let pages = try WebFolder.find(configuration.web)
        let folder = try DataFolder(configuration.data)
        defer { folder.unlock() }
        let stored = try await Stored.open(
            folder, retentionDays: configuration.retentionDays, now: clock.now(), logger: logger)
        try await serve(stored, folder, pages, logger)
        try await stored.close()
    }

    private func serve(_ stored: Stored, _ folder: DataFolder, _ pages: WebFolder, _ logger: Logger) async throws {
        let live = LiveHub(clock: clock)
        let outbound = BrokerOutbound()
        let line = IngestLine(lineParts(stored, live: live, outbound: outbound, logger: logger))
        let doors = Doors(ready: folder.ready)
        let broker = BrokerHandle()
        let figures = StoreFigures()
        let reporter = BrokerReporter(
            version: Version.text, clock: clock, live: live, line: line, statistics: { broker.statistics },
            publish: { broker.publish($0) })
        let web = try webServer(
            stored, line: line, live: live, reporter: reporter, doors: doors,
            metrics: [line, BrokerMetrics { broker.statistics }, live, figures], pages: pages, logger: logger)

        var services: [any Service] = [
            LineService(line: line),
            MaintenanceService(stored: stored, figures: figures, line: line, clock: clock, logger: logger),
            BrokerService(
                configuration: brokerConfiguration, state: try sessions(of: stored, logger), line: line,
                outbound: outbound, broker: broker, doors: doors),
            ReporterService(reporter: reporter, doors: doors),
            WebService(server: web, address: configuration.http),
        ]
        if configuration.isDemo { services.append(DemoService(doors: doors, clock: clock)) }
        // At debug the library prints every part of the house whole.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    // A door that cannot open ends the program, but in good order.
                    .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }

    private func lineParts(_ stored: Stored, live: LiveHub, outbound: BrokerOutbound, logger: Logger) -> LineParts {
        LineParts(
            solutions: Solutions.all, services: LineServices(devices: DeviceRegistry(), commands: CommandRegistry()),
            database: stored.database, store: stored.store, clock: clock, live: live, outbound: outbound,
            configuration: lineConfiguration,
            log: TroubleLog(logger: logger, clock: clock).take)
    }

    private func webServer(
        _ stored: Stored, line: IngestLine, live: LiveHub, reporter: BrokerReporter, doors: Doors,
        metrics: [any MetricsSource],
        pages: WebFolder, logger: Logger
    ) throws -> WebServer {
        let services = WebServices(
            database: stored.database, history: StoredHistory(store: stored.store), line: line,
            commands: CommandRegistry(),
            clock: clock)
        let isOpen = Locked(false)
        let facts = HubFacts(startedAt: clock.now(), configuration: configuration, services: services, doors: doors)
        return try WebServer(
            configuration: WebConfiguration(
                host: configuration.http.host, port: configuration.http.port, version: Version.text,
                webDirectory: pages.web,
                vendorDirectory: pages.vendor, pages: ["/", "/nodes", "/nodes/*", "/broker"]),
            routes: Solutions.all.flatMap { $0.routes(services) } + reporter.routes, live: live, metrics: metrics,
            system: { try await facts.system() }, readiness: { readiness(isOpen.get(), line) },
            clock: clock,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            listening: { address in
                await doors.opened(
                    http: HostPort(host: configuration.http.host, port: address.port ?? configuration.http.port))
                guard await doors.mqttAddress() != nil else { return }
                isOpen.set(true)
            })
    }

    private func sessions(of stored: Stored, _ logger: Logger) throws -> BrokerState {
        try StoredSessions.load(from: stored.database) { table in
            logger.error("A damaged row of the broker's sessions was left out", metadata: ["table": .string(table)])
        }
    }

    /// Not ready before all doors are open, and for half a minute after a batch that could not be stored.
    private func readiness(_ isOpen: Bool, _ line: IngestLine) -> Readiness {
        guard isOpen else { return .notReady("starting") }
        if let failure = line.figures.lastFailure, clock.now() < failure.advanced(bySeconds: 30) {
            return .notReady("changes cannot be stored")
        }
        return .ready
    }

    private var brokerConfiguration: BrokerConfiguration {
        var broker = BrokerConfiguration()
        broker.host = configuration.mqtt.host
        broker.port = configuration.mqtt.port
        return broker
    }

    /// The line takes whatever the broker may have on its way, so that only the broker pushes devices back, by not
    /// reading.
    private var lineConfiguration: LineConfiguration {
        var line = LineConfiguration()
        let limits = brokerConfiguration.limits
        line.queueItems = limits.uncommittedEntries * 2
        line.queueBytes = limits.uncommittedBytes * 2
        return line
    }
}
