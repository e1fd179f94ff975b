internal import HubModel
package import SolutionKit

/// Finds pairs of spots whose distances were exchanged: each one's flag contradicts its own distance and fits the other's. For sensors that
/// have two signals; one whose flag is made of its distance never contradicts itself, and is found by `SwapEvidence`.
package enum SwappedSensors {
    /// What is known of one spot.
    package struct Track: Sendable {
        package var spot: String
        /// In order of time.
        package var samples: [CalibrationSample]
        /// cm.
        package var threshold: Double

        package init(spot: String, samples: [CalibrationSample], threshold: Double) {
            self.spot = spot
            self.samples = samples
            self.threshold = threshold
        }
    }

    /// Fewer reports than these say nothing.
    private static let fewest = 20
    /// Flags that agree with their own distance more often than this are not suspected.
    private static let ownAgreement = 0.6
    /// Flags must agree with the other's distance at least this often.
    private static let otherAgreement = 0.85
    /// The most suspects that are compared with each other: more than these are no swap but a broken lot.
    static let mostSuspects = 100

    /// Whether a sensor's flag contradicts its own distance so often that both may not be of one spot.
    static func isSuspect(_ track: Track) -> Bool {
        agreement(of: track, with: track).map { $0 < ownAgreement } ?? false
    }

    /// The pairs, each once.
    package static func pairs(_ tracks: [Track]) -> [(String, String)] {
        let suspects = tracks.filter(isSuspect).prefix(mostSuspects)
        var pairs: [(String, String)] = []
        var taken: Set<String> = []
        for (index, one) in suspects.enumerated() where !taken.contains(one.spot) {
            var best: (spot: String, agreement: Double)?
            for other in suspects.dropFirst(index + 1) where !taken.contains(other.spot) {
                guard let there = agreement(of: one, with: other), let back = agreement(of: other, with: one) else {
                    continue
                }
                let both = min(there, back)
                if both >= otherAgreement, both > best?.agreement ?? 0 { best = (other.spot, both) }
            }
            guard let best else { continue }
            taken.formUnion([one.spot, best.spot])
            pairs.append((one.spot, best.spot))
        }
        return pairs
    }

    /// How often the flag of one spot says what the distance of another said last; nil with too little to compare, and while the flag never
    /// changed.
    private static func agreement(of flags: Track, with distances: Track) -> Double? {
        var index = 0
        var compared = 0
        var agreed = 0
        var said: Set<Bool> = []
        for sample in flags.samples {
            guard let isOccupied = sample.isOccupied else { continue }
            while index + 1 < distances.samples.count, distances.samples[index + 1].at <= sample.at { index += 1 }
            guard index < distances.samples.count, distances.samples[index].at <= sample.at else { continue }
            compared += 1
            said.insert(isOccupied)
            if isOccupied == (distances.samples[index].distance < distances.threshold) { agreed += 1 }
        }
        guard compared >= fewest, said.count == 2 else { return nil }
        return Double(agreed) / Double(compared)
    }
}
