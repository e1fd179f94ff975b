extension WallTime {
    /// The first second of the year 0.
    public static let earliest = WallTime(nearest: .min)
    /// The last second of the year 9999.
    public static let latest = WallTime(nearest: .max)

    /// The wall time so many seconds after 1970-01-01T00:00:00 as if the clock showed UTC, the inverse of `secondsSince1970`. Beyond the years
    /// 0 to 9999 it is the first or the last second of those.
    public init(nearest seconds: Int64) {
        let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let day = bounded.flooredQuotient(by: 86_400)
        guard let time = WallTime(CivilDate(daysSince1970: Int(day)), second: Int(bounded - day * 86_400)) else {
            preconditionFailure("the bounds above are those of WallTime")
        }
        self = time
    }

    /// So many seconds later, or earlier where the number is negative, on a clock that nobody changes; nil beyond the years 0 to 9999.
    public func advanced(bySeconds seconds: Int64) -> WallTime? {
        let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
        let time = WallTime(nearest: sum)
        return !overflow && time.secondsSince1970 == sum ? time : nil
    }

    /// Midnight, at the beginning of a date; nil beyond the years 0 to 9999.
    public init?(midnightOf date: CivilDate) { self.init(date, second: 0) }
}
