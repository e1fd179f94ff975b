public import HubModel

/// Days of a place's clock, both ends among them: what `?from=2026-11-01&to=2026-11-30` asks for.
public struct DayRange: Sendable {
    /// Days since 1970-01-01.
    public let days: ClosedRange<Int64>
    /// The first instant of the first day.
    public let begin: Timestamp
    /// The first instant behind the last day.
    public let end: Timestamp

    /// The most days of one answer.
    public static let mostDays: Int64 = 366

    /// The parameters that a route with such a range declares.
    public static let parameters = [
        QueryParameter("from", "the first day, such as 2026-11-01; 29 days before to without it", .day),
        QueryParameter("to", "the last day; today without it", .day),
    ]

    /// Reads the days that were asked for; without them the 30 days that end today.
    /// - Parameter clock: the clock of the place whose days they are.
    /// - Throws: `invalid_parameter` for what is not a day of the years 1970 to 2199, and for more than 366 days.
    public init(from: String?, to: String?, clock: LocalClock, now: Timestamp) throws(Refusal) {
        var clock = clock
        let last = try to.map { (text) throws(Refusal) in try DayRange.day(text, "to") } ?? clock.reading(at: now).day
        let first = try from.map { (text) throws(Refusal) in try DayRange.day(text, "from") } ?? last - 29
        guard first <= last, last - first < DayRange.mostDays else {
            throw Refusal(
                .invalidParameter, "from is not after to, and at most \(DayRange.mostDays) days are asked for.")
        }
        days = first...last
        begin = clock.midnight(ofDay: first)
        end = clock.midnight(ofDay: last + 1)
    }

    /// A day, counted from 1970, as it is written: `2026-11-21`.
    public static func text(_ day: Int64) -> String { CivilDate(daysSince1970: Int(day)).description }

    private static func day(_ text: String, _ name: String) throws(Refusal) -> Int64 {
        guard let day = CivilDate(iso8601: text).map({ Int64($0.daysSince1970) }), (0..<84_000).contains(day)
        else { throw Refusal(.invalidParameter, "\(name) is a day, such as 2026-11-21.") }
        return day
    }
}
