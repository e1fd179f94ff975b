public import HubModel

/// What a sensor did over a time: for how long it measured the same, and said occupied. Small, so that those of a whole fleet fit into memory.
public struct SensorConduct: Hashable, Sendable {
    /// Reports that follow each other and agree.
    public struct Run: Hashable, Sendable {
        /// How many.
        public var count = 0
        /// Over how long.
        public var seconds = 0.0
        /// What it measured at first, cm.
        public var centimetres = 0.0
    }

    /// Distances that differ by less are the same, cm.
    static let leastMovement = 0.5
    /// Fewer reports than these are no standstill.
    private static let fewestStill = 20

    /// How many reports it made.
    public private(set) var reports = 0
    /// Over how long, without the gaps.
    public private(set) var seconds = 0.0
    /// The newest reports that measure the same.
    public private(set) var still = Run()
    /// How many reports measured the same before those, at most; nil when there are none before.
    public private(set) var longestStill: Int?
    /// How often it began to say otherwise, occupied or free.
    public private(set) var changes = 0
    /// The newest reports that say occupied; empty when the newest one says free.
    public private(set) var busy = Run()
    /// How long it said occupied before those, at most, in seconds; nil when it never did.
    public private(set) var longestBusySeconds: Double?

    /// What a sensor did.
    /// - Parameters:
    ///   - samples: in order of time.
    ///   - rule: how it is read at present.
    ///   - gaps: by time. Of what it did in them nothing is known: no standstill and no stay reaches over one.
    public init(_ samples: [CalibrationSample], rule: SensorRule, gaps: [ReadingGap] = []) {
        guard let first = samples.first, let last = samples.last else { return }
        reports = samples.count
        seconds = SensorConduct.seconds(from: first, to: last)
        var gaps = gaps[...]
        var before = first
        var (least, most) = (first.distance, first.distance)
        var (stillSince, busySince): (CalibrationSample, CalibrationSample?) = (first, nil)
        var said: Bool?
        for sample in samples {
            while let gap = gaps.first, gap.from < sample.at {
                // Another may begin within it, and end later.
                let lost = min(gap.to, sample.at).microseconds(since: max(gap.from, before.at))
                if lost > 0 {
                    seconds -= Double(lost) / 1e6
                    longestStill = max(longestStill ?? 0, still.count)
                    (least, most, stillSince, still.count) = (sample.distance, sample.distance, sample, 0)
                    (busySince, busy, said) = (nil, Run(), nil)
                }
                guard gap.to <= sample.at else { break }
                gaps.removeFirst()
            }
            before = sample
            (least, most) = (min(least, sample.distance), max(most, sample.distance))
            if most - least >= SensorConduct.leastMovement {
                longestStill = max(longestStill ?? 0, still.count)
                (least, most, stillSince, still.count) = (sample.distance, sample.distance, sample, 0)
            }
            still.count += 1
            let says = rule.followsFlag ? sample.isOccupied : nil
            let isOccupied = says ?? (sample.distance < rule.threshold)
            if let said, said != isOccupied { changes += 1 }
            said = isOccupied
            if isOccupied {
                busySince = busySince ?? sample
                busy.count += 1
            } else if let since = busySince {
                longestBusySeconds = max(longestBusySeconds ?? 0, SensorConduct.seconds(from: since, to: sample))
                (busySince, busy) = (nil, Run())
            }
        }
        still.seconds = SensorConduct.seconds(from: stillSince, to: last)
        still.centimetres = stillSince.distance
        if let busySince {
            busy.seconds = SensorConduct.seconds(from: busySince, to: last)
            busy.centimetres = busySince.distance
        }
    }

    private static func seconds(from one: CalibrationSample, to other: CalibrationSample) -> Double {
        Double(other.at.microseconds(since: one.at)) / 1e6
    }

    /// What it measures again and again, cm, if it does so much longer than it did before, or, when it has not lived long enough to say,
    /// than the fleet's other sensors do. Nothing moves in a quiet hour either: so it must last for six, or for as long as it takes the
    /// others to see four changes.
    func stuck(among fleet: FleetConduct) -> Double? {
        guard still.count >= SensorConduct.fewestStill else { return nil }
        let before = reports - still.count
        let isKnown = before >= min(still.count, 10 * SensorConduct.fewestStill)
        let usual = isKnown ? longestStill : fleet.longestStill.map { max($0, longestStill ?? 0) }
        guard let usual, still.count > 4 * usual else { return nil }
        guard still.seconds >= 6 * 3_600 || fleet.changes(inSeconds: still.seconds) >= 4 else { return nil }
        return still.centimetres
    }

    /// For how many hours it has said occupied, if nobody stays that long: three times as long as hardly a stay elsewhere in the fleet,
    /// and as long as it takes the others to see twenty changes.
    func occupiedTooLong(among fleet: FleetConduct) -> Double? {
        guard busy.count >= SensorConduct.fewestStill, let usual = fleet.longestBusySeconds, busy.seconds > 3 * usual,
            busy.seconds > 3 * (longestBusySeconds ?? 0), fleet.changes(inSeconds: busy.seconds) >= 20
        else { return nil }
        return busy.seconds / 3_600
    }
}

/// What the sensors of a place usually do, for those that know too little of themselves. Nil where too few of them say anything.
public struct FleetConduct: Hashable, Sendable {
    /// How many reports measured the same, at most: what nine in ten sensors stay below.
    public let longestStill: Int?
    /// How long a sensor said occupied, at most, in seconds: what nine in ten stay below.
    public let longestBusySeconds: Double?
    /// How often a sensor begins to say otherwise in a second: the middle one.
    public let changesPerSecond: Double?

    /// Fewer sensors than these are no fleet.
    private static let fewest = 3

    /// What these usually do.
    public init(_ sensors: some Collection<SensorConduct>) {
        longestStill = FleetConduct.quantile(0.9, of: sensors.compactMap(\.longestStill))
        longestBusySeconds = FleetConduct.quantile(0.9, of: sensors.compactMap(\.longestBusySeconds))
        changesPerSecond = FleetConduct.quantile(
            0.5, of: sensors.filter { $0.seconds > 0 }.map { Double($0.changes) / $0.seconds })
    }

    /// How many changes a sensor of this fleet sees in a time.
    func changes(inSeconds seconds: Double) -> Double { (changesPerSecond ?? 0) * seconds }

    private static func quantile<Value: Comparable>(_ part: Double, of values: [Value]) -> Value? {
        guard values.count >= fewest else { return nil }
        return values.sorted()[min(values.count - 1, Int(part * Double(values.count)))]
    }
}
