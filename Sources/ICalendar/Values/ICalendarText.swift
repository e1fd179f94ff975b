internal import HubModel

/// Dates and times as RFC 5545 writes them: `20261130`, `20261130T090000`, `20261130T080000Z` (sections 3.3.4 and 3.3.5).
enum ICalendarText {
    /// What such a text may be.
    enum Time: Hashable {
        case date(CivilDate)
        case wall(WallTime)
        case instant(Timestamp)
    }

    /// Reads one of the three; nil for anything else. Second 60, a leap second, is read as 59, as section 3.3.12 advises.
    static func time(_ bytes: some Collection<UInt8>) -> Time? {
        let bytes = Array(bytes)
        guard bytes.count == 8 || bytes.count == 15 || bytes.count == 16, let date = date(bytes[..<8]) else {
            return nil
        }
        if bytes.count == 8 { return .date(date) }
        guard bytes[8] | 0x20 == UInt8(ascii: "t"), let hour = number(bytes[9..<11]),
            let minute = number(bytes[11..<13]), let second = number(bytes[13..<15]), hour < 24, minute < 60,
            second <= 60, let wall = WallTime(date, second: hour * 3_600 + minute * 60 + min(second, 59))
        else { return nil }
        if bytes.count == 15 { return .wall(wall) }
        guard bytes[15] | 0x20 == UInt8(ascii: "z") else { return nil }
        return .instant(Timestamp(seconds: wall.secondsSince1970))
    }

    private static func date(_ digits: ArraySlice<UInt8>) -> CivilDate? {
        let first = digits.startIndex
        guard let year = number(digits[first..<first + 4]), let month = number(digits[first + 4..<first + 6]),
            let day = number(digits[first + 6..<first + 8])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// A number of digits only, at most 18 of them.
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...18).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }

    static func text(_ date: CivilDate) -> String {
        padded(date.year, 4) + padded(date.month, 2) + padded(date.day, 2)
    }

    static func text(_ wall: WallTime) -> String {
        "\(text(wall.date))T\(padded(wall.second / 3_600, 2))\(padded(wall.second / 60 % 60, 2))\(padded(wall.second % 60, 2))"
    }

    /// Without its fraction of a second.
    static func text(_ instant: Timestamp) -> String { text(UTCClock().wallTime(at: instant)) + "Z" }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
