package import HubModel

/// What a sensor did over a time: for how long it measured the same, and said occupied. Small, so that a whole lot's fit into memory.
package struct SensorConduct: Hashable, Sendable {
    /// Reports that follow each other and agree.
    package struct Run: Hashable, Sendable {
        package var count = 0
        package var seconds = 0.0
        /// What it measured at first, cm.
        package var centimetres = 0.0
    }

    /// Distances that differ by less are the same, cm.
    static let leastMovement = 0.5
    /// Fewer reports than these are no standstill.
    private static let fewestStill = 20

    package private(set) var reports = 0
    package private(set) var seconds = 0.0
    /// The newest reports that measure the same.
    package private(set) var still = Run()
    /// How many reports measured the same before those, at most; nil when there are none before.
    package private(set) var longestStill: Int?
    /// How often it began to say otherwise, occupied or free.
    package private(set) var changes = 0
    /// The newest reports that say occupied; empty when the newest one says free.
    package private(set) var busy = Run()
    /// How long it said occupied before those, at most, in seconds; nil when it never did.
    package private(set) var longestBusySeconds: Double?

    /// - Parameters:
    ///   - samples: in order of time.
    ///   - gaps: by time. Of what it did in them nothing is known: no standstill and no stay reaches over one.
    package init(_ samples: [CalibrationSample], settings: SensorSettings, gaps: [ReadingGap] = []) {
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
            let says = settings.decides == .flag ? sample.isOccupied : nil
            let isOccupied = says ?? (sample.distance < settings.thresholdCentimetres)
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
    /// than the lot's other sensors do. Nothing moves in a quiet hour either: so it must last for six, or for as long as it takes the
    /// others to see four changes.
    func stuck(among lot: LotConduct) -> Double? {
        guard still.count >= SensorConduct.fewestStill else { return nil }
        let before = reports - still.count
        let isKnown = before >= min(still.count, 10 * SensorConduct.fewestStill)
        let usual = isKnown ? longestStill : lot.longestStill.map { max($0, longestStill ?? 0) }
        guard let usual, still.count > 4 * usual else { return nil }
        guard still.seconds >= 6 * 3_600 || lot.changes(inSeconds: still.seconds) >= 4 else { return nil }
        return still.centimetres
    }

    /// For how many hours it has said occupied, if nobody stays that long: three times as long as hardly a stay in the lot's other spots,
    /// and as long as it takes the others to see twenty changes.
    func occupiedTooLong(among lot: LotConduct) -> Double? {
        guard busy.count >= SensorConduct.fewestStill, let usual = lot.longestBusySeconds, busy.seconds > 3 * usual,
            busy.seconds > 3 * (longestBusySeconds ?? 0), lot.changes(inSeconds: busy.seconds) >= 20
        else { return nil }
        return busy.seconds / 3_600
    }
}

/// What the sensors of a lot usually do, for those that know too little of themselves. Nil where too few of them say anything.
package struct LotConduct: Hashable, Sendable {
    /// How many reports measured the same, at most: what nine in ten sensors stay below.
    let longestStill: Int?
    /// How long a sensor said occupied, at most, in seconds: what nine in ten stay below.
    let longestBusySeconds: Double?
    /// How often a sensor begins to say otherwise in a second: the middle one.
    let changesPerSecond: Double?

    /// Fewer sensors than these are no lot.
    private static let fewest = 3

    package init(_ sensors: some Collection<SensorConduct>) {
        longestStill = LotConduct.quantile(0.9, of: sensors.compactMap(\.longestStill))
        longestBusySeconds = LotConduct.quantile(0.9, of: sensors.compactMap(\.longestBusySeconds))
        changesPerSecond = LotConduct.quantile(
            0.5, of: sensors.filter { $0.seconds > 0 }.map { Double($0.changes) / $0.seconds })
    }

    /// How many changes a sensor of this lot sees in a time.
    func changes(inSeconds seconds: Double) -> Double { (changesPerSecond ?? 0) * seconds }

    /// How long after somebody has left they may pay, in microseconds: a twentieth of the time in which a sensor sees one change, and not
    /// more than a quarter of an hour. In a simulation that runs fast that is less.
    var leewayMicroseconds: Int64 {
        guard let changesPerSecond, changesPerSecond > 0 else { return 900_000_000 }
        return Int64(min(900, 0.05 / changesPerSecond) * 1e6)
    }

    private static func quantile<Value: Comparable>(_ part: Double, of values: [Value]) -> Value? {
        guard values.count >= fewest else { return nil }
        return values.sorted()[min(values.count - 1, Int(part * Double(values.count)))]
    }
}
