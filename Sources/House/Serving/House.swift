internal import Commands
internal import DeviceDoors
internal import DeviceStates
internal import Foundation
internal import HubModel
internal import Ingest
internal import Live
internal import Logging
internal import MQTTBroker
internal import NIOCore
internal import NIOPosix
internal import Registry
internal import SQL
internal import ServiceLifecycle
internal import SolutionKit
internal import Transport
internal import Trust
internal import UnixSignals
internal import WebAPI

/// The whole hub: the one place that names concrete types. Starts in the order of dependency and stops in the reverse.
struct House {
    let configuration: Configuration
    let solutions: Solutions
    let clock: any HouseClock
    private let commands: CommandsRoom
    /// The door by which a test moves the clock; nil: it is the machine's.
    private let clockDoor: ClockDoor?

    init(configuration: Configuration, solutions: Solutions) {
        let door = configuration.testClock.map { ClockDoor(clock: TestClock($0.begin), path: $0.path) }
        self.init(
            configuration: configuration, solutions: solutions, clock: door?.clock ?? SystemClock(), clockDoor: door)
    }

    private init(
        configuration: Configuration, solutions: Solutions, clock: any HouseClock, clockDoor: ClockDoor?
    ) {
        self.configuration = configuration
        self.solutions = solutions
        self.clock = clock
        commands = CommandsRoom(rhythm: clock)
        self.clockDoor = clockDoor
    }

    /// Runs until SIGTERM or SIGINT, and returns when everything that was taken is stored and acknowledged.
    func run() async throws {
        var logger = Logger(label: "martlet")
        logger.logLevel = configuration.logLevel
        OpenFiles.raiseLimit()
        for name in configuration.unknownNames {
            logger.warning(
                "A name in the environment is no setting and was ignored", metadata: ["name": .string(name)])
        }
        let pages = try WebFolder.find(configuration.web, more: solutions.pageFolders)
        let certificates = try DoorCertificates(configuration)
        let folder = try DataFolder(configuration.data)
        defer { folder.unlock() }
        try folder.claim(forDemo: configuration.isDemo)
        let stored = try await Stored.open(
            folder, solutions, retentionDays: configuration.retentionDays, oldestDays: configuration.oldestDays,
            now: clock.now(),
            logger: logger)
        do {
            try await requireAuthority(stored, logger)
        } catch {
            try? await stored.close()
            throw error
        }
        let house = House(
            configuration: try withinDescriptors(logger), solutions: solutions, clock: clock, clockDoor: clockDoor)
        try await house.serve(stored, folder, pages, certificates, logger)
        try await stored.close()
    }

