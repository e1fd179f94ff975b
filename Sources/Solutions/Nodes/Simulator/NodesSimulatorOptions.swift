internal import ArgumentParser
public import HubModel
public import SolutionKit

/// The options of `martlet simulate nodes`.
public struct NodesSimulatorOptions: SimulatorOptions {
    /// The command's name.
    public static var name: String { "nodes" }
    /// What it does.
    public static var abstract: String {
        "Sensor nodes: MQTT clients that report, answer commands, and come back when the connection is lost."
    }
    /// Whose keys there are.
    public static var keyHolders: String { "The nodes'" }

    @Option(name: .long, help: .init("How many nodes, 1 to 10000.", valueName: "N"))
    var count = 5

    @Option(
        name: .long,
        help: .init(
            "Reports a second of all nodes together, 0.001 to 100000 (default: half of --count).", valueName: "R"))
    var rate: Double?

    @Option(
        name: .long,
        help: .init(
            "Reports that a node keeps while the hub is away and sends when it is back, 0 to 10000. Of more, every second goes.",
            valueName: "N"))
    var memory = 0

    @Option(name: .long, help: .init("What decides everything that looks random.", valueName: "S"))
    var seed: UInt64 = 7

    /// The defaults.
    public init() {}

    /// Checks the ranges.
    public func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000") }
        guard (0...10_000).contains(memory) else { throw ValidationError("--memory must be from 0 to 10000") }
        guard (0.001...100_000).contains(rate ?? 1) else {
            throw ValidationError("--rate must be from 0.001 to 100000")
        }
    }

    /// The nodes, with or without keys.
    public func fleet(at now: Timestamp, hasKeys: Bool) throws -> SimulatedNodes {
        let interval = Int64(1e6 * Double(count) / (rate ?? Double(count) / 2))
        return SimulatedNodes(NodesSimulator(seed: seed, count: count, interval: interval, memory: memory))
    }
}
