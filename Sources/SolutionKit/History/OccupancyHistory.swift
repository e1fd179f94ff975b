public import HubModel

/// How many resources of a place were how, step by step, made of the changes that history keeps.
///
/// The time before a place had any, and time in which nothing was known of any, is no time in which it was empty: it counts nowhere, and a
/// step without any other is a gap.
public struct OccupancyHistory: Sendable {
    /// One step.
    public struct Row: Sendable {
        /// When it begins.
        public var at: Timestamp
        /// Mean numbers of resources, by state, over the time in which there were any; nil if there were none.
        public var means: [ResourceState: Double]?
        /// How many were occupied, over the time in which something was known; nil if nothing was.
        public var occupied: Occupied?
        /// Changes within the step.
        public var changes: Int
    }

    /// How many resources were occupied in some time of which something is known.
    public struct Occupied: Hashable, Sendable {
        /// The fewest and the most at any instant: not of means, so that those of a part of a time are within those of the whole.
        public var least: Int
        /// The most.
        public var most: Int
        /// On average over the known time.
        public var mean: Double
        /// How long something was known of one resource or more, in microseconds.
        public var knownMicroseconds: Int64
    }

    /// The steps in order.
    public let rows: [Row]

    /// What is known, step by step.
    public init(_ occupancy: OccupancySteps, from: Timestamp, to: Timestamp, stepMicroseconds: Int64) {
        let steps = occupancy.steps
        var rows: [Row] = []
        var index = 0
        var start = from
        while start < to {
            let end = min(start.advanced(byMicroseconds: stepMicroseconds), to)
            var sum = Sum()
            while index < steps.count, steps[index].at < end {
                let next = index + 1 < steps.count ? steps[index + 1].at : occupancy.end
                sum.add(steps[index].tally, for: min(next, end).microseconds(since: max(steps[index].at, start)))
                if steps[index].at >= start { sum.changes += steps[index].changes }
                // What lasts beyond the end goes on in the next row.
                guard next <= end else { break }
                index += 1
            }
            rows.append(sum.row(at: start))
            start = end
        }
        self.rows = rows
    }

    /// What a step adds up to.
    private struct Sum {
        private var times: [ResourceState: Double] = [:]
        private var there: Int64 = 0
        private var known: Int64 = 0
        private var occupied = 0.0
        private var extremes: ClosedRange<Int>?
        var changes = 0

        mutating func add(_ tally: ResourceTally, for microseconds: Int64) {
            guard microseconds > 0, tally.total > 0 else { return }
            there += microseconds
            for state in ResourceState.allCases {
                times[state, default: 0] += Double(tally[state]) * Double(microseconds)
            }
            guard tally.known > 0 else { return }
            known += microseconds
            occupied += Double(tally.occupied) * Double(microseconds)
            extremes =
                extremes.map {
                    min($0.lowerBound, tally.occupied)...max($0.upperBound, tally.occupied)
                } ?? tally.occupied...tally.occupied
        }

        func row(at instant: Timestamp) -> Row {
            Row(
                at: instant, means: there > 0 ? times.mapValues { $0 / Double(there) } : nil,
                occupied: extremes.map {
                    Occupied(
                        least: $0.lowerBound, most: $0.upperBound, mean: occupied / Double(known),
                        knownMicroseconds: known)
                }, changes: changes)
        }
    }
}
