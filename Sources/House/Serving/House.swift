internal import Foundation
internal import HubModel
internal import Logging
internal import Registry
internal import SQL
internal import ServiceLifecycle
internal import SolutionKit
internal import Trust
internal import UnixSignals

/// The whole hub: the one place that names concrete types. Starts in the order of dependency and stops in the reverse.
struct House {
    let configuration: Configuration
    let solutions: Solutions
    let clock: any HouseClock
    /// The door by which a test moves the clock; nil: it is the machine's.
    let clockDoor: ClockDoor?

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
            now: clock.now(), logger: logger)
        do {
            try await requireAuthority(stored, logger)
        } catch {
            try? await stored.close()
            throw error
        }
        let house = House(
            configuration: try withinDescriptors(logger), solutions: solutions, clock: clock, clockDoor: clockDoor)
        let parts = try await HouseParts(
            house, stored, folder, pages: pages, certificates: certificates, logger: logger)
        try await house.serve(parts)
        try await stored.close()
    }

    /// Runs all services until a signal comes, and ends them in the reverse order.
    private func serve(_ parts: HouseParts) async throws {
        if let clockDoor {
            parts.logger.warning("A test moves this hub's clock", metadata: ["socket": .string(clockDoor.path)])
        }
        // At debug the library prints every part of the house whole.
        var quiet = parts.logger
        quiet.logLevel = max(parts.logger.logLevel, .notice)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: try parts.services(clockDoor).map {
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
    func sayAuthority(_ stored: Stored, _ logger: Logger) async throws -> [AuthorityFiles.Problem] {
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
}
