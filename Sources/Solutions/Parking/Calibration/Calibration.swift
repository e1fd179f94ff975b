package import HubModel

/// One report of a spot's sensor, as history has it.
package struct CalibrationSample: Hashable, Sendable {
    package var at: Timestamp
    /// cm.
    package var distance: Double
    /// What the sensor itself thought; nil if it said nothing of that.
    package var isOccupied: Bool?

    package init(at: Timestamp, distance: Double, isOccupied: Bool?) {
        self.at = at
        self.distance = distance
        self.isOccupied = isOccupied
    }
}

/// What lies around one distance: the readings of an empty spot, or of one with a car.
package struct DistanceCluster: Hashable, Sendable {
    package var count: Int
    /// cm.
    package var mean: Double
    /// Standard deviation, cm.
    package var spread: Double
    /// Between these lie all but one in fifty at either side, cm.
    package var low: Double
    package var high: Double
}

/// What is proposed for a spot's sensor, and what looks wrong with it, from that spot's own history. Pure: samples in, proposal out.
package struct Calibration: Hashable, Sendable {
    package let samples: Int
    package let occupied: DistanceCluster?
    package let free: DistanceCluster?
    /// cm; nil when the history does not hold both an empty and an occupied spot.
    package let threshold: Double?
    /// cm.
    package let hysteresis: Double?
    /// What a person should look at.
    package internal(set) var flags: [Flag] = []
    /// What it did, apart from what it measured.
    package let conduct: SensorConduct
    /// Parts of the time of which reports are lost or out of reach: it rests on the others.
    package let gaps: [ReadingGap]
    /// What its own distances tell against it, whatever the other sensors do.
    let ownFlags: OwnFlags

    /// The fewest samples that a cluster is made of.
    static let fewest = 5
    /// Two clusters that lie closer than this are one, cm.
    private static let smallestGap = 20.0
    /// The narrowest band that is proposed, cm.
    private static let narrowestBand = 5.0

    /// - Parameters:
    ///   - samples: in order of time.
    ///   - settings: how the sensor is read at present.
    ///   - gaps: what is lost or out of reach, by time.
    package init(_ samples: [CalibrationSample], settings: SensorSettings, gaps: [ReadingGap] = []) {
        self.samples = samples.count
        self.gaps = gaps
        let parts = Calibration.split(samples.map(\.distance).sorted())
        occupied = parts?.low
        free = parts?.high
        if let parts {
            // In the middle of the valley, measured from where the clusters end and not from where they have their middle: a car's roof
            // and its bonnet differ more than the ground does.
            let gap = parts.high.low - parts.low.high
            threshold = ((parts.high.low + parts.low.high) / 2).rounded()
            hysteresis = min(
                max(4 * max(parts.low.spread, parts.high.spread), Calibration.narrowestBand), gap / 2
            ).rounded(.down)
        } else {
            threshold = nil
            hysteresis = nil
        }
        conduct = SensorConduct(samples, settings: settings, gaps: gaps)
        ownFlags = OwnFlags(samples, threshold: threshold ?? settings.thresholdCentimetres)
        judge(among: LotConduct([]))
    }

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
