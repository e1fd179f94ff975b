public import HubModel

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

    /// Cars have come and gone for so long when it begins, in microseconds: a day.
    private static let running: Int64 = 86_400_000_000

    init(_ simulator: ParkingSimulator, lot: Int, from start: Timestamp, heartbeat: Int64) {
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
        for index in spots.indices {
            while spots[index].nextChange < start { change(index) }
            queue.insert(index, at: min(spots[index].nextChange, nextBeats[index]), rank: index)
        }
    }

    /// Whether a car really stands there.
    public func isOccupied(_ spot: Int) -> Bool { spots[spot].isOccupied }

    /// When something happens next.
    public var nextInstant: Timestamp { queue.first?.at ?? Timestamp(microseconds: .max) }

    /// Goes on to what a sensor says next; nil if that report gets lost.
    public mutating func next() -> Report? {
        guard let (instant, index) = queue.first else { return nil }
        let isChange = spots[index].nextChange <= instant
        if isChange { change(index) }
        nextBeats[index] = instant.advanced(byMicroseconds: heartbeat)
        queue.moveFirst(to: min(spots[index].nextChange, nextBeats[index]))

        let sensor = seenBy(index)
        let distance = sensors[sensor].measure(isOccupied: spots[index].isOccupied, at: instant)
        if sensors[sensor].loses(loss) {
            lost += 1
            return nil
        }
        return Report(
            at: instant, spot: sensor, isOccupied: Double(distance) < SimulatedSensor.firmwareThreshold,
            distance: distance, isChange: isChange)
    }

    private mutating func change(_ index: Int) {
        spots[index].change(clock: &clock)
        if spots[index].isOccupied { sensors[seenBy(index)].carArrives() }
    }

    /// Which sensor looks at a spot: its own, or the one it was swapped with, which are an even one and the next.
    private func seenBy(_ index: Int) -> Int {
        sensors[index].fault == .swapped ? index ^ 1 : index
    }
}
