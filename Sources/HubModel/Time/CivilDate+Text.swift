extension CivilDate: Comparable, CustomStringConvertible {
    /// The earlier date is the smaller.
    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The date so many days later, or earlier where the number is negative.
    public func advanced(byDays days: Int) -> CivilDate { CivilDate(daysSince1970: daysSince1970 + days) }

    /// ISO 8601: `2026-11-21`. Years have four digits.
    public var description: String {
        "\(CivilDate.digits(year, 4))-\(CivilDate.digits(month, 2))-\(CivilDate.digits(day, 2))"
    }

    /// Reads `2026-11-21` and no other form; nil for that, and for a date that no calendar has.
    public init?(iso8601 text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = CivilDate.number(parts[0], digits: 4),
            let month = CivilDate.number(parts[1], digits: 2), let day = CivilDate.number(parts[2], digits: 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// A number with zeros before it.
    static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// A number of exactly so many digits; nil for anything else.
    static func number(_ text: some StringProtocol, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}
