internal import HubModel
public import SQL
public import SolutionKit

/// Sensor nodes: a fleet of small boards that report what they measure over MQTT and take commands. Read this first.
///
/// | Folder | What it holds |
/// |---|---|
/// | `Model` | a node as a value: its name, its state machine, its table |
/// | `Payloads` | what nodes say and what they are told: bytes to values and back |
/// | `Line` | the handler inside the line: messages, presence, commands |
/// | `Web` | the routes of docs/nodes-api.md |
/// | `Simulator` | nodes that do not exist, for demonstrations and tests |
public struct NodesSolution: Solution {
    /// The solution; without side effects.
    public init() {}

    /// Who it is and what it listens to.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "nodes", title: "Sensor nodes", path: "/nodes", kinds: [.node],
            topics: ["iot/node/+/telemetry", "iot/node/+/status"], ownedTopics: ["iot/node/#"],
            // Management scripts of old give their commands by MQTT themselves; that is between them and the node.
            passedTopics: ["iot/node/+/command"])
    }

    /// Its tables; they refer to the table `device` of the owner `registry`, whose migrations come first.
    public var migrations: Migrations { NodeTable.migrations }

    /// Makes the part that lives inside the line.
    public func makeHandler(_ services: LineServices) -> any MessageHandler {
        NodesHandler(services)
    }

    /// What it offers to people over HTTP: docs/nodes-api.md.
    public func routes(_ services: WebServices) -> [Route] {
        NodesRoutes(services: services).all
    }

    /// All nodes; those that are not online need attention.
    public func overview(_ services: WebServices) async throws -> SolutionOverview {
        try await services.database.read { reader in
            let row = try reader.queryOne(
                "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'online' THEN 0 ELSE 1 END), 0) FROM node")
            return SolutionOverview(devices: Int(try row.integer(0)), attention: Int(try row.integer(1)))
        }
    }
}
