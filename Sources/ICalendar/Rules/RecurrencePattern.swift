internal import HubModel

/// The BY… parts of a rule for one start, as sets that answer quickly.
///
/// RFC 5545 says of each part whether it expands or limits what the parts before it yield (the table of section 3.3.10). For days it comes to
/// the same to take all days of the period and keep those that every part allows. What a rule leaves open comes from its start.
struct RecurrencePattern: Sendable {
    private let months: UInt16
    private let monthDays: UInt32
    private let monthDaysFromEnd: UInt32
    private let limitsMonthDays: Bool
    private let yearDays: Set<Int>
    private let weeks: Set<Int>
    private let weekdays: UInt8
    private let ordinalDays: [RecurrenceRule.Day]
    private let limitsWeekdays: Bool
    private let ordinalsAreOfMonth: Bool
    private let weekStart: Weekday
    let hours: UInt64
    let minutes: UInt64
    let seconds: UInt64
    /// The times within a period of at most a day, or within each day of a longer one: seconds from its beginning, ascending.
    let times: [Int]
    let positions: [Int]

    init(_ rule: RecurrenceRule, start: WallTime) {
        var months = rule.months
        var monthDays = rule.monthDays
        var days = rule.days
        let hasNoDays = rule.weeks.isEmpty && rule.yearDays.isEmpty && monthDays.isEmpty && days.isEmpty
        switch rule.frequency {
        case .yearly where hasNoDays:
            monthDays = [start.date.day]
            if months.isEmpty { months = [start.date.month] }
        case .yearly where rule.yearDays.isEmpty && monthDays.isEmpty && days.isEmpty:
            days = [.init(start.date.weekday)]
        case .monthly where hasNoDays: monthDays = [start.date.day]
        case .weekly where days.isEmpty: days = [.init(start.date.weekday)]
        default: break
        }
        self.months = UInt16(truncatingIfNeeded: RecurrencePattern.bits(months, orAll: true))
        self.monthDays = UInt32(truncatingIfNeeded: RecurrencePattern.bits(monthDays.filter { $0 > 0 }))
        monthDaysFromEnd = UInt32(truncatingIfNeeded: RecurrencePattern.bits(monthDays.filter { $0 < 0 }.map(-)))
        limitsMonthDays = !monthDays.isEmpty
        yearDays = Set(rule.yearDays)
        weeks = Set(rule.weeks)
        let eachOf = days.filter { $0.ordinal == nil }.map(\.weekday.rawValue)
        weekdays = UInt8(truncatingIfNeeded: RecurrencePattern.bits(eachOf))
        ordinalDays = days.filter { $0.ordinal != nil }
        limitsWeekdays = !days.isEmpty
        ordinalsAreOfMonth = rule.frequency == .monthly || !rule.months.isEmpty
        weekStart = rule.weekStart
        positions = rule.positions
        let leap = rule.seconds.map { min($0, 59) }
        hours = RecurrencePattern.bits(rule.hours, orAll: true)
        minutes = RecurrencePattern.bits(rule.minutes, orAll: true)
        seconds = RecurrencePattern.bits(leap, orAll: true)
        times = RecurrencePattern.times(rule, seconds: Set(leap).sorted(), start: start)
    }

    private static func bits(_ numbers: [Int], orAll: Bool = false) -> UInt64 {
        orAll && numbers.isEmpty ? .max : numbers.reduce(0) { $0 | 1 << UInt64($1) }
    }

    /// What BYHOUR, BYMINUTE and BYSECOND expand a period to; for a shorter one they limit, which is for `RecurrencePeriods`.
    private static func times(_ rule: RecurrenceRule, seconds: [Int], start: WallTime) -> [Int] {
        func values(_ list: [Int], _ own: Int, below frequency: RecurrenceRule.Frequency) -> [Int] {
            if rule.frequency < frequency { return [0] }
            return list.isEmpty ? [own] : list
        }
        let hours = values(rule.hours, start.second / 3_600, below: .daily)
        let minutes = values(rule.minutes, start.second / 60 % 60, below: .hourly)
        let seconds = values(seconds, start.second % 60, below: .minutely)
        return hours.flatMap { hour in minutes.flatMap { minute in seconds.map { hour * 3_600 + minute * 60 + $0 } } }
    }

