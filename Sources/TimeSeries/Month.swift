/// A month of the UTC calendar, by its number since year 0: twelve a year.
package struct Month: Hashable, Comparable {
    package var number: Int

    static let day: Int64 = 86_400_000_000

    init(number: Int) {
        self.number = number
    }

    /// The month of a time, µs since 1970 UTC.
    package init(_ time: Int64) {
        // Days are counted from 1 March of year 0, so that the leap day ends a year (Richards' method for the proleptic
        // Gregorian calendar).
        let days = Month.floorDivide(time, Month.day) + 719_468
        let era = Month.floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let calendarMonth = marchMonth < 10 ? marchMonth + 2 : marchMonth - 10
        number = Int((era * 400 + year + (marchMonth >= 10 ? 1 : 0)) * 12 + calendarMonth)
    }

    /// When it begins, µs since 1970 UTC.
    package var start: Int64 {
        let year = Int64(Month.floorDivide(Int64(number), 12)) - (number % 12 < 2 ? 1 : 0)
        let marchMonth = Int64((number % 12 + 10) % 12)
        let era = Month.floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + (153 * marchMonth + 2) / 5
        return (era * 146_097 + dayOfEra - 719_468) * Month.day
    }

    package var next: Month { Month(number: number + 1) }

    /// `telemetry-2026-01.db`.
    package var fileName: String {
        let month = number % 12 + 1
        let year = String(number / 12)
        let zeros = String(repeating: "0", count: max(0, 4 - year.count))
        return "telemetry-\(zeros)\(year)-\(month < 10 ? "0" : "")\(month).db"
    }

    /// The month of a file's name, nil for other names.
    package init?(fileName: String) {
        let parts = fileName.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "telemetry", parts[1].count >= 4, parts[2].count == 5,
            parts[2].hasSuffix(".db"), let year = Int(parts[1]), let month = Int(parts[2].prefix(2)),
            (1...12).contains(month), year >= 0
        else { return nil }
        number = year * 12 + month - 1
        guard self.fileName == fileName else { return nil }
    }

    package static func < (left: Month, right: Month) -> Bool { left.number < right.number }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
