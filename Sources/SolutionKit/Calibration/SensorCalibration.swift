public import HubModel

/// How a sensor that measures a distance is read: above its threshold nothing is there.
public struct SensorRule: Hashable, Sendable {
    /// cm; below it something is there.
    public var threshold: Double
    /// Whether the sensor's own flag counts where it sends one, and the distance only where not.
    public var followsFlag: Bool

    /// A rule.
    public init(threshold: Double, followsFlag: Bool) {
        self.threshold = threshold
        self.followsFlag = followsFlag
    }
}

/// One report of a distance sensor, as history has it.
public struct CalibrationSample: Hashable, Sendable {
    /// When.
    public var at: Timestamp
    /// cm.
    public var distance: Double
    /// What the sensor itself thought; nil if it said nothing of that.
    public var isOccupied: Bool?

    /// A report.
    public init(at: Timestamp, distance: Double, isOccupied: Bool?) {
        self.at = at
        self.distance = distance
        self.isOccupied = isOccupied
    }
}

/// What lies around one distance: the readings of an empty place, or of an occupied one.
public struct DistanceCluster: Hashable, Sendable {
    /// How many readings.
    public var count: Int
    /// cm.
    public var mean: Double
    /// Standard deviation, cm.
    public var spread: Double
    /// Between these lie all but one in fifty at either side, cm.
    public var low: Double
    /// The upper end.
    public var high: Double
}

/// What is proposed for a distance sensor, and what looks wrong with it, from its own history: what it measures of an empty and of an occupied
/// place, the threshold between the two, and whether it drifts, is dirty, stuck or blocked. Pure: samples in, proposal out.
///
///     var calibration = SensorCalibration(samples, rule: SensorRule(threshold: 115, followsFlag: false))
///     calibration.judge(among: FleetConduct(others.map(\.conduct)))
public struct SensorCalibration: Hashable, Sendable {
    /// Of how many readings.
    public let samples: Int
    /// What is measured when something is there; nil when the history does not hold both.
    public let occupied: DistanceCluster?
    /// What is measured when nothing is.
    public let free: DistanceCluster?
    /// The threshold that is proposed, cm; nil when the history does not hold both an empty and an occupied place.
    public let threshold: Double?
    /// The width of the band around it, cm.
    public let hysteresis: Double?
    /// What a person should look at.
    public internal(set) var flags: [Flag] = []
    /// What it did, apart from what it measured.
    public let conduct: SensorConduct
    /// Parts of the time of which reports are lost or out of reach: it rests on the others.
    public let gaps: [ReadingGap]
    /// What its own distances tell against it, whatever the other sensors do.
    let ownFlags: OwnFlags

    /// The fewest samples that a cluster is made of.
    static let fewest = 5
    /// Two clusters that lie closer than this are one, cm.
    private static let smallestGap = 20.0
    /// The narrowest band that is proposed, cm.
    private static let narrowestBand = 5.0

    /// What a history tells.
    /// - Parameters:
    ///   - samples: in order of time.
    ///   - rule: how the sensor is read at present.
    ///   - gaps: what is lost or out of reach, by time.
    public init(_ samples: [CalibrationSample], rule: SensorRule, gaps: [ReadingGap] = []) {
        self.samples = samples.count
        self.gaps = gaps
        let parts = SensorCalibration.split(samples.map(\.distance).sorted())
        occupied = parts?.low
        free = parts?.high
        if let parts {
            // In the middle of the valley, measured from where the clusters end and not from where they have their middle: what
            // stands there differs more than the ground does.
            let gap = parts.high.low - parts.low.high
            threshold = ((parts.high.low + parts.low.high) / 2).rounded()
            hysteresis = min(
                max(4 * max(parts.low.spread, parts.high.spread), SensorCalibration.narrowestBand), gap / 2
            ).rounded(.down)
        } else {
            threshold = nil
            hysteresis = nil
        }
        conduct = SensorConduct(samples, rule: rule, gaps: gaps)
        ownFlags = OwnFlags(samples, threshold: threshold ?? rule.threshold)
        judge(among: FleetConduct([]))
    }

    /// Adds what was found out otherwise.
    public mutating func add(_ flag: Flag) { flags.append(flag) }

    /// Divides sorted distances in two where that leaves the least variance within the parts (Otsu 1979).
    private static func split(_ sorted: [Double]) -> (low: DistanceCluster, high: DistanceCluster)? {
        guard sorted.count >= 2 * fewest else { return nil }
        let total = sorted.reduce(0, +)
        var sum = 0.0
        var best: (between: Double, index: Int)?
        for index in 1..<sorted.count {
            sum += sorted[index - 1]
            guard index >= fewest, sorted.count - index >= fewest, sorted[index] > sorted[index - 1] else { continue }
            let difference = sum / Double(index) - (total - sum) / Double(sorted.count - index)
            let between = Double(index) * Double(sorted.count - index) * difference * difference
            if between > best?.between ?? 0 { best = (between, index) }
        }
        guard let best else { return nil }
        let low = cluster(sorted[..<best.index])
        let high = cluster(sorted[best.index...])
        guard high.low - low.high >= smallestGap, high.mean - low.mean > 2 * (low.spread + high.spread) else {
            return nil
        }
        return (low, high)
    }

    private static func cluster(_ sorted: ArraySlice<Double>) -> DistanceCluster {
        let count = Double(sorted.count)
        let mean = sorted.reduce(0, +) / count
        let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // One in fifty may be anything: somebody walked by.
        let cut = sorted.count / 50
        return DistanceCluster(
            count: sorted.count, mean: mean, spread: variance.squareRoot(), low: sorted[sorted.startIndex + cut],
            high: sorted[sorted.endIndex - 1 - cut])
    }
}
