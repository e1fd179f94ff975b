internal import Blobs
internal import DeviceDoors
internal import HubModel
internal import Logging
internal import Registry
internal import SQL
internal import SolutionKit
internal import Trust

/// Who may come in: people, devices and the gate in front of both, made of what is stored.
struct Accounts: Sendable {
    let people: People
    let devices: DeviceAdministration
    let admission: DeviceAdmission
    let gate: any RequestGate
    /// Uses of links that are not written yet.
    let linkUses: LinkUses
    /// The gate's figures; an open gate has none.
    let metrics: [any MetricsSource]

    /// Requests of one address, account or device that may come at once, for each that may come in a second.
    private static let burst = 5.0

    static func open(
        _ configuration: Configuration, _ solutions: Solutions, _ stored: Stored, line: any Line, clock: any WallClock,
        logger: Logger
    ) async throws -> Accounts {
        let limits = configuration.limits
        var settings = PeopleSettings()
        settings.waitingPasswords = limits[.signInsWaiting]
        let people = try await People.open(
            database: stored.database, line: line, roles: solutions.catalogue.roles,
            audit: AuditRegistry(), clock: clock, settings: settings, cookieTag: cookieTag(configuration),
            facts: HubFacts(isOpen: configuration.isOpen, isDemo: configuration.isDemo))
        let rights = DeviceRights(solutions.all)
        let join = JoinRegistry(limits: joinLimits(limits))
        // Devices come again and again, and there may be thousands.
        let (atTheDoor, inside) = (TroubleLog(logger: logger, clock: clock), TroubleLog(logger: logger, clock: clock))
        let admission = DeviceAdmission(
            database: stored.database, line: line, rights: rights, join: join, clock: clock,
            keyless: configuration.keylessDevices.devices(of: solutions.all),
            trouble: { atTheDoor.note("A device could not be looked up, and was not let in", $0) },
            absentPrograms: { token, address, instant in
                try await people.caller(ofToken: token, address: address, at: instant)
            },
            programs: { token, transport, instant in
                try await people.caller(bearer: token, transport: transport, at: instant)
            })
        let devices = DeviceAdministration(
            rights: rights, audit: AuditRegistry(), join: join, forget: { try BlobTable().drop(allOf: $0, in: $1) })
        let perAddress = rate(limits[.requestsPerAddress])
        let linkUses = LinkUses(line: line)
        let links = LinkDoor(database: stored.database, kinds: solutions.catalogue.links, uses: linkUses)
        if configuration.isOpen {
            return Accounts(
                people: people, devices: devices, admission: admission,
                gate: OpenGate(perAddress: perAddress, links: links), linkUses: linkUses, metrics: [admission])
        }
        let gate = Gatekeeper(
            people: people, devices: admission, links: links,
            rates: GateRates(
                perAddress: perAddress, perAccount: rate(limits[.requestsPerAccount]),
                perDevice: rate(limits[.requestsPerDevice])),
            trouble: { inside.note("Whether somebody may stay could not be looked up", $0) })
        return Accounts(
            people: people, devices: devices, admission: admission, gate: gate, linkUses: linkUses,
            metrics: [admission, gate])
    }

    /// The routes to devices and sites.
    func deviceRoutes(_ services: WebServices, _ owners: ConnectedOwners) -> [Route] {
        let admission = admission
        return DeviceRoutes(
            services: services, administration: devices, refusedUnknown: { admission.refusedUnknown },
            isConnected: { owners.isConnected(ConnectionOwner.device($0)) }
        ).all
    }

    private static func rate(_ perSecond: Int) -> Rate {
        Rate(perSecond: Double(perSecond), burst: Double(perSecond) * burst)
    }

    private static func joinLimits(_ limits: HubLimits) -> JoinLimits {
        var join = JoinLimits()
        join.devices = Int64(limits[.pendingDevices])
        join.devicesPerAddress = Int64(limits[.pendingDevicesPerAddress])
        join.messagesPerDevice = Int64(limits[.pendingMessages])
        return join
    }

    /// Browsers send cookies to all ports of a host: the port tells two hubs of one machine apart.
    private static func cookieTag(_ configuration: Configuration) -> String {
        String((configuration.https ?? configuration.http).port)
    }
}
