public import HubModel
public import SolutionKit

/// What simulated car parks count beside messages.
public enum SimulatedParkingCount: Hashable, Sendable {
    /// Reports because a car came or went.
    case change
    /// Reports that got lost on purpose.
    case lost
    /// Reports that were not sent, because they were too late.
    case leftOut
    /// Payments that drivers made.
    case payment
    /// Commands to LEDs that arrived, by colour; nil: those that named none.
    case command(LEDColor?)
}

/// The controller of one lot behind its connection: it speaks for all spots, and listens to what its LEDs shall show.
public struct SimulatedController: SimulatedDevice {
    private let simulator: ParkingSimulator
    private let index: Int
    private let time: SimulatedTime
    /// What drivers pay for each started hour, in minor units; nil: nobody pays.
    private let hourMinor: Int64?
    /// Who publishes payments: sensors may not.
    private let payer: SimulatedSender
    private var lot: SimulatedLot

    /// Reports that are due within so many microseconds are published together.
    private static let together: Int64 = 20_000
    /// As many as are published together at most.
    private static let portion = 500
    /// Reports that are later than this are not made up for, in microseconds: the hub was away, and what counts is how it is now.
    private static let patience: Int64 = 10_000_000

    init(
        _ simulator: ParkingSimulator, _ index: Int, time: SimulatedTime, heartbeatSeconds: Double, hourMinor: Int64?,
        payer: SimulatedSender
    ) {
        self.simulator = simulator
        self.index = index
        self.time = time
        self.hourMinor = hourMinor
        self.payer = payer
        lot = simulator.lot(
            index, from: time.start, heartbeat: time.span(ofSeconds: heartbeatSeconds), paying: hourMinor != nil)
    }

    /// When a sensor reports or a driver pays next.
    public var nextDue: Timestamp { time.due(min(lot.nextInstant, lot.nextPayment)) }

    /// What it publishes and counts.
    public mutating func take(
        _ event: SimulatedEvent, at now: Timestamp
    ) -> [SimulatedAction<SimulatedParkingCount>] {
        switch event {
        case .message(let message): [.count(.command(LEDColor(command: message.payload)))]
        case .due: report(at: now)
        // What counts is how it is now: a report that was lost is not repeated.
        case .settled: []
        case .answered: []
        }
    }

    /// What is due now: what sensors say, and what drivers pay. Who has just left has paid before; the time stamps say so.
    private mutating func report(at now: Timestamp) -> [SimulatedAction<SimulatedParkingCount>] {
        let limit = now.advanced(byMicroseconds: SimulatedController.together)
        var actions: [SimulatedAction<SimulatedParkingCount>] = []
        var messages = 0
        while messages < SimulatedController.portion {
            let due = nextDue
            guard due <= limit else { break }
            let isLeftOut = now.microseconds(since: due) > SimulatedController.patience
            // Nothing is observed after now: what is a few milliseconds early says when it was published.
            let stamp = min(due, now)
            if let payment = lot.payment(before: lot.nextInstant) {
                guard !isLeftOut, let hourMinor else { continue }
                messages += 1
                actions += [.publish(message(payment, hourMinor, stamp), by: payer), .count(.payment)]
            } else if let report = lot.next() {
                guard !isLeftOut else {
                    actions.append(.count(.leftOut))
                    continue
                }
                messages += 1
                if report.isChange { actions.append(.count(.change)) }
                actions.append(.publish(simulator.message(report, ofLot: index, stampedAt: stamp)))
            } else {
                actions.append(.count(.lost))
            }
        }
        return actions
    }

    /// A payment for as long as the hub sees the car: its clock does not run faster.
    private func message(_ payment: SimulatedLot.Payment, _ hourMinor: Int64, _ stamp: Timestamp) -> SimulatedMessage {
        let stay = time.due(payment.leavesAt).microseconds(since: time.due(payment.arrivedAt))
        let hours = max(1, (stay + 3_599_999_999) / 3_600_000_000)
        return simulator.message(payment, ofLot: index, minor: hours * hourMinor, stampedAt: stamp)
    }
}

extension LEDColor {
    /// What a command to an LED says; nil for what is no colour.
    fileprivate init?(command payload: [UInt8]) {
        var reader = JSONReader(payload)
        var color: String?
        do throws(Refusal) {
            try reader.object { (key, reader) throws(Refusal) in
                if key == "color" { color = try reader.string() } else { try reader.skip() }
            }
        } catch {
            return nil
        }
        guard let color, let known = LEDColor(rawValue: color) else { return nil }
        self = known
    }
}
