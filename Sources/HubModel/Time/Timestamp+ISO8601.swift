extension Timestamp: CustomStringConvertible {
    /// ISO-8601 in UTC with microseconds: `2026-11-21T10:00:00.000000Z`.
    public var description: String {
        String(decoding: iso8601, as: UTF8.self)
    }

    /// The same text as ASCII bytes: the form in which it goes into JSON.
    public var iso8601: [UInt8] {
        let secondsPerDay: Int64 = 86_400
        var seconds = microseconds / 1_000_000
        var fraction = microseconds % 1_000_000
        if fraction < 0 {
            fraction += 1_000_000
            seconds -= 1
        }
        var days = seconds / secondsPerDay
        var secondOfDay = seconds % secondsPerDay
        if secondOfDay < 0 {
            secondOfDay += secondsPerDay
            days -= 1
        }
        let date = CivilDate(daysSince1970: Int(days))
        var text: [UInt8] = []
        text.reserveCapacity(27)
        if date.year < 0 || date.year > 9_999 {
            text.append(date.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            Timestamp.append(abs(date.year), digits: 6, to: &text)
        } else {
            Timestamp.append(date.year, digits: 4, to: &text)
        }
        text.append(UInt8(ascii: "-"))
        Timestamp.append(date.month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Timestamp.append(date.day, digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        Timestamp.append(Int(secondOfDay / 3_600), digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Timestamp.append(Int(secondOfDay / 60 % 60), digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Timestamp.append(Int(secondOfDay % 60), digits: 2, to: &text)
        text.append(UInt8(ascii: "."))
        Timestamp.append(Int(fraction), digits: 6, to: &text)
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// Reads ISO-8601: `2024-01-01T12:00:00Z`, or in the basic format `20240101T120000Z`; with or without a fraction of any
    /// length (cut to microseconds), with `Z`, an offset such as `+01:00` or `+0100`, or no zone (UTC); a blank may stand
    /// for the `T`; a date alone is its midnight, and `T24:00:00` the midnight at its end.
    public init?(iso8601 text: String) {
        var scanner = DigitScanner(Array(text.utf8))
        guard let year = scanner.number(digits: 4) else { return nil }
        let isBasic = !scanner.take("-")
        guard let month = scanner.number(digits: 2), isBasic || scanner.take("-"),
            let day = scanner.number(digits: 2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        // A date of digits alone is a number of seconds to whoever reads `Timestamp(text:)`.
        if isBasic, scanner.isAtEnd { return nil }
        var microseconds = Int64(date.daysSince1970) * 86_400_000_000
        if !scanner.isAtEnd {
            guard scanner.take("T") || scanner.take("t") || scanner.take(" "),
                let hour = scanner.number(digits: 2), hour <= 24, isBasic || scanner.take(":"),
                let minute = scanner.number(digits: 2), minute < 60
            else { return nil }
            var second = 0
            if isBasic ? scanner.isAtDigit : scanner.take(":") {
                // 60 is a leap second; it is read as the first second of the next minute.
                guard let value = scanner.number(digits: 2), value <= 60 else { return nil }
                second = value
                if scanner.take(".") || scanner.take(",") {
                    guard let fraction = scanner.fractionOfMillion() else { return nil }
                    microseconds += Int64(fraction)
                }
            }
            microseconds += Int64(hour * 3_600 + minute * 60 + second) * 1_000_000
            let endOfDay = Int64(date.daysSince1970 + 1) * 86_400_000_000
            guard hour < 24 || microseconds == endOfDay else { return nil }
            guard let offset = scanner.zoneOffsetSeconds() else { return nil }
            microseconds -= Int64(offset) * 1_000_000
        }
        guard scanner.isAtEnd else { return nil }
        self.init(microseconds: microseconds)
    }

    private static func append(_ value: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}

/// Reads fixed-width numbers and single marks off ASCII text.
private struct DigitScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    var isAtDigit: Bool { position < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard isAtDigit else { return nil }
        position += 1
        return Int(bytes[position - 1] - UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    mutating func fractionOfMillion() -> Int? {
        guard var value = digit() else { return nil }
        var count = 1
        while let next = digit() {
            if count < 6 {
                value = value * 10 + next
                count += 1
            }
        }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    mutating func zoneOffsetSeconds() -> Int? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let isNegative: Bool
        if take("+") { isNegative = false } else if take("-") { isNegative = true } else { return nil }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        var minutes = 0
        if !isAtEnd {
            _ = take(":")
            guard let value = number(digits: 2), value < 60 else { return nil }
            minutes = value
        }
        let seconds = hours * 3_600 + minutes * 60
        return isNegative ? -seconds : seconds
    }
}
