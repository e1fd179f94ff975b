public import HubModel

/// A recurrence rule: the value of RRULE (RFC 5545, section 3.3.10). `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=20` is one.
///
/// It is checked when it is made: a rule that is there keeps all that the section demands. What it yields depends on its start and is asked
/// of `RecurrenceInstances`.
public struct RecurrenceRule: Hashable, Sendable {
    /// How long the periods are that the rule counts in.
    public enum Frequency: String, CaseIterable, Comparable, Sendable {
        case secondly = "SECONDLY"
        case minutely = "MINUTELY"
        case hourly = "HOURLY"
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"

        /// The shorter period is the smaller.
        public static func < (left: Frequency, right: Frequency) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .secondly: 0
            case .minutely: 1
            case .hourly: 2
            case .daily: 3
            case .weekly: 4
            case .monthly: 5
            case .yearly: 6
            }
        }
    }

    /// A day of the week, each of them or the n-th of a month or year: `FR`, `2MO`, `-1SU`.
    public struct Day: Hashable, Sendable {
        /// The day of the week.
        public let weekday: Weekday
        /// Which of them, -53...53: 1 is the first, -1 the last; nil: each.
        public let ordinal: Int?

        /// A day of the week.
        public init(_ weekday: Weekday, ordinal: Int? = nil) {
            self.weekday = weekday
            self.ordinal = ordinal
        }
    }

    /// Where the rule ends.
    public enum End: Hashable, Sendable {
        /// Nowhere.
        case never
        /// After so many instances, 1 or more; the start is one of them.
        case count(Int)
        /// With this day; the last instance may be on it.
        case untilDate(CivilDate)
        /// With this time of the clock that the start is of; the last instance may be at it.
        case untilWall(WallTime)
        /// With this instant, written in UTC.
        case untilInstant(Timestamp)
    }

    /// The length of the periods.
    public let frequency: Frequency
    /// Each how many-th period counts, 1...9,999,999; 1 if not given.
    public let interval: Int
    /// Where the rule ends.
    public let end: End
    /// BYSECOND, 0...60. 60 is a leap second, which this calendar takes for second 59 (section 3.3.12).
    public let seconds: [Int]
    /// BYMINUTE, 0...59.
    public let minutes: [Int]
    /// BYHOUR, 0...23.
    public let hours: [Int]
    /// BYDAY.
    public let days: [Day]
    /// BYMONTHDAY, 1...31, or -31...-1 from the end of the month.
    public let monthDays: [Int]
    /// BYYEARDAY, 1...366, or -366...-1 from the end of the year.
    public let yearDays: [Int]
    /// BYWEEKNO, 1...53, or -53...-1 from the end of the year.
    public let weeks: [Int]
    /// BYMONTH, 1...12.
    public let months: [Int]
    /// BYSETPOS, 1...366, or -366...-1 from the end: which instances of a period.
    public let positions: [Int]
    /// WKST: the day on which weeks begin; Monday if not given.
    public let weekStart: Weekday

    /// The most periods between two that count.
    public static let longestInterval = 9_999_999
    /// The most instances that COUNT may ask for.
    public static let largestCount = 999_999_999

    /// A rule. Lists may be in any order; they are sorted, and days keep theirs. Errors: what section 3.3.10 forbids.
    public init(
        _ frequency: Frequency, interval: Int = 1, end: End = .never, seconds: [Int] = [], minutes: [Int] = [],
        hours: [Int] = [], days: [Day] = [], monthDays: [Int] = [], yearDays: [Int] = [], weeks: [Int] = [],
        months: [Int] = [], positions: [Int] = [], weekStart: Weekday = .monday
    ) throws(RecurrenceFailure) {
        self.frequency = frequency
        self.interval = interval
        self.end = end
        self.seconds = seconds.sorted()
        self.minutes = minutes.sorted()
        self.hours = hours.sorted()
        self.days = days
        self.monthDays = monthDays.sorted()
        self.yearDays = yearDays.sorted()
        self.weeks = weeks.sorted()
        self.months = months.sorted()
        self.positions = positions.sorted()
        self.weekStart = weekStart
        try check()
    }

    /// Whether it comes to an end: it has COUNT or UNTIL.
    public var isFinite: Bool { end != .never }
}

extension RecurrenceRule {
    private func check() throws(RecurrenceFailure) {
        guard (1...RecurrenceRule.longestInterval).contains(interval) else { throw .outOfRange(.interval, interval) }
        if case .count(let count) = end, !(1...RecurrenceRule.largestCount).contains(count) {
            throw .outOfRange(.count, count)
        }
        try check(.seconds, seconds, 0...60)
        try check(.minutes, minutes, 0...59)
        try check(.hours, hours, 0...23)
        try check(.months, months, 1...12)
        try check(.monthDays, monthDays, -31...31)
        try check(.yearDays, yearDays, -366...366)
        try check(.weeks, weeks, -53...53)
        try check(.positions, positions, -366...366)
        try checkDays()
        if frequency == .weekly, !monthDays.isEmpty { throw .notWith(.monthDays, frequency) }
        if [.daily, .weekly, .monthly].contains(frequency), !yearDays.isEmpty { throw .notWith(.yearDays, frequency) }
        if frequency != .yearly, !weeks.isEmpty { throw .notWith(.weeks, frequency) }
        let others: [[Int]] = [seconds, minutes, hours, monthDays, yearDays, weeks, months]
        if !positions.isEmpty, days.isEmpty, others.allSatisfy(\.isEmpty) { throw .positionsAlone }
    }

    /// The list is sorted. 0 is in none of the ranges that reach below it.
    private func check(_ part: RecurrencePart, _ list: [Int], _ range: ClosedRange<Int>) throws(RecurrenceFailure) {
        for (index, number) in list.enumerated() {
            guard range.contains(number), number != 0 || range.lowerBound == 0 else { throw .outOfRange(part, number) }
            if index > 0, list[index - 1] == number { throw .twice(part, String(number)) }
        }
    }

    private func checkDays() throws(RecurrenceFailure) {
        for (index, day) in days.enumerated() {
            if days[..<index].contains(day) { throw .twice(.days, RecurrenceRule.text(day)) }
            guard let ordinal = day.ordinal else { continue }
            guard (-53...53).contains(ordinal), ordinal != 0 else { throw .outOfRange(.days, ordinal) }
            guard frequency >= .monthly else { throw .ordinalWith(frequency) }
            guard weeks.isEmpty else { throw .ordinalWithWeeks }
        }
    }
}
