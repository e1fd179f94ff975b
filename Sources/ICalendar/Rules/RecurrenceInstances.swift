public import HubModel

/// What a rule yields from a start, as wall times. Nothing is reckoned before it is asked for.
///
///     let rule = try RecurrenceRule("FREQ=MONTHLY;BYDAY=-1FR;COUNT=12")
///     let times = try RecurrenceInstances(rule, start: start).first(3)
///
/// They are times of a clock that nobody changes. Which instants they are is for a `ZoneClock` to say (`CalendarSeries`): a rule of RFC 5545
/// counts on the calendar of the place, so that a lesson at 9 stays at 9.
///
/// The work is bounded. A rule that yields nothing within a thousand years, or in 100,000 periods looked at, fails with `barren`; the
/// calendar ends with the year 9999.
public struct RecurrenceInstances: Sendable {
    /// The rule.
    public let rule: RecurrenceRule
    /// DTSTART.
    public let start: WallTime
    /// Whether the start is the first instance even if the rule does not yield it, as section 3.8.5.3 wants it.
    public let startCounts: Bool
    /// The last time at which there may be an instance, by UNTIL.
    let last: WallTime

    /// The periods that are looked at for the next instance; beyond, the rule is barren.
    static let patience = 100_000
    /// The years for which the next instance is looked for; beyond, the rule is barren.
    static let patienceYears = 1_000
    /// The instances that a walk passes over because COUNT has to count them.
    static let longestApproach = 1_000_000

    /// The instances of a rule. UNTIL in UTC is compared with the wall times as if the clock showed UTC.
    public init(_ rule: RecurrenceRule, start: WallTime, startCounts: Bool = true) {
        let last: WallTime
        switch rule.end {
        case .never, .count: last = .latest
        case .untilDate(let date): last = WallTime(date, second: 86_399) ?? .latest
        case .untilWall(let wall): last = wall
        case .untilInstant(let instant): last = UTCClock().wallTime(at: instant)
        }
        self.init(rule, start: start, startCounts: startCounts, last: last)
    }

    init(_ rule: RecurrenceRule, start: WallTime, startCounts: Bool = true, last: WallTime) {
        self.rule = rule
        self.start = start
        self.startCounts = startCounts
        self.last = last
    }

    /// Goes through the instances.
    /// - Parameter from: the first time that is of interest. Without COUNT a far one costs no more than a near one.
    public func walk(from: WallTime = .earliest) -> Walk { Walk(self, from: from) }

    /// The first instances, or all if there are fewer.
    public func first(_ count: Int) throws(RecurrenceFailure) -> [WallTime] {
        var walk = walk()
        var times: [WallTime] = []
        while times.count < count, let time = try walk.next() { times.append(time) }
        return times
    }

    /// The instances in a window.
    /// - Parameter limit: how many there may be; more fail with `tooMany`.
    public func times(in window: Range<WallTime>, limit: Int) throws(RecurrenceFailure) -> [WallTime] {
        var walk = Walk(self, from: window.lowerBound, until: window.upperBound)
        var times: [WallTime] = []
        while let time = try walk.next(), time < window.upperBound {
            guard times.count < limit else { throw .tooMany(limit: limit) }
            times.append(time)
        }
        return times
    }

    /// How many there are. Errors: `endless` for a rule without COUNT and UNTIL, `tooMany` for more than `limit`.
    public func count(limit: Int) throws(RecurrenceFailure) -> Int {
        guard rule.isFinite else { throw .endless }
        var walk = walk()
        var count = 0
        while try walk.next() != nil {
            guard count < limit else { throw .tooMany(limit: limit) }
            count += 1
        }
        return count
    }
}

extension RecurrenceInstances {
    /// One way through the instances, in ascending order.
    public struct Walk: Sendable {
        private let start: WallTime
        private let from: WallTime
        private let last: WallTime
        private var periods: RecurrencePeriods
        private var index = 0
        private var isStartNext: Bool
        /// The next instance is later than this one, in seconds since 1970.
        private var newest: Int64
        private var remaining: Int?
        private var isOver = false

        init(_ instances: RecurrenceInstances, from: WallTime, until end: WallTime = .latest) {
            start = instances.start
            last = min(instances.last, end)
            self.from = from
            if case .count(let count) = instances.rule.end { remaining = count }
            // What COUNT counts cannot be jumped over.
            let first = remaining == nil ? max(start, from) : start
            periods = RecurrencePeriods(instances.rule, start: start, from: first)
            isStartNext = instances.startCounts && first == start
            newest = first.secondsSince1970 - 1
            // Of the start that is counted apart the rule yields no second one.
            if isStartNext { newest += 1 }
        }

        /// The next instance, or nil behind the last one. Errors: `barren`; `tooMany` where COUNT has to count more than a million instances
        /// before the first of interest.
        public mutating func next() throws(RecurrenceFailure) -> WallTime? {
            var passed = 0
            while let time = try following() {
                if time >= from { return time }
                passed += 1
                guard passed <= RecurrenceInstances.longestApproach else {
                    throw .tooMany(limit: RecurrenceInstances.longestApproach)
                }
            }
            return nil
        }

        private mutating func following() throws(RecurrenceFailure) -> WallTime? {
            guard !isOver, remaining != 0 else { return nil }
            if isStartNext {
                isStartNext = false
                return emit(start.secondsSince1970)
            }
            if index >= periods.set.count { try findPeriod() }
            guard !isOver else { return nil }
            index += 1
            return emit(periods.set.instance(index - 1))
        }

        private mutating func emit(_ seconds: Int64) -> WallTime? {
            guard seconds <= last.secondsSince1970 else {
                isOver = true
                return nil
            }
            newest = seconds
            remaining = remaining.map { $0 - 1 }
            return WallTime(nearest: seconds)
        }

        /// Goes to the next period that has an instance later than the newest.
        private mutating func findPeriod() throws(RecurrenceFailure) {
            let limit = periods.looked + RecurrenceInstances.patience
            let begin = WallTime(nearest: newest).date.year
            var isFirst = true
            repeat {
                guard let year = periods.advance(until: last) else {
                    isOver = true
                    return
                }
                index = periods.set.index(from: newest + 1)
                if index < periods.set.count { return }
                let isFar = year - begin > RecurrenceInstances.patienceYears && !isFirst
                guard !isFar, periods.looked < limit else { throw .barren }
                isFirst = false
            } while true
        }
    }
}
