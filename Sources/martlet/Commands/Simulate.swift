internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import Logging
internal import Nodes
internal import ServiceLifecycle
internal import UnixSignals

/// `martlet simulate`.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Devices that do not exist, for trying out and for tests.",
        subcommands: [SimulateNodes.self, SimulateParking.self])
}

/// `martlet simulate nodes`.
struct SimulateNodes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "Sensor nodes: MQTT clients that report, answer commands, and come back when the connection is lost.")

    @Option(name: .long, help: .init("How many nodes, 1 to 10000.", valueName: "N"))
    var count = 5

    @Option(
        name: .long,
        help: .init(
            "Reports a second of all nodes together, 0.001 to 100000 (default: half of --count).", valueName: "R"))
    var rate: Double?

    @Option(name: .long, help: .init("What decides everything that looks random.", valueName: "S"))
    var seed: UInt64 = 7

    @Option(
        name: .long, help: .init("HOST:PORT of the hub (MARTLET_MQTT; default 127.0.0.1:1883).", valueName: "HOST:PORT")
    )
    var mqtt: String?

    @Option(
        name: .long,
        help: .init(
            "The nodes' keys, a line ID KEY for each, as martlet device add prints them; without it they show none, which only a hub with --open admits.",
            valueName: "FILE"))
    var keys: String?

    @Option(name: .long, help: .init("Stop after so many seconds; without it: on Ctrl-C.", valueName: "SECONDS"))
    var seconds: Double?

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000") }
        guard (0.001...100_000).contains(rate ?? 1) else {
            throw ValidationError("--rate must be from 0.001 to 100000")
        }
        guard (0.001...1e8).contains(seconds ?? 1) else {
            throw ValidationError("--seconds must be from 0.001 to 100000000")
        }
        _ = try HostPort.ofBroker(mqtt)
    }

    func run() async throws {
        let interval = Int64(1e6 * Double(count) / (rate ?? Double(count) / 2))
        let fleet = NodeFleet(
            simulator: NodesSimulator(seed: seed, count: count, interval: interval),
            broker: try HostPort.ofBroker(mqtt),
            clock: SystemClock(), keys: try keys.map(NodeKeys.init(file:)) ?? .none)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: FleetService(fleet: fleet, seconds: seconds),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: .init(label: "martlet.simulate")))
        try await group.run()
        let counts = fleet.tally.counts
        print("\(counts.acknowledged) messages acknowledged, \(counts.failed) failed")
        guard counts.refused > 0 else { return }
        let line =
            "\(counts.refused) of \(count) nodes were not let in: the hub does not know them, or they have other keys\n"
        FileHandle.standardError.write(Data(line.utf8))
        throw ExitCode.failure
    }
}

extension HostPort {
    /// Where simulated devices find their hub: what was asked for, or else what the environment says.
    static func ofBroker(_ asked: String?) throws -> HostPort {
        let text = asked ?? ProcessInfo.processInfo.environment[Setting.mqtt.rawValue] ?? "127.0.0.1:1883"
        guard let address = HostPort(text) else {
            throw ValidationError("--mqtt must be HOST:PORT, such as 127.0.0.1:1883")
        }
        return address
    }
}

/// Runs a fleet and says every five seconds how it fares.
private struct FleetService: Service {
    let fleet: NodeFleet
    let seconds: Double?

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await fleet.run() }
                group.addTask { await report() }
                if let seconds { group.addTask { try? await Task.sleep(for: .seconds(seconds)) } }
                // The first to end is the clock, or all of them when the service is told to stop.
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func report() async {
        var before = 0
        while (try? await Task.sleep(for: .seconds(5))) != nil {
            let counts = fleet.tally.counts
            let line = """
                \(counts.connected) of \(fleet.simulator.count) nodes connected, \(counts.acknowledged) messages acknowledged \
                (\((counts.acknowledged - before) / 5) a second), \(counts.failed) failed

                """
            before = counts.acknowledged
            FileHandle.standardError.write(Data(line.utf8))
        }
    }
}
