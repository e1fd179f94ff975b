/// A day of the week; a week begins on Monday (ISO 8601) where nothing else is asked for.
public enum Weekday: Int, CaseIterable, Hashable, Sendable {
    case monday = 0
    case tuesday
    case wednesday
    case thursday
    case friday
    case saturday
    case sunday

    /// How many days this day comes after another, 0...6.
    public func days(since other: Weekday) -> Int { (rawValue - other.rawValue + 7) % 7 }
}

extension CivilDate {
    /// The day of the week.
    public var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let days = Int((Int64(daysSince1970) + 3).flooredRemainder(by: 7))
        return Weekday.allCases[days]
    }

    /// The first day of the week that this date is in.
    public func beginOfWeek(from first: Weekday = .monday) -> CivilDate {
        advanced(byDays: -weekday.days(since: first))
    }
}
