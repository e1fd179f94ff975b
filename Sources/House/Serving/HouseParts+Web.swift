internal import Commands
internal import DeviceDoors
internal import HubModel
internal import Ingest
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Registry
internal import SolutionKit
internal import Trust
internal import WebAPI

/// Pages, API and live sockets.
extension HouseParts {
    func webServer() throws -> WebServer {
        let (configuration, clock, doors) = (house.configuration, house.clock, doors)
        let report = SystemReport(
            startedAt: clock.now(), configuration: configuration, solutions: house.solutions.all, services: services,
            doors: doors)
        let routes = routes
        try house.solutions.catalogue.check(routes)
        let addresses = [(Door.http, configuration.http)] + (configuration.https.map { [(Door.https, $0)] } ?? [])
        let (stored, line) = (stored, line)
        return try WebServer(
            configuration: house.webConfiguration(pages, certificates, logger),
            parts: WebParts(
                routes: routes, gate: accounts.gate, live: live, metrics: metrics,
                system: { caller, _ in try await report.facts(for: caller) },
                readiness: { HouseParts.readiness(stored, doors, line, at: clock.now()) }, clock: clock,
                rhythm: clock),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            listening: { place, address in
                let (door, wanted) = addresses[place]
                doors.opened(door, HostPort(host: wanted.host, port: address.port ?? wanted.port))
            })
    }

    /// Those of the solutions, and the hub's own.
    private var routes: [Route] {
        let solutions = house.solutions
        return solutions.all.compactMap { $0 as? any OffersRoutes }.flatMap { $0.routes(services) }
            + commands.routes(services, forms: solutions.commandForms) + reporter.routes + accounts.people.routes
            + accounts.deviceRoutes(services, owners)
            + LinkRoutes(
                services: services, registry: house.devices, kinds: solutions.catalogue.links, uses: accounts.linkUses
            ).all
            + AuditRoutes(services: services, actions: solutions.catalogue.auditActions.map(\.declared.name)).all
            + [
                Installation(data: house.configuration.data).route, solutions.catalogue.route,
                RetentionRoute(retention: house.retention, services: services).route,
                BackgroundRoute(figures: background.figures).route,
            ]
    }

    private var metrics: [any MetricsSource] {
        let broker = broker
        return [
            line, BrokerMetrics { broker.statistics }, live, StoreFigures(of: stored.store), states, stored.blobs,
            background.figures,
        ] + accounts.metrics
    }

    /// Not ready before all doors are open, while the database's files are not in their place, and for half a minute after a
    /// batch that could not be stored.
    private static func readiness(
        _ stored: Stored, _ doors: Doors, _ line: IngestLine, at now: Timestamp
    ) -> Readiness {
        guard stored.isInPlace else { return .notReady(StorageWatch.reason) }
        guard doors.areOpen else { return .notReady("starting") }
        if let failure = line.figures.lastFailure, now < failure.advanced(bySeconds: 30) {
            return .notReady("changes cannot be stored")
        }
        return .ready
    }
}