    func allows(month: Int) -> Bool { months >> UInt16(month) & 1 == 1 }

    /// Whether all parts allow a day.
    func allows(_ date: CivilDate, in year: RecurrenceYear) -> Bool {
        guard allows(month: date.month) else { return false }
        let length = CivilDate.days(inMonth: date.month, of: date.year)
        if limitsMonthDays {
            let isListed = monthDays >> UInt32(date.day) & 1 == 1
            guard isListed || monthDaysFromEnd >> UInt32(length - date.day + 1) & 1 == 1 else { return false }
        }
        guard limitsWeekdays || !yearDays.isEmpty || !weeks.isEmpty else { return true }
        let ofYear = date.daysSince1970 - year.firstDay + 1
        if !yearDays.isEmpty {
            guard yearDays.contains(ofYear) || yearDays.contains(ofYear - year.length - 1) else { return false }
        }
        if !weeks.isEmpty {
            let week = year.week(ofDay: ofYear, from: weekStart)
            guard weeks.contains(week.number) || weeks.contains(week.number - week.count - 1) else { return false }
        }
        guard limitsWeekdays else { return true }
        let weekday = year.weekday(ofDay: ofYear)
        if weekdays >> UInt8(weekday.rawValue) & 1 == 1 { return true }
        let (day, days) = ordinalsAreOfMonth ? (date.day, length) : (ofYear, year.length)
        return ordinalDays.contains { wanted in
            guard wanted.weekday == weekday, let ordinal = wanted.ordinal else { return false }
            return ordinal > 0 ? (day - 1) / 7 + 1 == ordinal : (days - day) / 7 + 1 == -ordinal
        }
    }
}

/// What a rule asks of a year.
struct RecurrenceYear: Sendable {
    let year: Int
    /// 1 January, in days since 1970.
    let firstDay: Int
    /// 365 or 366.
    let length: Int
    private let firstWeekday: Int

    init(_ year: Int) {
        self.year = year
        length = RecurrenceYear.length(of: year)
        firstDay = RecurrenceYear.firstDay(of: year)
        firstWeekday = CivilDate(daysSince1970: firstDay).weekday.rawValue
    }

    private static func length(of year: Int) -> Int { 337 + CivilDate.days(inMonth: 2, of: year) }

    private static func firstDay(of year: Int) -> Int {
        CivilDate(year: year, month: 1, day: 1).map(\.daysSince1970) ?? 0
    }

    /// - Parameter day: 1...366.
    func weekday(ofDay day: Int) -> Weekday { Weekday.allCases[(firstWeekday + day - 1) % 7] }

    /// The number of a day's week, and how many the year has that this week belongs to. A week belongs to the year that has at least four of
    /// its days (ISO 8601, with another first day of the week where WKST says so).
    func week(ofDay day: Int, from first: Weekday) -> (number: Int, count: Int) {
        let fourth = day - weekday(ofDay: day).days(since: first) + 3
        if fourth < 1 {
            let before = RecurrenceYear(year - 1)
            return ((fourth + before.length - 1) / 7 + 1, before.weeks(from: first))
        }
        if fourth > length { return ((fourth - length - 1) / 7 + 1, RecurrenceYear(year + 1).weeks(from: first)) }
        return ((fourth - 1) / 7 + 1, weeks(from: first))
    }

    /// Each week has its fourth day in the year that it belongs to.
    private func weeks(from first: Weekday) -> Int {
        let fourth = (first.rawValue + 3) % 7
        return (length - 1 - (fourth - firstWeekday + 7) % 7) / 7 + 1
    }
}