    private func serve(
        _ stored: Stored, _ folder: DataFolder, _ pages: WebFolder, _ certificates: DoorCertificates, _ logger: Logger
    ) async throws {
        let authority = AuthorityWatch(path: certificates.authorityFile, logger: logger)
        let live = LiveHub(configuration: liveConfiguration, clock: clock)
        let outbound = BrokerOutbound()
        let states = DeviceStateFigures()
        let line = IngestLine(lineParts(stored, live: live, outbound: outbound, states: states, logger: logger))
        let accounts = try await Accounts.open(
            configuration, solutions, stored, line: line, clock: clock, logger: logger)
        let demonstration = Demonstration(solutions)
        let (entry, demoKeys) = try await Entry.prepare(configuration, demonstration, accounts, stored, clock: clock)
        let installation = Installation(data: configuration.data)
        let doors = Doors(
            ready: folder.ready, expected: Door.expected(configuration),
            greeting: { Greeting.text(entry, $0, installation) }, logger: logger)
        let broker = BrokerHandle()
        let admission = configuration.isOpen ? nil : accounts.admission
        let owners = ConnectedOwners(LineLedger(line: line, admission: admission))
        let figures = StoreFigures(of: stored.store)
        let reporter = BrokerReporter(
            version: Version.text, clock: clock, rhythm: clock, live: live, line: line,
            statistics: { broker.statistics }, publish: { broker.publish($0) })
        let own = HouseSchedules(
            stored: stored, line: line, clock: clock, retention: retention,
            logger: logger)
        let background = Background(solutions.all, webServices(stored, line), hub: own.all)
        let web = try webServer(
            stored, line: line, live: live, accounts: accounts, reporter: reporter, background: background,
            doors: doors, owners: owners, certificates: certificates,
            metrics: [
                line, BrokerMetrics { broker.statistics }, live, figures, states, stored.blobs, background.figures,
            ] + accounts.metrics,
            pages: pages,
            logger: logger)

        var services: [any Service] = [
            LineService(line: line),
            MaintenanceService(
                stored: stored, folder: folder, authority: authority, clock: clock, logger: logger),
            BrokerService(
                configuration: brokerConfiguration(certificates, logger), line: line,
                state: try sessions(of: stored, logger), ledger: owners, admission: admission,
                refusals: DoorRefusals(line: line, clock: clock), outbound: outbound, clock: clock.broker,
                broker: broker, doors: doors),
            WatchService(
                accounts: accounts, database: stored.database, line: line, broker: broker, doors: doors,
                rhythm: clock, trouble: TroubleLog(logger: logger, clock: clock)),
            ReporterService(reporter: reporter, doors: doors),
        ]
        services += background.runners(stored.database, line, clock: clock, doors: doors, logger: logger)
        services += [
            WebService(
                server: web, line: line, addresses: [configuration.http, configuration.https].compactMap { $0 },
                doors: doors),
            ReloadService(certificates: certificates.all, authority: authority, logger: logger) {
                _ = try? await sayAuthority(stored, logger)
            },
        ]
        if configuration.isDemo {
            services.append(
                DemoService(
                    demonstration: demonstration, doors: doors, services: webServices(stored, line), clock: clock,
                    keys: demoKeys, logger: logger))
        }
        if let clockDoor {
            logger.warning("A test moves this hub's clock", metadata: ["socket": .string(clockDoor.path)])
            services.append(ClockService(door: clockDoor, line: line, broker: broker))
        }
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

    /// Nobody who shows a certificate is to be turned away without a word because a file of the authority is gone or another.
    /// - Throws: `SettingError` when the door for them cannot open as it should.
    private func requireAuthority(_ stored: Stored, _ logger: Logger) async throws {
        let problems = try await sayAuthority(stored, logger)
        guard configuration.mqtts != nil, let fatal = problems.first(where: \.isFatal) else { return }
        throw SettingError("\(fatal.sentence) (in \(configuration.data))")
    }

    /// Says what is wrong with the hub's own authority, unless another is named.
    @discardableResult
    private func sayAuthority(_ stored: Stored, _ logger: Logger) async throws -> [AuthorityFiles.Problem] {
        guard configuration.clientAuthority == nil else { return [] }
        let now = clock.now()
        let valid = try await stored.database.read { try DeviceCredentials.countValid(at: now, in: $0) }
        let problems = AuthorityFiles(data: configuration.data).problems(valid)
        for problem in problems {
            logger.error(
                "The certificate authority of devices is damaged or missing",
                metadata: ["what": .string(problem.sentence)])
        }
        return problems
    }

    private var retention: Retention {
        Retention(tasks: solutions.retentionTasks, settings: configuration.declared)
    }

    /// An open hub takes devices as they come; a closed one knows those that people have added or approved.
    private var devices: DeviceRegistry {
        DeviceRegistry(
            limitPerAddress: configuration.limits[.devicesPerAddress],
            admission: configuration.isOpen ? .byContact : .byPeople)
    }

    private func lineParts(
        _ stored: Stored, live: LiveHub, outbound: BrokerOutbound, states: DeviceStateFigures, logger: Logger
    ) -> LineParts {
        LineParts(
            solutions: solutions.all,
            services: LineServices(
                devices: devices, commands: CommandRegistry(), audit: AuditRegistry(), settings: configuration.declared),
            commands: commands.makeHandler, database: stored.database, store: stored.store, clock: clock, live: live,
            outbound: outbound, observers: [{ DeviceStates(figures: states) }], configuration: lineConfiguration,
            log: TroubleLog(logger: logger, clock: clock).take)
    }

    private func webServices(_ stored: Stored, _ line: IngestLine) -> WebServices {
        WebServices(
            database: stored.database, history: StoredHistory(store: stored.store), line: line,
            devices: devices, commands: CommandRegistry(), audit: AuditRegistry(), clock: clock, blobs: stored.blobs,
            settings: configuration.declared)
    }

    private func webServer(
        _ stored: Stored, line: IngestLine, live: LiveHub, accounts: Accounts, reporter: BrokerReporter,
        background: Background, doors: Doors, owners: ConnectedOwners, certificates: DoorCertificates,
        metrics: [any MetricsSource], pages: WebFolder,
        logger: Logger
    ) throws -> WebServer {
        let services = webServices(stored, line)
        let report = SystemReport(
            startedAt: clock.now(), configuration: configuration, solutions: solutions.all, services: services,
            doors: doors)
        let routes =
            solutions.all.compactMap { $0 as? any OffersRoutes }.flatMap { $0.routes(services) }
            + commands.routes(services, forms: solutions.commandForms) + reporter.routes
            + accounts.people.routes
            + accounts.deviceRoutes(services, owners)
            + LinkRoutes(services: services, registry: devices, kinds: solutions.catalogue.links).all
            + AuditRoutes(
                services: services, actions: solutions.catalogue.auditActions.map(\.declared.name)
            ).all
            + [
                Installation(data: configuration.data).route, solutions.catalogue.route,
                RetentionRoute(retention: retention, services: services).route,
                BackgroundRoute(figures: background.figures).route,
            ]
        try solutions.catalogue.check(routes)
        let addresses = [(Door.http, configuration.http)] + (configuration.https.map { [(Door.https, $0)] } ?? [])
        return try WebServer(
            configuration: webConfiguration(pages, certificates, logger),
            parts: WebParts(
                routes: routes, gate: accounts.gate, live: live, metrics: metrics,
                system: { caller, _ in try await report.facts(for: caller) },
                readiness: { readiness(doors, line, stored) }, clock: clock, rhythm: clock),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            listening: { place, address in
                let (door, wanted) = addresses[place]
                doors.opened(door, HostPort(host: wanted.host, port: address.port ?? wanted.port))
            })
    }

    private func webConfiguration(
        _ pages: WebFolder, _ certificates: DoorCertificates, _ logger: Logger
    ) -> WebConfiguration {
        var listeners = [WebListener(host: configuration.http.host, port: configuration.http.port)]
        if let https = configuration.https {
            listeners.append(WebListener(host: https.host, port: https.port, tls: certificates.https))
        }
        var web = WebConfiguration(
            listeners: listeners, version: Version.text, webDirectory: pages.web, morePages: pages.more,
            vendorDirectory: pages.vendor,
            pages: ["/", "/broker", "/sign-in", "/setup", "/account", "/admin", "/admin/*", "/docs"]
                + solutions.catalogue.solutions.flatMap { [$0.path, "\($0.path)/*"] },
            allowedHosts: configuration.hosts, publicOrigins: configuration.publicOrigins,
            allowedOrigins: configuration.allowedOrigins, trustedProxies: configuration.trustedProxies)
        let limits = configuration.limits
        web.limits.maximumConnections = limits[.httpConnections]
        web.limits.maximumConnectionsPerAddress = limits[.httpConnectionsPerAddress]
        web.limits.maximumNewConnections = limits[.httpStrangers]
        web.limits.liveMessagesPerSecond = limits[.liveMessagesPerSocket]
        web.budget = budget("http", limits[.httpConnections], logger)
        return web
    }

    private var liveConfiguration: LiveConfiguration {
        LiveConfiguration(
            maximumSockets: configuration.limits[.liveSockets],
            maximumSocketsPerAccount: configuration.limits[.liveSocketsPerAccount],
            maximumPublicSockets: configuration.limits[.publicSockets],
            maximumPublicSocketsPerAddress: configuration.limits[.publicSocketsPerAddress])
    }

    private func sessions(of stored: Stored, _ logger: Logger) throws -> BrokerState {
        try StoredSessions.load(from: stored.database) { table in
            logger.error("A damaged row of the broker's sessions was left out", metadata: ["table": .string(table)])
        }
    }

    /// Not ready before all doors are open, while the database's files are not in their place, and for half a minute after a
    /// batch that could not be stored.
    private func readiness(_ doors: Doors, _ line: IngestLine, _ stored: Stored) -> Readiness {
        guard stored.isInPlace else { return .notReady(StorageWatch.reason) }
        guard doors.areOpen else { return .notReady("starting") }
        if let failure = line.figures.lastFailure, clock.now() < failure.advanced(bySeconds: 30) {
            return .notReady("changes cannot be stored")
        }
        return .ready
    }

    private func brokerConfiguration(_ certificates: DoorCertificates, _ logger: Logger) -> BrokerConfiguration {
        var broker = BrokerConfiguration()
        let proxies = configuration.usesProxyProtocol ? configuration.trustedProxies : .none
        broker.listeners = [
            ListenerConfiguration(
                host: configuration.mqtt.host, port: configuration.mqtt.port, trustedProxies: proxies)
        ]
        if let mqtts = configuration.mqtts {
            broker.listeners.append(
                ListenerConfiguration(
                    host: mqtts.host, port: mqtts.port, tls: certificates.mqtts, trustedProxies: proxies))
        }
        let limits = configuration.limits
        broker.limits.connections = limits[.mqttConnections]
        broker.limits.connectionsPerAddress = limits[.mqttConnectionsPerAddress]
        broker.limits.unadmittedConnections = limits[.mqttStrangers]
        broker.limits.unadmittedConnectionsPerAddress = limits[.mqttStrangersPerAddress]
        broker.budget = budget("mqtt", limits[.mqttConnections] + limits[.mqttStrangers], logger)
        let rate = limits[.messagesPerDevice]
        broker.limits.messageRate = MessageRate(perSecond: rate, burst: rate * House.messageBurst)
        let ofAddress = limits[.messagesPerAddress]
        broker.limits.addressMessageRate = MessageRate(perSecond: ofAddress, burst: ofAddress * House.messageBurst)
        broker.limits.packetSize = limits[.packetBytes]
        setSessionLimits(&broker.limits)
        return broker
    }

    private func setSessionLimits(_ broker: inout BrokerLimits) {
        let limits = configuration.limits
        broker.sessions = limits[.sessions]
        broker.sessionsPerOwner = limits[.sessionsPerOwner]
        broker.sessionsPerAddress = limits[.sessionsPerAddress]
        broker.rememberedBytes = limits[.sessionBytes]
        broker.rememberedBytesPerOwner = limits[.sessionBytesPerOwner]
        broker.subscriptionsPerSession = limits[.subscriptionsPerDevice]
        broker.queuedBytes = limits[.sessionQueueBytes]
        broker.queuedMessages = limits[.sessionQueueMessages]
        broker.totalQueuedBytes = limits[.queueBytes]
        broker.queuedBytesPerOwner = limits[.queueBytesPerOwner]
        broker.unreleasedIdentifiers = limits[.unreleasedIdentifiers]
        broker.unreleasedIdentifiersPerOwner = limits[.unreleasedIdentifiersPerOwner]
        broker.retainedMessages = limits[.retainedMessages]
        broker.retainedMessagesPerOwner = limits[.retainedMessagesPerOwner]
        broker.retainedBytes = limits[.retainedBytes]
        broker.retainedBytesPerOwner = limits[.retainedBytesPerOwner]
    }

    /// Messages of one client that may come at once, for each that may come in a second.
    private static let messageBurst = 10

    /// The line takes whatever the broker may have on its way, so that only the broker pushes devices back, by not
    /// reading.
    private var lineConfiguration: LineConfiguration {
        var line = LineConfiguration()
        let limits = BrokerLimits()
        line.queueItems = limits.uncommittedEntries * 2
        line.queueBytes = limits.uncommittedBytes * 2
        return line
    }
}
