internal import ArgumentParser
public import HubModel
public import SolutionKit

/// Tanks that do not exist: each is drawn from all the time, and filled while its valve is open.
public struct SimulatedTanks: SimulatedFleet {
    /// How many.
    public let count: Int
    private let seed: UInt64
    private let interval: Int64
    private let speaksHTTP: Bool

    /// A fleet.
    /// - Parameters:
    ///   - interval: between two reports of a tank, in microseconds.
    ///   - speaksHTTP: whether they come over HTTP, and ask for their valves; else they come over MQTT, and hear of them.
    public init(count: Int, seed: UInt64, interval: Int64 = 2_000_000, speaksHTTP: Bool = false) {
        self.count = count
        self.seed = seed
        self.interval = interval
        self.speaksHTTP = speaksHTTP
    }

    /// Tanks connect.
    public var noun: String { "tanks" }

    /// A tank's connection.
    public func client(_ index: Int) -> SimulatedClient {
        let delay = interval * Int64(index) / Int64(max(count, 1))
        if speaksHTTP { return SimulatedClient(.http(credentials: .fields), names: [name(index)], delay: delay) }
        return SimulatedClient(
            identifier: "\(name(index))-sensor", names: [name(index)], subscriptions: ["tanks/\(name(index))/valve"],
            delay: delay)
    }

    /// A tank.
    public func device(_ index: Int, at now: Timestamp) -> SimulatedTank {
        SimulatedTank(
            name(index), SimulatedChance(seed: seed, stream: 1, index), interval: interval, at: now,
            asks: speaksHTTP)
    }

    /// The tanks, `tank_1` and so on.
    public var devices: [SimulatedRegistration] {
        (0..<count).map { SimulatedRegistration(name: name($0), kind: .tank) }
    }

    /// How many are connected, and what they have sent.
    public func progress(_ tally: FleetTally<Never>, before: FleetTally<Never>, seconds: Int) -> String {
        "\(tally.connected) of \(count) tanks connected, \(tally.acknowledged) \(acknowledged)"
    }

    /// What they have sent.
    public func summary(_ tally: FleetTally<Never>) -> String {
        "\(tally.acknowledged) \(acknowledged), \(tally.failed) failed"
    }

    private var acknowledged: String { speaksHTTP ? "requests answered" : "messages acknowledged" }

    private func name(_ index: Int) -> String { "tank_\(index + 1)" }
}

/// The options of `simulate tanks`.
public struct TankSimulatorOptions: SimulatorOptions {
    /// The command's name.
    public static var name: String { "tanks" }
    /// What it does.
    public static var abstract: String { "Water tanks that are drawn from, and filled while their valve is open." }
    /// They do with `--over http`.
    public static var speaksHTTP: Bool { true }
    /// Whose keys there are.
    public static var keyHolders: String { "The tanks'" }

    @Option(name: .long, help: .init("How many tanks, 1 to 1000.", valueName: "N"))
    var count = 3

    @Option(
        name: .long,
        help: .init(
            "How they come: mqtt, and hear of their valves, or http, and ask for them.", valueName: "mqtt|http"))
    var over = TankTransport.mqtt

    @Option(name: .long, help: .init("What decides everything that looks random.", valueName: "S"))
    var seed: UInt64 = 7

    /// The defaults.
    public init() {}

    /// Checks the range.
    public func validate() throws {
        guard (1...1_000).contains(count) else { throw ValidationError("--count must be from 1 to 1000") }
    }

    /// The tanks, with or without keys.
    public func fleet(at now: Timestamp, hasKeys: Bool) throws -> SimulatedTanks {
        SimulatedTanks(count: count, seed: seed, speaksHTTP: over == .http)
    }
}

/// How the tanks come.
enum TankTransport: String, ExpressibleByArgument {
    case mqtt, http
}
