extension SensorCalibration {
    /// What a person should look at.
    public enum Flag: Hashable, Sendable {
        /// All that it measures, or the empty place more and more, is otherwise than it was, by so many cm.
        case drift(centimetres: Double)
        /// The empty place measures less than it did, by so many cm (negative), and an occupied one does not: something grows before the sensor.
        case dirty(centimetres: Double)
        /// The distance does not move any more, where it moved before or the fleet's other sensors' do.
        case stuck(centimetres: Double)
        /// The sensor says free and measures so little as if something stood there: dirt, snow, a leaf.
        case blocked(share: Double)
        /// It has said occupied for so many hours without a break, far longer than anybody stays in this place.
        case occupiedTooLong(hours: Double)
        /// What it says is true of another resource, and what that one's sensor says is true of this one. Found by the solution, which knows both.
        case swapped(with: String)
    }

    /// What one sensor's distances tell against it.
    struct OwnFlags: Hashable, Sendable {
        /// Its flag comes and goes, and the distance does not move.
        var contradicted: Double?
        /// The share of reports that say free and measure something.
        var blocked: Double?
        /// How much the empty place measures otherwise than it did, cm; nil: not worth a word.
        var shift: Double?
        /// How much an occupied one does, cm; nil: too little is known.
        var occupiedShift: Double?
    }

    /// Holds what the sensor did against what the fleet's other sensors do. What was added of `swapped` stays.
    public mutating func judge(among fleet: FleetConduct) {
        flags = flags.filter { if case .swapped = $0 { true } else { false } }
        if let centimetres = ownFlags.contradicted ?? conduct.stuck(among: fleet) {
            // A sensor that does not move any more says nothing of drift or dirt.
            flags.append(.stuck(centimetres: centimetres))
            return
        }
        if let share = ownFlags.blocked { flags.append(.blocked(share: share)) }
        if let hours = conduct.occupiedTooLong(among: fleet) { flags.append(.occupiedTooLong(hours: hours.rounded())) }
        guard let shift = ownFlags.shift else { return }
        let fallsAlone = shift < 0 && (ownFlags.occupiedShift ?? 0) > shift / 2
        flags.append(fallsAlone ? .dirty(centimetres: shift.rounded()) : .drift(centimetres: shift.rounded()))
    }
}

extension SensorCalibration.OwnFlags {
    /// A smaller shift is not worth a word, cm.
    private static let smallestShift = 10.0

    init(_ samples: [CalibrationSample], threshold: Double) {
        let flagged = samples.filter { $0.isOccupied != nil }
        let newest = flagged.suffix(50)
        let recentFree = flagged.filter { $0.isOccupied == false }.suffix(50)
        if newest.count >= 20, let least = newest.map(\.distance).min(), let most = newest.map(\.distance).max(),
            most - least < SensorConduct.leastMovement, newest.contains(where: { $0.isOccupied == true }),
            newest.contains(where: { $0.isOccupied == false })
        {
            contradicted = least
        } else if recentFree.count >= 20 {
            let share = Double(recentFree.count { $0.distance < threshold }) / Double(recentFree.count)
            if share > 0.5 { blocked = share }
        }
        let empty = samples.map(\.distance).filter { $0 > threshold }
        if let moved = SensorCalibration.OwnFlags.shift(of: empty) {
            // Twice the noise, as it is from one report to the next: over the whole time the drift itself would count as noise.
            let noise = SensorCalibration.OwnFlags.median(zip(empty, empty.dropFirst()).map { abs($0 - $1) }) / 0.954
            if abs(moved) > max(SensorCalibration.OwnFlags.smallestShift, 2 * noise) { shift = moved }
        }
        occupiedShift = SensorCalibration.OwnFlags.shift(of: samples.map(\.distance).filter { $0 <= threshold })
    }

    /// How much the newest tenth lies from the oldest quarter; nil with too little of either.
    private static func shift(of distances: [Double]) -> Double? {
        let quarter = distances.count / 4
        guard quarter >= SensorCalibration.fewest else { return nil }
        let newest = max(SensorCalibration.fewest, distances.count / 10)
        return median(distances.suffix(newest)) - median(distances.prefix(quarter))
    }

    private static func median(_ values: some Collection<Double>) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
