internal import Commands
internal import DeviceDoors
internal import DeviceStates
internal import HubModel
internal import Ingest
internal import Live
internal import Logging
internal import MQTTBroker
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust
internal import WebAPI

/// What the house is made of, each part once, in the order in which one needs the other. Nothing runs yet.
struct HouseParts {
    let house: House
    let stored: Stored
    let folder: DataFolder
    let pages: WebFolder
    let certificates: DoorCertificates
    let logger: Logger

    let commands: CommandsRoom
    let live: LiveHub
    let outbound = BrokerOutbound()
    let states: DeviceStateFigures
    let line: IngestLine
    let accounts: Accounts
    let demonstration: Demonstration
    /// The keys of the demonstration's devices.
    let demonstrationKeys: DeviceKeys
    let doors: Doors
    let broker = BrokerHandle()
    let owners: ConnectedOwners
    let reporter: BrokerReporter
    /// What routes, services and schedules of solutions are given.
    let services: WebServices
    let background: Background
    let authority: AuthorityWatch

    /// Makes them.
    /// - Throws: `SettingError`, `SQLFailure` when what is stored does not allow it.
    init(
        _ house: House, _ stored: Stored, _ folder: DataFolder, pages: WebFolder, certificates: DoorCertificates,
        logger: Logger
    ) async throws {
        let (configuration, solutions, clock) = (house.configuration, house.solutions, house.clock)
        self.house = house
        self.stored = stored
        self.folder = folder
        self.pages = pages
        self.certificates = certificates
        self.logger = logger
        authority = AuthorityWatch(path: certificates.authorityFile, logger: logger)

        commands = CommandsRoom(rhythm: clock)
        live = LiveHub(configuration: house.liveConfiguration, clock: clock)
        let states = DeviceStateFigures()
        self.states = states
        line = IngestLine(
            LineParts(
                solutions: solutions.all,
                services: LineServices(
                    devices: house.devices, commands: CommandRegistry(), links: LinkTable(), audit: AuditRegistry(),
                    people: AccountDirectory(roles: solutions.catalogue.roles), settings: configuration.declared),
                commands: commands.makeHandler, database: stored.database, store: stored.store, clock: clock,
                live: live, outbound: outbound, observers: [{ DeviceStates(figures: states) }],
                configuration: house.lineConfiguration, log: TroubleLog(logger: logger, clock: clock).take))

        accounts = try await Accounts.open(
            configuration, solutions, stored, line: line, clock: clock, logger: logger)
        demonstration = Demonstration(solutions)
        let (entry, keys) = try await Entry.prepare(configuration, demonstration, accounts, stored, clock: clock)
        demonstrationKeys = keys
        let installation = Installation(data: configuration.data)
        doors = Doors(
            ready: folder.ready, expected: Door.expected(configuration),
            greeting: { Greeting.text(entry, $0, installation) }, logger: logger)
        owners = ConnectedOwners(LineLedger(line: line, admission: configuration.isOpen ? nil : accounts.admission))
        let broker = broker
        reporter = BrokerReporter(
            version: Version.text, clock: clock, rhythm: clock, live: live, line: line,
            statistics: { broker.statistics }, publish: { broker.publish($0) })
        services = WebServices(
            database: stored.database, history: StoredHistory(store: stored.store), line: line, devices: house.devices,
            commands: CommandRegistry(), commandPolls: commands.polls(on: line), audit: AuditRegistry(), clock: clock,
            rhythm: clock, blobs: stored.blobs, deviceKeys: AdministeredDevices(accounts.devices),
            people: accounts.people,
            settings: configuration.declared)
        let own = HouseSchedules(
            stored: stored, line: line, clock: clock, retention: house.retention, logger: logger)
        background = Background(solutions.all, services, hub: own.all)
    }
}

extension House {
    var retention: Retention {
        Retention(tasks: solutions.retentionTasks, settings: configuration.declared)
    }

    /// An open hub takes devices as they come; a closed one knows those that people have added or approved.
    var devices: DeviceRegistry {
        DeviceRegistry(
            limitPerAddress: configuration.limits[.devicesPerAddress],
            admission: configuration.isOpen ? .byContact : .byPeople)
    }
}
