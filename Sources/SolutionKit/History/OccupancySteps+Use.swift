public import HubModel

extension OccupancySteps {
    /// How much of the resources' time was spent in which state.
    public struct Use: Hashable, Sendable {
        /// Seconds of one resource, by state: two rooms that are free for an hour are free for 7,200.
        public var seconds: [ResourceState: Double] = [:]

        /// The time in which it is known whether they were free, in seconds of one resource.
        public var knownSeconds: Double {
            [ResourceState.free, .occupied, .reserved].reduce(0) { $0 + seconds[$1, default: 0] }
        }

        /// The utilisation: the share of the known time in which they were occupied, 0...1; nil when nothing is known.
        public var utilisation: Double? {
            knownSeconds > 0 ? seconds[.occupied, default: 0] / knownSeconds : nil
        }

        /// The use of several times together.
        public static func + (one: Use, other: Use) -> Use {
            Use(seconds: one.seconds.merging(other.seconds, uniquingKeysWith: +))
        }
    }

    /// The use within a time, such as the opening hours of one day; what lies beyond the steps counts nowhere.
    public func use(from: Timestamp, to: Timestamp) -> Use {
        var use = Use()
        for (index, step) in steps.enumerated() {
            let stepEnd = index + 1 < steps.count ? steps[index + 1].at : end
            let seconds = Double(min(stepEnd, to).microseconds(since: max(step.at, from))) / 1e6
            guard seconds > 0 else { continue }
            for state in ResourceState.allCases where step.tally[state] > 0 {
                use.seconds[state, default: 0] += Double(step.tally[state]) * seconds
            }
        }
        return use
    }
}
