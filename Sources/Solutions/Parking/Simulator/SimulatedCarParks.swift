public import HubModel
public import SolutionKit

/// Car parks with a controller each: one connection for a lot.
public struct SimulatedCarParks: SimulatedFleet {
    let simulator: ParkingSimulator
    private let time: SimulatedTime
    private let heartbeatSeconds: Double
    private let hourMinor: Int64?
    /// The program that takes payments; without one the controllers publish them, which only a hub with --open takes.
    private let payer: SimulatedProgram?

    /// Car parks.
    /// - Parameters:
    ///   - heartbeatSeconds: how often a sensor says how it is when nothing happens, by the clock on the wall.
    ///   - hourMinor: what drivers pay for each started hour, in minor units; nil: nobody pays.
    ///   - tokenFile: the file with the token of the program that takes payments.
    public init(
        _ simulator: ParkingSimulator, time: SimulatedTime, heartbeatSeconds: Double = 60, hourMinor: Int64? = nil,
        tokenFile: String? = nil
    ) {
        self.simulator = simulator
        self.time = time
        self.heartbeatSeconds = heartbeatSeconds
        self.hourMinor = hourMinor
        payer = tokenFile.map {
            SimulatedProgram(
                identifier: "\(simulator.lotPrefix)-payments", userName: "payments", tokenFile: $0,
                option: "--payment-token")
        }
    }

    /// Controllers connect.
    public var noun: String { "controllers" }
    /// How many lots.
    public var count: Int { simulator.lots }
    /// Who takes payments.
    public var programs: [SimulatedProgram] { payer.map { [$0] } ?? [] }

    /// A controller's connection.
    public func client(_ index: Int) -> SimulatedClient {
        let name = simulator.controllerID(index)
        return SimulatedClient(identifier: name, names: [name], subscriptions: [simulator.ledTopic(index)])
    }

    /// A controller. It makes up for nothing that happened before it connected, but for the last seconds.
    public func device(_ index: Int, at now: Timestamp) -> SimulatedController {
        SimulatedController(
            simulator, index, time: time, heartbeatSeconds: heartbeatSeconds, hourMinor: hourMinor,
            payer: payer == nil ? .itself : .program(0))
    }

    /// Of each lot its controller, then its spots.
    public var devices: [SimulatedRegistration] {
        (0..<count).flatMap { index in
            let (controller, spots) = simulator.devices(ofLot: index)
            return [SimulatedRegistration(name: controller, kind: .parking)]
                + spots.map { SimulatedRegistration(name: $0, kind: .parking, controller: controller) }
        }
    }

    /// How many lots are connected, and what `summary` says.
    public func progress(
        _ tally: FleetTally<SimulatedParkingCount>, before: FleetTally<SimulatedParkingCount>, seconds: Int
    ) -> String {
        "\(tally.connected) of \(count) lots connected, \(summary(tally))"
    }

    /// Reports, what was left out of them, and the commands that came back.
    public func summary(_ tally: FleetTally<SimulatedParkingCount>) -> String {
        let colors = LEDColor.allCases.map { (word: $0.rawValue, count: tally[.command($0)]) }
        let commands = (colors + [(word: "other", count: tally[.command(nil)])]).filter { $0.count > 0 }
        let words = commands.map { "\($0.word) \($0.count)" }.joined(separator: ", ")
        return """
            \(tally[.change]) changes, \(tally.acknowledged) reports acknowledged, \(tally.failed) failed, \
            \(tally[.lost]) lost on purpose, \(tally[.leftOut]) left out, \
            \(commands.reduce(0) { $0 + $1.count }) LED commands\(words.isEmpty ? "" : " (\(words))")\
            \(tally[.payment] == 0 ? "" : ", \(tally[.payment]) payments")
            """
    }
}
