public import HubModel
public import SQL
public import SolutionKit

/// A handful of water tanks that say how full they are: the example of docs/writing-a-solution.md. Read this first.
///
/// | File | What it holds |
/// |---|---|
/// | `Tank` | a tank as a value: its level, its state, when that changes |
/// | `TankTable` | the tables |
/// | `TanksHandler`, `TankEntry` | the part inside the line: reports, silence, commands |
/// | `TankRoutes`, `TankView` | what people and devices ask over HTTP |
/// | `TankRoutes+Keys` | tanks that are added with their devices, and keys for these |
/// | `ValveRoutes` | what a valve's controller asks that hears nothing over MQTT |
/// | `TankFeed` | levels for anyone who has a link |
/// | `Inspections` | pictures of tanks with notes: files of devices, a form that is read as it comes |
/// | `Plans` | plans of where the tanks are: files of sites |
/// | `WaterUse` | a schedule: every night, how much was drawn the day before |
/// | `WiredGauge` | a service in the background: a gauge on a serial line |
/// | `TankSimulator` | tanks that do not exist |
public struct WaterTanksSolution: Solution, GivesCommands, OffersRoutes, GivesOverview, HasSchedules, HasServices,
    HasRetention, HasBlobs, HasSimulator, HasDemonstration
{
    /// The solution; without side effects.
    public init() {}

    /// Who it is, what it listens to and what it declares.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "tanks", title: "Water tanks", path: "/tanks", kinds: [Declared(.tank, "Water tank")],
            topics: ["tanks/+/level"], ownedTopics: ["tanks/#"],
            rights: [TopicRights(.tank, publish: [Self.report], subscribe: [Self.valve])],
            // Without a name there is no telling whose valve it hears.
            keylessRights: [TopicRights(.tank, publish: ["tanks/+/level"], subscribe: [])],
            permissions: [
                Declared(.viewTanks, "See water tanks and their levels"),
                Declared(.commandTanks, "Open and close the valves of water tanks"),
                Declared(.manageTanks, "Add, change and remove water tanks"),
                Declared(.inspectTanks, "Add and remove inspections of water tanks"),
            ],
            auditActions: [
                Declared(.changeTank, "Change a water tank"), Declared(.removeTank, "Remove a water tank"),
                Declared(.addInspection, "Add an inspection of a water tank"),
                Declared(.removeInspection, "Remove an inspection of a water tank"),
                Declared(.changePlan, "Change the plan of a site's water tanks"),
            ],
            grants: [
                RoleGrant(.operate, [.viewTanks, .commandTanks, .manageTanks, .inspectTanks]),
                RoleGrant(.staff, [.viewTanks, .inspectTanks]), RoleGrant(.viewer, [.viewTanks]),
            ],
            links: TankFeed.links,
            settings: [
                TypedSetting<Duration>.tankSilence.declared, TypedSetting<LocalClock>.tankZone.declared,
                TypedSetting<String>.tankGauge.declared,
            ], needs: .viewTanks)
    }

    private static let report = "tanks/{device_id}/level"
    private static let valve = "tanks/{device_id}/valve"

    /// Its tables.
    public var migrations: Migrations { TankTable.migrations }

    /// Makes the part that lives inside the line.
    public func makeHandler(_ services: LineServices) -> any MessageHandler { TanksHandler(services) }

    /// The valve's controller understands two words, and says nothing when it is done.
    public var commandForms: [CommandForm] {
        [
            CommandForm(
                .tank, see: .viewTanks, give: .commandTanks, topic: DeviceTopic("tanks/{id}/valve"), encoding: .word,
                answers: false, liveTopic: DeviceTopic("tanks/{id}/commands"),
                commands: [DeclaredCommand("open", "Open valve"), DeclaredCommand("close", "Close valve")],
                takesOthers: false)
        ]
    }

    /// What it offers over HTTP.
    public func routes(_ services: WebServices) -> [Route] {
        let tanks = TankRoutes(services: services)
        return tanks.all + tanks.keys + ValveRoutes(services: services).all
            + InspectionRoutes(services: services).all + SitePlan(services: services).routes
            + [TankFeed(services: services).route]
    }

    /// The tanks at these sites; those that are not filled as they should be, or silent, need attention.
    public func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview {
        let tanks = try await services.database.read { try TankTable.all(at: sites, in: $0) }
        return SolutionOverview(devices: tanks.count, attention: tanks.count { $0.state != .filled })
    }

    /// Every night, how much was drawn the day before.
    public func schedules(_ services: WebServices) -> [Schedule] { [WaterUse(services: services).schedule] }

    /// The gauge on a serial line, where there is one.
    public func services(_ services: WebServices) -> [BackgroundService] {
        let path = services.settings[TypedSetting<String>.tankGauge]
        return path.isEmpty ? [] : [WiredGauge(path: path, line: services.line, clock: services.clock).service]
    }

    /// Changes of states are kept for a year, how much was drawn for ever.
    public var retention: [RetentionRule] {
        [
            RetentionRule(
                "tanks.changes", "Changes of the states of water tanks",
                days: .days(
                    "MARTLET_TANKS_CHANGE_DAYS", "Days for which changes of tanks are kept; 0: for ever", standard: 365),
                table: "tank_change", time: "at"),
            RetentionRule(
                "tanks.days", "What was drawn from water tanks each day",
                days: .days("MARTLET_TANKS_DAY_DAYS", "Days for which it is kept what was drawn; 0: for ever"),
                table: "tank_day", time: "begin"),
        ]
    }

    /// The pictures of inspections, and the plans of sites.
    public var blobs: [BlobPurpose] { [Inspection.purpose, SitePlan.purpose] }

    /// `simulate tanks`.
    public var simulator: any SimulatorOptions.Type { TankSimulatorOptions.self }

    /// Three tanks.
    public func demonstration(at now: Timestamp) -> SimulatedTanks? { SimulatedTanks(count: 3, seed: 7) }
}

extension DeviceKind {
    /// A tank with a level sensor and a valve.
    static let tank = DeviceKind("tank")
}

extension Permission {
    static let viewTanks = Permission("tanks.view")
    static let commandTanks = Permission("tanks.command")
    static let manageTanks = Permission("tanks.manage")
    static let inspectTanks = Permission("tanks.inspect")
}

extension AuditAction {
    static let changeTank = AuditAction("tank.change")
    static let removeTank = AuditAction("tank.remove")
    static let addInspection = AuditAction("tank_inspection.add")
    static let removeInspection = AuditAction("tank_inspection.remove")
    static let changePlan = AuditAction("tank_plan.change")
}

extension TypedSetting<Duration> {
    static let tankSilence = duration(
        "MARTLET_TANKS_SILENCE", "How long a tank may say nothing before its level is unknown",
        range: .seconds(10)...(.seconds(86_400)), standard: .seconds(1_800))
}

extension TypedSetting<LocalClock> {
    static let tankZone = zone("MARTLET_TANKS_ZONE", "By whose midnight the days of the tanks begin")
}

extension TypedSetting<String> {
    static let tankGauge = text(
        "MARTLET_TANKS_GAUGE", "A serial line or a named pipe on which a gauge says NAME PERCENT, a tank in each line",
        maximumBytes: 4_096)
}
