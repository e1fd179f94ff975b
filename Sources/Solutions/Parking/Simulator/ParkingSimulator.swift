public import HubModel
public import SolutionKit

/// A city's car parks that do not exist: which lots and spots there are, and what their sensors say, as pure values of seed and time.
///
/// `SimulatedController` is one lot behind its connection.
public struct ParkingSimulator: Sendable {
    /// What decides everything that looks random.
    public let seed: UInt64
    /// How many spots each lot has.
    public let sizes: [Int]
    /// What part of the sensors is faulty, 0 to 1: stuck, swapped, dirty, ageing, deaf or dead, each as often.
    public let faulty: Double
    /// What part of the reports is lost on the way, 0 to 1.
    public let loss: Double
    /// What the names of lots and spots begin with.
    public let lotPrefix: String
    /// What the names of spots begin with.
    public let spotPrefix: String
    /// How many digits the number of a spot has at least.
    public let spotDigits: Int
    /// The lots' time zone, which says when it is morning.
    public let timeZone: String
    let clock: LocalClock
    /// The number of each lot's first spot, counted through all lots from 0.
    let firsts: [Int]

    /// A message to publish.
    public typealias Message = SimulatedMessage

    /// Car parks of these sizes; nil without any, for a time zone that nobody knows, or a prefix that makes no good names.
    public init?(
        seed: UInt64, sizes: [Int], faulty: Double = 0.02, loss: Double = 0.01,
        lotPrefix: String = "LOT", spotPrefix: String = "SPOT", spotDigits: Int = 5, timeZone: String = "UTC"
    ) {
        guard let clock = LocalClock(timeZone), !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }),
            DeviceID(lotPrefix) != nil, DeviceID(spotPrefix) != nil, lotPrefix.utf8.count <= 40,
            spotPrefix.utf8.count <= 40
        else { return nil }
        self.seed = seed
        self.sizes = sizes
        self.faulty = min(max(faulty, 0), 1)
        self.loss = min(max(loss, 0), 1)
        self.lotPrefix = lotPrefix
        self.spotPrefix = spotPrefix
        self.spotDigits = min(max(spotDigits, 1), 10)
        self.timeZone = timeZone
        self.clock = clock
        firsts = sizes.reduce(into: [0]) { firsts, size in firsts.append((firsts.last ?? 0) + size) }
    }

    /// How many lots there are.
    public var lots: Int { sizes.count }

    /// How many spots there are in all.
    public var spots: Int { sizes.reduce(0, +) }

    /// A lot's id: `LOT001`.
    public func lotID(_ lot: Int) -> String { lotPrefix + ParkingSimulator.number(lot + 1, digits: 3) }

    /// A spot's id: `SPOT00001`; spots are counted through all lots.
    public func spotID(lot: Int, spot: Int) -> String {
        spotPrefix + ParkingSimulator.number(firsts[lot] + spot + 1, digits: spotDigits)
    }

    /// The device that speaks for all spots of a lot: `LOT001-controller`.
    public func controllerID(_ lot: Int) -> String { "\(lotID(lot))-controller" }

    /// Where a lot's controller hears what its LEDs shall show.
    public func ledTopic(_ lot: Int) -> String { "parkmate/led/command/\(lotID(lot))" }

    /// A lot in motion from an instant on.
    /// - Parameters:
    ///   - heartbeat: how often a sensor says how it is when nothing happens, in microseconds of the simulation's time.
    ///   - paying: whether drivers pay; cars and sensors are the same either way.
    public func lot(_ lot: Int, from start: Timestamp, heartbeat: Int64, paying: Bool = false) -> SimulatedLot {
        SimulatedLot(self, lot: lot, from: start, heartbeat: heartbeat, paying: paying)
    }

    /// What the controller of a lot publishes for a report.
    /// - Parameter stamp: the time in it: that of the clock on the wall, ahead of which the simulation's may run.
    public func message(_ report: SimulatedLot.Report, ofLot lot: Int, stampedAt stamp: Timestamp) -> Message {
        var writer = JSONWriter(minimumCapacity: 128)
        writer.object { writer in
            writer.member("spot_id", spotID(lot: lot, spot: report.spot))
            writer.member("lot_id", lotID(lot))
            writer.member("occupied", report.isOccupied)
            writer.member("distance", report.distance)
            writer.member("timestamp", stamp)
        }
        return Message(topic: "parkmate/spot/status", payload: writer.bytes)
    }

    /// What a driver's app publishes who pays for the spot on which the car stands.
    /// - Parameters:
    ///   - minor: how much, in minor units.
    ///   - stamp: as for a report; the payment's name is made of it, so that no two are the same.
    public func message(
        _ payment: SimulatedLot.Payment, ofLot lot: Int, minor: Int64, stampedAt stamp: Timestamp
    ) -> Message {
        let spot = spotID(lot: lot, spot: payment.spot)
        var writer = JSONWriter(minimumCapacity: 160)
        writer.object { writer in
            writer.member("payment_id", "\(spot)-\(String(stamp.microseconds, radix: 36))")
            writer.member("spot_id", spot)
            writer.member("lot_id", lotID(lot))
            writer.member("amount_minor", minor)
            writer.member("method", payment.isByApp ? "app" : "card")
            writer.member("timestamp", stamp)
        }
        return Message(topic: "parkmate/payment", payload: writer.bytes)
    }

    /// What is wrong with the sensors of a lot. Swapped ones are an even one and the next.
    public func faults(ofLot lot: Int, from start: Timestamp) -> [SimulatedFault] {
        var chance = SimulatedChance(seed: seed, stream: 4, lot)
        var faults: [SimulatedFault] = []
        while faults.count < sizes[lot] {
            let isFaulty = chance.happens(faulty)
            let kind = chance.next() % 6
            // Some began long ago, some are still to begin.
            let since = start.advanced(byMicroseconds: Int64((chance.fraction() * 30 - 20) * 86_400e6))
            guard isFaulty else {
                faults.append(.none)
                continue
            }
            switch kind {
            case 0: faults.append(.stuck(since: since))
            case 1: faults.append(.dirty(since: since))
            case 2: faults.append(.drifting(since: since))
            case 3: faults.append(.deaf)
            case 4: faults.append(.dead(since: since))
            default:
                let isPair = faults.count % 2 == 0 && faults.count + 1 < sizes[lot]
                faults += isPair ? [.swapped, .swapped] : [.none]
            }
        }
        return faults
    }

    static func number(_ value: Int, digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
