public import HubModel
public import SolutionKit

/// A fleet of nodes, each with a connection of its own.
public struct SimulatedNodes: SimulatedFleet {
    private let simulator: NodesSimulator

    /// A fleet.
    public init(_ simulator: NodesSimulator) {
        self.simulator = simulator
    }

    /// Nodes connect.
    public var noun: String { "nodes" }
    /// How many nodes.
    public var count: Int { simulator.count }

    /// A node's connection. Its key may be given for `node_01` and for `01`.
    public func client(_ index: Int) -> SimulatedClient {
        let id = simulator.id(index)
        return SimulatedClient(
            identifier: simulator.clientID(index), names: ["node_\(id)", id],
            subscriptions: [simulator.commandTopic(index)], will: simulator.will(index), delay: simulator.phase(index))
    }

    /// A node.
    public func device(_ index: Int, at now: Timestamp) -> SimulatedNode { SimulatedNode(simulator, index, at: now) }

    /// The nodes, `node_01` and so on.
    public var devices: [SimulatedRegistration] {
        (0..<count).map { SimulatedRegistration(name: "node_\(simulator.id($0))", kind: .node) }
    }

    /// How many are connected, and what they have sent.
    public func progress(_ tally: FleetTally<Never>, before: FleetTally<Never>, seconds: Int) -> String {
        """
        \(tally.connected) of \(count) nodes connected, \(tally.acknowledged) messages acknowledged \
        (\((tally.acknowledged - before.acknowledged) / seconds) a second), \(tally.failed) failed
        """
    }

    /// What they have sent.
    public func summary(_ tally: FleetTally<Never>) -> String {
        "\(tally.acknowledged) messages acknowledged, \(tally.failed) failed"
    }
}
