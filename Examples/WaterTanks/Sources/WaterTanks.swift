public import HubModel
public import SQL
public import SolutionKit

/// A handful of water tanks that say how full they are: the example of docs/writing-a-solution.md. Read this first.
///
/// | File | What it holds |
/// |---|---|
/// | `Tank` | a tank as a value: its level, its state, when that changes |
/// | `TankTable` | the tables |
/// | `TanksHandler` | the part inside the line: reports, silence, commands |
/// | `TankRoutes`, `TankView` | what people and devices ask over HTTP |
/// | `TankSimulator` | tanks that do not exist |
public struct WaterTanksSolution: Solution, GivesCommands, OffersRoutes, GivesOverview, HasRetention, HasSimulator,
    HasDemonstration
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
            ],
            auditActions: [
                Declared(.changeTank, "Change a water tank"), Declared(.removeTank, "Remove a water tank"),
            ],
            grants: [
                RoleGrant(.operate, [.viewTanks, .commandTanks, .manageTanks]), RoleGrant(.staff, [.viewTanks]),
                RoleGrant(.viewer, [.viewTanks]),
            ],
            settings: [.tankSilence], needs: .viewTanks)
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
                answers: false, liveTopic: DeviceTopic("tanks/{id}/commands")
            ) { request throws(Refusal) in
                guard ["open", "close"].contains(request.name) else {
                    throw Refusal(.valueOutOfRange, "A tank's valve takes the commands open and close.")
                }
            }
        ]
    }

    /// What it offers over HTTP.
    public func routes(_ services: WebServices) -> [Route] { TankRoutes(services: services).all }

    /// The tanks at these sites; those that are not filled as they should be, or silent, need attention.
    public func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview {
        let tanks = try await services.database.read { try TankTable.all(at: sites, in: $0) }
        return SolutionOverview(devices: tanks.count, attention: tanks.count { $0.state != .filled })
    }

    /// Changes of states are kept for a year.
    public var retention: [RetentionRule] {
        [
            RetentionRule(
                "tanks.changes", "Changes of the states of water tanks",
                days: .days(
                    "MARTLET_TANKS_CHANGE_DAYS", "Days for which changes of tanks are kept; 0: for ever", standard: 365),
                table: "tank_change", time: "at")
        ]
    }

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
}

extension AuditAction {
    static let changeTank = AuditAction("tank.change")
    static let removeTank = AuditAction("tank.remove")
}

extension DeclaredSetting {
    static let tankSilence = DeclaredSetting(
        "MARTLET_TANKS_SILENCE_MINUTES", "Minutes without a report after which a tank's level is unknown",
        range: 1...1_440,
        standard: 30)
}
