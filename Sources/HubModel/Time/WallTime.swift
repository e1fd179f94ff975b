/// What a calendar and the clock beside it show, such as 2026-03-29 09:00. It is no instant: which one it is depends on the place, and a
/// change of the clock may leave it out or show it twice (`LocalClock.occurrence(of:)` in SolutionKit).
public struct WallTime: Hashable, Comparable, Sendable {
    /// The day.
    public let date: CivilDate
    /// Seconds since midnight as the clock shows them, 0...86,399.
    public let second: Int

    /// A wall time; nil for a second that no day has, and for years that ISO 8601 does not write with four digits.
    public init?(_ date: CivilDate, second: Int) {
        guard (0...9_999).contains(date.year), (0..<86_400).contains(second) else { return nil }
        self.date = date
        self.second = second
    }

    /// A wall time; nil for a time that no day has, such as 24:00.
    public init?(_ date: CivilDate, hour: Int, minute: Int) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        self.init(date, second: hour * 3_600 + minute * 60)
    }

    /// The earlier one is the smaller.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        (left.date, left.second) < (right.date, right.second)
    }

    /// Minutes since midnight, 0...1,439.
    public var minute: Int { second / 60 }

    /// The same time of day on another date; nil beyond the year 9999.
    public func on(_ date: CivilDate) -> WallTime? { WallTime(date, second: second) }

    /// Seconds since 1970-01-01T00:00:00 as if the clock showed UTC: for reckoning with the differences between wall times.
    public var secondsSince1970: Int64 { Int64(date.daysSince1970) * 86_400 + Int64(second) }
}

extension WallTime: CustomStringConvertible {
    /// ISO 8601 without a zone: `2026-03-29T09:00:00`.
    public var description: String {
        let parts = [second / 3_600, second / 60 % 60, second % 60].map { CivilDate.digits($0, 2) }
        return "\(date)T\(parts.joined(separator: ":"))"
    }

    /// Reads `2026-03-29T09:00` and `2026-03-29T09:00:00`; nil for anything else, also for a time with a zone.
    public init?(iso8601 text: some StringProtocol) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = CivilDate(iso8601: parts[0]) else { return nil }
        let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false)
            .map { CivilDate.number($0, digits: 2) }
        guard numbers.count == 2 || numbers.count == 3, let hour = numbers[0], let minute = numbers[1],
            let second = numbers.count == 3 ? numbers[2] : 0, (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<60).contains(second)
        else { return nil }
        self.init(date, second: hour * 3_600 + minute * 60 + second)
    }
}
