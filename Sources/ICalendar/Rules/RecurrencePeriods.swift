internal import HubModel

/// The instances of one period: every time on every day, or those that BYSETPOS chooses. They are reckoned when they are asked for: a year may
/// have 31 million of them.
struct RecurrenceSet: Sendable {
    /// Days since 1970, ascending.
    var days: [Int] = []
    /// Seconds from the beginning of a day to the beginning of the period; 0 for a period of a day or more.
    var base = 0
    /// Seconds from there, ascending.
    var times: [Int]
    /// The places that BYSETPOS chooses, from 0, ascending.
    private var chosen: [Int]?

    init(times: [Int]) {
        self.times = times
    }

    /// Applies BYSETPOS to days that are new.
    mutating func choose(_ positions: [Int]) {
        guard !positions.isEmpty else { return }
        let size = days.count * times.count
        let places = positions.map { $0 > 0 ? $0 - 1 : size + $0 }
        chosen = Set(places.filter { (0..<size).contains($0) }).sorted()
    }

    var count: Int { chosen?.count ?? days.count * times.count }

    /// Seconds since 1970 of an instance.
    func instance(_ index: Int) -> Int64 {
        let place = chosen.map { $0[index] } ?? index
        return Int64(days[place / times.count]) * 86_400 + Int64(base + times[place % times.count])
    }

    /// The first index whose instance is not before a time.
    func index(from seconds: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if instance(middle) < seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Goes from one period of a rule that has instances to the next.
struct RecurrencePeriods: Sendable {
    private let frequency: RecurrenceRule.Frequency
    private let interval: Int64
    private let pattern: RecurrencePattern
    private let weekStart: Weekday
    /// The next period, counted in its own length from one that has a fixed place: years, months, weeks from a first day of the week near 1970,
    /// days and shorter since 1970.
    private var period: Int64
    private var year: RecurrenceYear
    private(set) var set: RecurrenceSet
    /// The periods that were looked at.
    private(set) var looked = 0

    /// - Parameter first: a time on or behind the start, whose period is the first that is looked at. That is how a far window is reached at once.
    init(_ rule: RecurrenceRule, start: WallTime, from first: WallTime) {
        frequency = rule.frequency
        interval = Int64(rule.interval)
        pattern = RecurrencePattern(rule, start: start)
        weekStart = rule.weekStart
        set = RecurrenceSet(times: pattern.times)
        year = RecurrenceYear(start.date.year)
        let begin = RecurrencePeriods.period(of: start, rule.frequency, rule.weekStart)
        let wanted = RecurrencePeriods.period(of: first, rule.frequency, rule.weekStart)
        period = begin + max(0, wanted - begin) / interval * interval
    }

    private static func period(of time: WallTime, _ frequency: RecurrenceRule.Frequency, _ weekStart: Weekday) -> Int64
    {
        switch frequency {
        case .yearly: Int64(time.date.year)
        case .monthly: Int64(time.date.year * 12 + time.date.month - 1)
        // 1969-12-29 was a Monday.
        case .weekly: Int64(time.date.daysSince1970 + 3 - weekStart.rawValue).flooredQuotient(by: 7)
        default: time.secondsSince1970.flooredQuotient(by: unit(frequency))
        }
    }

    /// Seconds of a period of fixed length.
    private static func unit(_ frequency: RecurrenceRule.Frequency) -> Int64 {
        switch frequency {
        case .secondly: 1
        case .minutely: 60
        case .hourly: 3_600
        default: 86_400
        }
    }

    /// Looks at the next period. Its instances are in `set`, which is empty where it has none.
    /// - Returns: its year; nil behind the year 9999, or behind `last`.
    mutating func advance(until last: WallTime) -> Int? {
        looked += 1
        set.days.removeAll(keepingCapacity: true)
        let found: Int?
        switch frequency {
        case .yearly: found = advanceYear(until: last)
        case .monthly: found = advanceMonth(until: last)
        case .weekly: found = advanceWeek(until: last)
        default: found = advanceUnit(until: last)
        }
        set.choose(pattern.positions)
        return found
    }

    private mutating func advanceYear(until last: WallTime) -> Int? {
        let number = Int(period)
        guard number <= last.date.year else { return nil }
        period += interval
        for month in 1...12 where pattern.allows(month: month) { collect(month: month, of: number) }
        return number
    }

    private mutating func advanceMonth(until last: WallTime) -> Int? {
        let (number, month) = (Int(period / 12), Int(period % 12) + 1)
        guard number <= last.date.year else { return nil }
        period += interval
        if pattern.allows(month: month) { collect(month: month, of: number) }
        return number
    }

    private mutating func collect(month: Int, of number: Int) {
        guard let first = CivilDate(year: number, month: month, day: 1)?.daysSince1970 else { return }
        for day in 1...CivilDate.days(inMonth: month, of: number) {
            guard let date = CivilDate(year: number, month: month, day: day), allows(date) else { continue }
            set.days.append(first + day - 1)
        }
    }

    private mutating func advanceWeek(until last: WallTime) -> Int? {
        let first = Int(period) * 7 - 3 + weekStart.rawValue
        guard first <= last.date.daysSince1970 else { return nil }
        period += interval
        for day in first..<first + 7 {
            let date = CivilDate(daysSince1970: day)
            // The week of the calendar's first or last day may reach beyond it.
            if (0...9_999).contains(date.year), allows(date) { set.days.append(day) }
        }
        return CivilDate(daysSince1970: first).year
    }

    private mutating func advanceUnit(until last: WallTime) -> Int? {
        let unit = RecurrencePeriods.unit(frequency)
        let begin = period * unit
        guard begin <= last.secondsSince1970 else { return nil }
        let day = Int(begin.flooredQuotient(by: 86_400))
        let date = CivilDate(daysSince1970: day)
        let second = Int(begin - Int64(day) * 86_400)
        func jump(toSecond next: Int) { skip(to: Int64(day) * 86_400 + Int64(next), unit) }
        if !pattern.allows(month: date.month) {
            jump(toSecond: (CivilDate.days(inMonth: date.month, of: date.year) - date.day + 1) * 86_400)
        } else if !allows(date) {
            jump(toSecond: 86_400)
        } else if frequency < .daily, pattern.hours >> UInt64(second / 3_600) & 1 == 0 {
            jump(toSecond: (second / 3_600 + 1) * 3_600)
        } else if frequency < .hourly, pattern.minutes >> UInt64(second / 60 % 60) & 1 == 0 {
            jump(toSecond: (second / 60 + 1) * 60)
        } else {
            period += interval
            guard frequency > .secondly || pattern.seconds >> UInt64(second % 60) & 1 == 1 else { return date.year }
            set.days.append(day)
            set.base = second
        }
        return date.year
    }

    /// Goes to the first period that begins at a time or behind it.
    private mutating func skip(to seconds: Int64, _ unit: Int64) {
        let wanted = (seconds + unit - 1).flooredQuotient(by: unit)
        period += max(1, (wanted - period + interval - 1) / interval) * interval
    }

    private mutating func allows(_ date: CivilDate) -> Bool {
        if year.year != date.year { year = RecurrenceYear(date.year) }
        return pattern.allows(date, in: year)
    }
}
