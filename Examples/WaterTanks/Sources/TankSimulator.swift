internal import ArgumentParser
public import HubModel
public import SolutionKit

/// Tanks that do not exist: each is drawn from all the time, and filled while its valve is open.
public struct SimulatedTanks: SimulatedFleet {
    /// How many.
    public let count: Int
    private let seed: UInt64
    private let interval: Int64

    /// A fleet.
    /// - Parameter interval: between two reports of a tank, in microseconds.
    public init(count: Int, seed: UInt64, interval: Int64 = 2_000_000) {
        self.count = count
        self.seed = seed
        self.interval = interval
    }

    /// Tanks connect.
    public var noun: String { "tanks" }

    /// A tank's connection.
    public func client(_ index: Int) -> SimulatedClient {
        SimulatedClient(
            identifier: "\(name(index))-sensor", names: [name(index)], subscriptions: ["tanks/\(name(index))/valve"],
            delay: interval * Int64(index) / Int64(max(count, 1)))
    }

    /// A tank.
    public func device(_ index: Int, at now: Timestamp) -> SimulatedTank {
        SimulatedTank(name(index), SimulatedChance(seed: seed, stream: 1, index), interval: interval, at: now)
    }

    /// The tanks, `tank_1` and so on.
    public var devices: [SimulatedRegistration] {
        (0..<count).map { SimulatedRegistration(name: name($0), kind: .tank) }
    }

    /// How many are connected, and what they have sent.
    public func progress(_ tally: FleetTally<Never>, before: FleetTally<Never>, seconds: Int) -> String {
        "\(tally.connected) of \(count) tanks connected, \(tally.acknowledged) messages acknowledged"
    }

    /// What they have sent.
    public func summary(_ tally: FleetTally<Never>) -> String {
        "\(tally.acknowledged) messages acknowledged, \(tally.failed) failed"
    }

    private func name(_ index: Int) -> String { "tank_\(index + 1)" }
}

/// One tank: its level follows from what is drawn and from its valve.
public struct SimulatedTank: SimulatedDevice {
    /// It counts nothing beside messages.
    public typealias Count = Never

    /// When it reports next.
    public private(set) var nextDue: Timestamp
    private let name: String
    private let interval: Int64
    private var chance: SimulatedChance
    private var permille: Double
    private var isOpen = false

    /// Thousandths a second that people draw on average, and that an open valve lets in: a tank is empty after minutes, so that a demonstration
    /// has something to show.
    private static let (drawn, filled) = (1.5, 8.0)

    init(_ name: String, _ chance: SimulatedChance, interval: Int64, at now: Timestamp) {
        self.name = name
        self.interval = interval
        self.chance = chance
        nextDue = now
        permille = 300 + 600 * self.chance.fraction()
    }

    /// What it publishes.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Never>] {
        switch event {
        case .message(let message):
            if message.payload == Array("open".utf8) { isOpen = true }
            if message.payload == Array("close".utf8) { isOpen = false }
            return []
        case .settled, .answered: return []
        case .due:
            // A hub that was away: go on from now instead of making up for every report that was missed.
            if now.microseconds(since: nextDue) > interval { nextDue = now }
            nextDue = nextDue.advanced(byMicroseconds: interval)
            let seconds = Double(interval) / 1e6
            let drawn = chance.exponential(mean: SimulatedTank.drawn)
            permille += seconds * ((isOpen ? SimulatedTank.filled : 0) - drawn)
            permille = min(1_000, max(0, permille))
            let level = (permille.rounded() / 10)
            return [
                .publish(SimulatedMessage(topic: "tanks/\(name)/level", payload: Array(#"{"level":\#(level)}"#.utf8)))
            ]
        }
    }
}

/// The options of `simulate tanks`.
public struct TankSimulatorOptions: SimulatorOptions {
    /// The command's name.
    public static var name: String { "tanks" }
    /// What it does.
    public static var abstract: String { "Water tanks that are drawn from, and filled while their valve is open." }
    /// Whose keys there are.
    public static var keyHolders: String { "The tanks'" }

    @Option(name: .long, help: .init("How many tanks, 1 to 1000.", valueName: "N"))
    var count = 3

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
        SimulatedTanks(count: count, seed: seed)
    }
}
