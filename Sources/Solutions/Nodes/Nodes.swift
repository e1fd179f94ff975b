public import HubModel
public import SQL
public import SolutionKit

/// Sensor nodes: a fleet of small boards that report what they measure over MQTT and take commands. Read this first.
///
/// | Folder | What it holds |
/// |---|---|
/// | `Model` | a node as a value: its name, its state machine, its table |
/// | `Payloads` | what nodes say and what they are told: bytes to values and back |
/// | `Line` | the handler inside the line: messages, goodbyes |
/// | `Web` | the routes of docs/nodes-api.md |
/// | `Simulator` | nodes that do not exist, for demonstrations and tests |
public struct NodesSolution: Solution, GivesCommands, OffersRoutes, GivesOverview, HasSimulator, HasDemonstration {
    /// The solution; without side effects.
    public init() {}

    /// Who it is and what it listens to.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "nodes", title: "Sensor nodes", path: "/nodes", kinds: [Declared(.node, "Sensor node")],
            topics: ["iot/node/+/telemetry", "iot/node/+/status"], ownedTopics: ["iot/node/#"],
            // Management scripts of old give their commands by MQTT themselves; that is between them and the node.
            passedTopics: ["iot/node/+/command"],
            rights: [
                TopicRights(
                    .node,
                    publish: ["iot/node/{device_id}/telemetry", "iot/node/{device_id}/status"],
                    subscribe: ["iot/node/{device_id}/command", "iot/broker/status"])
            ],
            permissions: [
                Declared(.viewNodes, "See sensor nodes and their readings"),
                Declared(.commandNodes, "Send commands to sensor nodes"),
            ],
            grants: [
                RoleGrant(.operate, [.viewNodes, .commandNodes]), RoleGrant(.staff, [.viewNodes]),
                RoleGrant(.viewer, [.viewNodes]),
            ],
            links: [
                LinkDeclaration(
                    Declared(.nodeReadings, "The readings of a node as CSV"), of: .node, needs: .manageDevices,
                    shows: .viewNodes, path: NodesRoutes.feed),
                LinkDeclaration(
                    Declared(.siteValues, "The newest values of all nodes of a site as CSV"), .site,
                    needs: .manageDevices, shows: .viewNodes, path: NodesRoutes.siteFeed),
            ],
            needs: .viewNodes)
    }

    /// Its tables.
    public var migrations: Migrations { NodeTable.migrations }

    /// Makes the part that lives inside the line.
    public func makeHandler(_ services: LineServices) -> any MessageHandler {
        NodesHandler(services)
    }

    /// Nodes hear their commands on a topic of their own and answer on `status`, or ask for them over HTTP.
    public var commandForms: [CommandForm] {
        [
            CommandForm(
                .node, see: .viewNodes, give: .commandNodes, topic: DeviceTopic("iot/node/{id}/command"),
                device: { NodeName($0)?.device }, liveTopic: DeviceTopic("nodes/{id}/commands"), member: "node_id",
                commands: [Self.led])
        ]
    }

    /// The one command that all nodes know; what else one knows is its firmware's.
    private static let led = DeclaredCommand(
        "set_led", "LED",
        parameters: [
            CommandParameter("state", "Turn it", .choice([.init("on", "On"), .init("off", "Off")])),
            CommandParameter(
                "brightness", "Brightness", .whole(0...255, standard: 128), only: .init("state", is: "on")),
        ])

    /// What it offers to people over HTTP: docs/nodes-api.md.
    public func routes(_ services: WebServices) -> [Route] {
        NodesRoutes(services: services).all
    }

    /// All nodes of these sites; those that are neither online nor asleep need attention.
    public func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview {
        try await services.database.read { try NodeTable.overview(at: sites, of: services.devices, in: $0) }
    }

    /// The name in the hub first, then the short one: `node_01`, `01`.
    public func spellings(of device: DeviceID) -> [String] {
        guard let name = NodeName(device.text) else { return [device.text] }
        let usual = [name.device.text, name.short]
        return usual.contains(device.text) ? usual : usual + [device.text]
    }

    /// `martlet simulate nodes`.
    public var simulator: any SimulatorOptions.Type { NodesSimulatorOptions.self }

    /// Five nodes that report every two seconds.
    public func demonstration(at now: Timestamp) -> SimulatedNodes? {
        SimulatedNodes(NodesSimulator(seed: 7, count: 5, interval: 2_000_000))
    }
}
