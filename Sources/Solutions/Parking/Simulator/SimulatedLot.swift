public import HubModel
internal import SolutionKit

/// One lot in motion: cars, sensors, and what the sensors say, in the order of time. A value: two copies go the same way.
public struct SimulatedLot: Sendable {
    /// What one sensor says.
    public struct Report: Hashable, Sendable {
        /// When, by the simulation's clock.
        public let at: Timestamp
        /// Which spot it says it of, counted within the lot. A swapped sensor says its neighbour's state of its own spot.
        public let spot: Int
        /// What the sensor's program thinks of it.
        public let isOccupied: Bool
        /// Whole centimetres.
        public let distance: Int64
        /// Whether it says it because a car came or went, and not because it was time again.
        public let isChange: Bool
    }

    /// Somebody pays.
    public struct Payment: Hashable, Sendable {
        /// When, by the simulation's clock.
        public let at: Timestamp
        /// For which spot, counted within the lot: where the car really stands, whatever the sensors say.
        public let spot: Int
        /// When that car came.
        public let arrivedAt: Timestamp
        /// When it leaves.
        public let leavesAt: Timestamp
        /// With a phone and not at the machine.
        public let isByApp: Bool
    }

    /// How many spots there are.
    public let count: Int
    /// How many reports were lost on their way so far.
    public private(set) var lost = 0
    private var spots: [SimulatedSpot]
    private var sensors: [SimulatedSensor]
    private var nextBeats: [Timestamp]
    private var queue = InstantHeap<Int>()
    private var clock: LocalClock
    private let heartbeat: Int64
    private let loss: Double
    /// What will be paid, the earliest last; nil where nobody pays.
    private var payments: [Payment]?
    private var purses: SimulatedChance

    /// Cars have come and gone for so long when it begins, in microseconds: a day.
    private static let running: Int64 = 86_400_000_000

    /// Of so many drivers one does not pay, and so many pay with their phone.
    private static let honest = 0.93
    private static let byApp = 0.4

    init(_ simulator: ParkingSimulator, lot: Int, from start: Timestamp, heartbeat: Int64, paying: Bool) {
        var clock = simulator.clock
        let count = simulator.sizes[lot]
        self.count = count
        self.heartbeat = max(1_000, heartbeat)
        loss = simulator.loss
        let before = start.advanced(byMicroseconds: -SimulatedLot.running)
        let first = simulator.firsts[lot]
        let faults = simulator.faults(ofLot: lot, from: start)
        spots = (0..<count).map { index in
            SimulatedSpot(
                kind: SimulatedTraffic.kind(ofSpot: index, of: count),
                chance: SimulatedChance(seed: simulator.seed, stream: 1, first + index), from: before, clock: &clock)
        }
        sensors = faults.enumerated().map { index, fault in
            SimulatedSensor(fault: fault, chance: SimulatedChance(seed: simulator.seed, stream: 2, first + index))
        }
        var phases = SimulatedChance(seed: simulator.seed, stream: 3, lot)
        let interval = self.heartbeat
        nextBeats = (0..<count).map { _ in
            // Spread over the first interval, so that a lot does not speak in chorus.
            start.advanced(byMicroseconds: Int64(phases.fraction() * Double(interval)))
        }
        self.clock = clock
        payments = paying ? [] : nil
        purses = SimulatedChance(seed: simulator.seed, stream: 5, lot)
        for index in spots.indices {
            while spots[index].nextChange < start { change(index) }
            queue.insert(index, at: min(spots[index].nextChange, nextBeats[index]), rank: index)
        }
        payments?.removeAll { $0.at < start }
    }

    /// Whether a car really stands there.
    public func isOccupied(_ spot: Int) -> Bool { spots[spot].isOccupied }

    /// When a sensor says something next.
    public var nextInstant: Timestamp { queue.first?.at ?? Timestamp(microseconds: .max) }

    /// When somebody pays next, of the cars that are there by now.
    public var nextPayment: Timestamp { payments?.last?.at ?? Timestamp(microseconds: .max) }

    /// What is paid next, if that is before an instant. Whoever follows both asks before each report for what is paid until then.
    public mutating func payment(before instant: Timestamp) -> Payment? {
        nextPayment < instant ? payments?.removeLast() : nil
    }

    /// Goes on to what a sensor says next; nil if that report gets lost.
    public mutating func next() -> Report? {
        guard let (instant, index) = queue.first else { return nil }
        let isChange = spots[index].nextChange <= instant
        if isChange { change(index) }
        nextBeats[index] = instant.advanced(byMicroseconds: heartbeat)
        queue.moveFirst(to: min(spots[index].nextChange, nextBeats[index]))

        let sensor = seenBy(index)
        let distance = sensors[sensor].measure(isOccupied: spots[index].isOccupied, at: instant)
        let isOccupied = sensors[sensor].judge(distance, at: instant)
        if sensors[sensor].loses(loss, at: instant) {
            lost += 1
            return nil
        }
        return Report(
            at: instant, spot: sensor, isOccupied: isOccupied, distance: distance, isChange: isChange)
    }

    private mutating func change(_ index: Int) {
        let instant = spots[index].nextChange
        spots[index].change(clock: &clock)
        guard spots[index].isOccupied else { return }
        sensors[seenBy(index)].carArrives()
        if payments != nil { pay(for: index, arrivedAt: instant, leavesAt: spots[index].nextChange) }
    }

    /// Who pays does so on the way back to the car, or with the phone on the way from it.
    private mutating func pay(for index: Int, arrivedAt: Timestamp, leavesAt: Timestamp) {
        let (isHonest, isByApp) = (purses.happens(SimulatedLot.honest), purses.happens(SimulatedLot.byApp))
        let minutes = 1 + 7 * purses.fraction()
        guard isHonest else { return }
        let stay = leavesAt.microseconds(since: arrivedAt)
        // Somebody who stays for two minutes pays in the middle of them.
        let away = min(Int64(minutes * 60e6), stay / 2)
        let payment = Payment(
            at: isByApp ? arrivedAt.advanced(byMicroseconds: away) : leavesAt.advanced(byMicroseconds: -away),
            spot: index, arrivedAt: arrivedAt, leavesAt: leavesAt, isByApp: isByApp)
        let place = payments?.firstIndex { ($0.at, $0.spot) < (payment.at, payment.spot) } ?? payments?.count ?? 0
        payments?.insert(payment, at: place)
    }

    /// Which sensor looks at a spot: its own, or the one it was swapped with, which are an even one and the next.
    private func seenBy(_ index: Int) -> Int {
        sensors[index].fault == .swapped ? index ^ 1 : index
    }
}
