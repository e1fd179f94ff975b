public import HubModel

/// A change of a resource's state, as history has it.
public struct StateChange: Hashable, Sendable {
    /// Since when.
    public var at: Timestamp
    /// Of what.
    public var resource: String
    /// How it is since then.
    public var state: ResourceState

    /// A change.
    public init(at: Timestamp, resource: String, state: ResourceState) {
        self.at = at
        self.resource = resource
        self.state = state
    }
}

/// How many resources of a place were in which state over a time, as a function of steps. A value, made of history; all sums of use are made
/// of it: shares of quarters of an hour, rows of a chart (`OccupancyHistory`), utilisation, forecasts (`OccupancyForecast`).
public struct OccupancySteps: Hashable, Sendable {
    /// From an instant to the next step.
    public struct Step: Hashable, Sendable {
        /// When it begins.
        public var at: Timestamp
        /// How many resources are in which state.
        public var tally: ResourceTally
        /// Changes by which it came about.
        public var changes: Int
    }

    /// In order of time; the first stands at the beginning.
    public let steps: [Step]
    /// Where the last one ends.
    public let end: Timestamp

    /// The steps of a time.
    /// - Parameters:
    ///   - initial: what the resources were at the beginning; one that is missing did not exist.
    ///   - changes: what happened from then on, in order of time.
    public init(
        from start: Timestamp, to end: Timestamp, initial: [String: ResourceState], changes: some Sequence<StateChange>
    ) {
        var states = initial
        var now = Step(at: start, tally: ResourceTally(), changes: 0)
        for one in initial.values { now.tally.add(one) }
        var steps: [Step] = []
        for change in changes where change.at < end {
            if change.at > now.at {
                steps.append(now)
                now.at = change.at
                now.changes = 0
            }
            let before = states.updateValue(change.state, forKey: change.resource)
            if let before { now.tally.add(before, -1) }
            now.tally.add(change.state)
            // That a resource was made, of which nothing is known, is no change of it.
            if before != nil || change.state != .unknown { now.changes += 1 }
        }
        steps.append(now)
        self.steps = steps
        self.end = end
    }

    /// The share of the known resources that was free, on average over the time of each of `count` quarters of an hour.
    /// - Returns: nil for a quarter in which more than half of the resources' time is not known.
    public func shares(from start: Timestamp, count: Int) -> [Double?] {
        var found: [Double?] = []
        found.reserveCapacity(count)
        var index = 0
        for number in 0..<count {
            let from = start.advanced(byMicroseconds: Int64(number) * TimeSlots.quarterHour)
            let to = from.advanced(byMicroseconds: TimeSlots.quarterHour)
            while index + 1 < steps.count, steps[index + 1].at <= from { index += 1 }
            found.append(share(from: from, to: to, first: index))
        }
        return found
    }

    private func share(from: Timestamp, to: Timestamp, first: Int) -> Double? {
        var (free, known, unknown) = (0.0, 0.0, 0.0)
        var index = first
        while index < steps.count, steps[index].at < to {
            let stepEnd = index + 1 < steps.count ? steps[index + 1].at : end
            let seconds = Double(min(stepEnd, to).microseconds(since: max(steps[index].at, from))) / 1e6
            if seconds > 0 {
                free += Double(steps[index].tally.free) * seconds
                known += Double(steps[index].tally.known) * seconds
                unknown += Double(steps[index].tally.unknown) * seconds
            }
            index += 1
        }
        return known > 0 && known >= unknown ? free / known : nil
    }

    /// The first instant of a time from which on the place was full for ten minutes: not more than one resource in fifty free.
    public func firstFull(from: Timestamp, to: Timestamp) -> Timestamp? {
        var since: Timestamp?
        for (index, step) in steps.enumerated() {
            let stepEnd = index + 1 < steps.count ? steps[index + 1].at : end
            guard stepEnd > from else { continue }
            guard step.at < to else { break }
            if step.isFull {
                let begin = since ?? max(step.at, from)
                since = begin
                if min(stepEnd, to).microseconds(since: begin) >= 600 * 1_000_000 { return begin }
            } else {
                since = nil
            }
        }
        return nil
    }
}

extension OccupancySteps.Step {
    fileprivate var isFull: Bool {
        tally.known > 0 && tally.known >= tally.unknown && tally.free <= tally.known / 50
    }
}
