internal import ArgumentParser
public import HubModel
public import SolutionKit

/// The options of `martlet simulate parking`.
public struct ParkingSimulatorOptions: SimulatorOptions {
    /// The command's name.
    public static var name: String { "parking" }
    /// What it does.
    public static var abstract: String {
        "Car parks: sensors that see cars come and go, and sometimes fail; one MQTT client for each lot."
    }
    /// Whose keys there are.
    public static var keyHolders: String { "The controllers'" }
    /// How it is used.
    public static var discussion: String {
        """
        Cars come by time of day and weekday. Some reports get lost, some sensors are stuck, swapped, dirty, ageing, deaf (many \
        reports get lost) or dead: of those nothing is heard from some day on, and their spots become unknown.

        The same --seed gives the same cars, faults and payments in the same order, run after run: with it the simulation's clock begins on \
        Monday, 2026-11-23T07:00:00Z, unless --start says otherwise. Reports are stamped by the clock on the wall all the same, so that a \
        hub neither finds them late nor does not believe them.

        The hub must know the lots and spots first; --list prints them for its import, and the devices:

          martlet simulate parking --lots 2 --spots 40 --list json > lots.json
          martlet simulate parking --lots 2 --spots 40 --list controllers | (umask 077; martlet device add --ids-stdin --kind parking > keys.txt)
          martlet simulate parking --lots 2 --spots 40 --list spots --lot 1 \\
              | martlet device add --ids-stdin --kind parking --controller LOT001-controller > /dev/null
        """
    }

    /// What the simulation's clock shows first where only a seed was given: people go to work.
    private static let firstMorning = "2026-11-23T07:00:00Z"

    /// What `--list` prints.
    enum Listing: String, ExpressibleByArgument, CaseIterable {
        case json, csv, controllers, spots
    }

    @Option(name: .long, help: .init("How many lots, 1 to 1000.", valueName: "L"))
    var lots = 1

    @Option(name: .long, help: .init("How many spots each has, 1 to 5000.", valueName: "N"))
    var spots = 40

    @Option(name: .long, help: .init("How many times as fast as the clock time runs, 0.1 to 100000.", valueName: "X"))
    var speed = 1.0

    @Option(name: .long, help: .init("What decides everything that looks random (default: 7).", valueName: "S"))
    var seed: UInt64?

    @Option(
        name: .long,
        help: .init(
            "What the simulation's clock shows first, ISO 8601; without it: 2026-11-23T07:00:00Z with --seed, now without.",
            valueName: "TIME"))
    var start: String?

    @Option(name: .long, help: .init("What part of the sensors is faulty, in percent.", valueName: "PERCENT"))
    var faulty = 2.0

    @Option(name: .long, help: .init("What part of the reports gets lost, in percent.", valueName: "PERCENT"))
    var loss = 1.0

    @Option(
        name: .long, help: .init("A sensor says how it is every so many seconds, 1 to 86400.", valueName: "SECONDS"))
    var heartbeat = 60.0

    @Option(name: .long, help: .init("The lots' time zone.", valueName: "NAME"))
    var timeZone = "UTC"

    @Option(name: .long, help: .init("What the names of lots begin with.", valueName: "TEXT"))
    var lotPrefix = "LOT"

    @Option(name: .long, help: .init("What the names of spots begin with.", valueName: "TEXT"))
    var spotPrefix = "SPOT"

    @Option(
        name: .long,
        help: .init(
            "Print and do nothing else: the lots as json or csv for the hub's import, or the names of controllers or spots, one a line.",
            valueName: "WHAT"))
    var list: Listing?

    @Option(name: .long, help: .init("With --list spots: only those of the lot of this number.", valueName: "NUMBER"))
    var lot: Int?

    @Option(
        name: .long,
        help: .init(
            "Drivers pay so many minor units (cents) for each started hour on parkmate/payment; nobody does without it.",
            valueName: "MINOR"))
    var payments: Int64?

    @Option(
        name: .long,
        help: .init(
            "The personal access token with which payments are published, with the scopes mqtt.publish and parking.pay; without it only a hub with --open takes them.",
            valueName: "FILE"))
    var paymentToken: String?

    /// The defaults.
    public init() {}

    /// Checks the ranges.
    public func validate() throws {
        guard (1...1_000).contains(lots) else { throw ValidationError("--lots must be from 1 to 1000") }
        guard (1...5_000).contains(spots) else { throw ValidationError("--spots must be from 1 to 5000") }
        guard (0.1...1e5).contains(speed) else { throw ValidationError("--speed must be from 0.1 to 100000") }
        guard (0...100).contains(faulty) else { throw ValidationError("--faulty must be from 0 to 100") }
        guard (0...100).contains(loss) else { throw ValidationError("--loss must be from 0 to 100") }
        guard (1...86_400).contains(heartbeat) else { throw ValidationError("--heartbeat must be from 1 to 86400") }
        guard (1...lots).contains(lot ?? 1) else { throw ValidationError("--lot must be from 1 to --lots") }
        guard (1...100_000).contains(payments ?? 1) else {
            throw ValidationError("--payments must be from 1 to 100000 minor units")
        }
        guard paymentToken == nil || payments != nil else { throw ValidationError("--payment-token needs --payments") }
    }

    /// The car parks; their controllers may not take payments where keys say who they are.
    public func fleet(at now: Timestamp, hasKeys: Bool) throws -> SimulatedCarParks {
        guard payments == nil || !hasKeys || paymentToken != nil else {
            throw ValidationError("controllers with --keys may not take payments: --payments needs --payment-token")
        }
        return SimulatedCarParks(
            try simulator(), time: try began(at: now), heartbeatSeconds: heartbeat, hourMinor: payments,
            tokenFile: paymentToken)
    }

    /// What `--list` asks for.
    public func listing(of fleet: SimulatedCarParks) -> String? {
        guard let list else { return nil }
        let simulator = fleet.simulator
        switch list {
        case .json: return String(decoding: simulator.jsonList(), as: UTF8.self) + "\n"
        case .csv: return simulator.csvList()
        case .controllers: return (0..<lots).map { simulator.controllerID($0) + "\n" }.joined()
        case .spots:
            let chosen = lot.map { ($0 - 1)..<$0 } ?? 0..<lots
            return chosen.map { index in
                (0..<spots).map { simulator.spotID(lot: index, spot: $0) + "\n" }.joined()
            }.joined()
        }
    }

    private func simulator() throws -> ParkingSimulator {
        guard
            let simulator = ParkingSimulator(
                seed: seed ?? 7, sizes: Array(repeating: spots, count: lots), faulty: faulty / 100, loss: loss / 100,
                lotPrefix: lotPrefix, spotPrefix: spotPrefix, timeZone: timeZone)
        else {
            throw ValidationError(
                "--time-zone must be a name such as Europe/Berlin, prefixes 1 to 40 letters, digits and . _ - : @")
        }
        return simulator
    }

    private func began(at now: Timestamp) throws -> SimulatedTime {
        // With a seed everything is the same again, also the hour at which it begins.
        guard let text = start ?? seed.map({ _ in ParkingSimulatorOptions.firstMorning }) else {
            return SimulatedTime(begin: now, start: now, speed: speed)
        }
        guard let first = Timestamp(iso8601: text) else {
            throw ValidationError("--start must be a time such as 2026-11-23T07:30:00Z")
        }
        return SimulatedTime(begin: now, start: first, speed: speed)
    }
}
