package import HubModel

/// What somebody who is no sensor told of a spot by what they did.
package struct SpotClaim: Hashable, Sendable {
    /// How they told it.
    package enum Source: Hashable, Sendable {
        /// Somebody paid for the spot by its name: a car stood there then, or shortly before.
        case payment
        /// Somebody looked, and corrected what the sensor said.
        case override
    }

    package var spot: String
    package var at: Timestamp
    package var isOccupied: Bool
    package var source: Source

    /// A claim.
    package init(spot: String, at: Timestamp, isOccupied: Bool, source: Source) {
        self.spot = spot
        self.at = at
        self.isOccupied = isOccupied
        self.source = source
    }

    /// When the sensor of the spot should have said so at least once.
    /// - Parameter leeway: how long after somebody has left they may pay, in microseconds.
    func window(leeway: Int64) -> (from: Timestamp, to: Timestamp) {
        switch source {
        case .payment: (at.advanced(byMicroseconds: -leeway), at.advanced(byMicroseconds: leeway / 3))
        // From then on the status is what the person said, and no word of the sensor's.
        case .override: (at.advanced(byMicroseconds: -1), at.advanced(byMicroseconds: -1))
        }
    }
}

/// What a spot's sensor said over a time, as far as it is known.
package struct SaidTrack: Hashable, Sendable {
    private struct Step: Hashable, Sendable {
        var at: Timestamp
        var isOccupied: Bool?
    }

    private var steps: [Step] = []

    /// Nothing was said.
    package init() {}

    /// From an instant on it says this; nil: that is not known. Instants come in order; one that lies before the last takes its place.
    package mutating func append(_ isOccupied: Bool?, from instant: Timestamp) {
        while let last = steps.last, last.at >= instant { steps.removeLast() }
        if steps.isEmpty || last != isOccupied { steps.append(Step(at: instant, isOccupied: isOccupied)) }
    }

    /// Whether nothing is known of it.
    var isEmpty: Bool { steps.isEmpty }

    /// What it said last; nil: not known.
    var last: Bool? { steps.last?.isOccupied ?? nil }

    /// Whether it said this at any time of a window; nil when that is not known.
    func said(_ isOccupied: Bool, from: Timestamp, to: Timestamp) -> Bool? {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].at <= from { low = middle + 1 } else { high = middle }
        }
        var isKnown = low > 0
        for step in steps[max(0, low - 1)...] {
            guard step.at <= to else { break }
            if step.isOccupied == isOccupied { return true }
            if step.isOccupied == nil { isKnown = false }
        }
        return isKnown ? false : nil
    }
}
