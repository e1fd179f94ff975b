internal import DeviceDoors
internal import Logging
internal import MQTTBroker
internal import ServiceLifecycle
internal import Trust

/// What runs.
extension HouseParts {
    /// The services in the order of their start: what others need comes first, and ends last.
    func services(_ clockDoor: ClockDoor?) throws -> [any Service] {
        let (configuration, clock) = (house.configuration, house.clock)
        var running: [any Service] = [
            LineService(line: line),
            MaintenanceService(stored: stored, folder: folder, authority: authority, clock: clock, logger: logger),
            BrokerService(
                configuration: house.brokerConfiguration(certificates, logger), line: line, state: try sessions(),
                ledger: owners, admission: configuration.isOpen ? nil : accounts.admission,
                refusals: DoorRefusals(line: line, clock: clock), outbound: outbound, clock: clock.broker,
                broker: broker, doors: doors),
            WatchService(
                accounts: accounts, database: stored.database, line: line, broker: broker, doors: doors,
                rhythm: clock, trouble: TroubleLog(logger: logger, clock: clock)),
            ReporterService(reporter: reporter, doors: doors),
            LinkUsesService(uses: accounts.linkUses, rhythm: clock, trouble: TroubleLog(logger: logger, clock: clock)),
        ]
        running += background.runners(stored.database, line, clock: clock, doors: doors, logger: logger)
        let (house, stored, logger) = (house, stored, logger)
        running += [
            WebService(
                server: try webServer(), line: line,
                addresses: [configuration.http, configuration.https].compactMap { $0 }, doors: doors),
            ReloadService(certificates: certificates.all, authority: authority, logger: logger) {
                _ = try? await house.sayAuthority(stored, logger)
            },
        ]
        if configuration.isDemo {
            running.append(
                DemoService(
                    demonstration: demonstration, doors: doors, services: services, clock: clock,
                    keys: demonstrationKeys, logger: logger))
        }
        if let clockDoor { running.append(ClockService(door: clockDoor, line: line, broker: broker)) }
        return running
    }

    private func sessions() throws -> BrokerState {
        let logger = logger
        return try StoredSessions.load(from: stored.database) { table in
            logger.error("A damaged row of the broker's sessions was left out", metadata: ["table": .string(table)])
        }
    }
}
