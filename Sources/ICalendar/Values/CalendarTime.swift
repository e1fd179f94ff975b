public import HubModel

/// When something is, in one of the four forms of RFC 5545, sections 3.3.4 and 3.3.5.
public enum CalendarTime: Hashable, Sendable {
    /// A day, of the calendar of whoever reads it.
    case date(CivilDate)
    /// A time of the clock of whoever reads it: *floating*.
    case floating(WallTime)
    /// An instant, written in UTC.
    case instant(Timestamp)
    /// A time of the clock of a zone, by its TZID.
    case zoned(WallTime, zone: String)

    /// What a calendar and a clock show of it, in its own form; of an instant what UTC shows.
    public var wallTime: WallTime {
        switch self {
        case .date(let date): WallTime(midnightOf: date) ?? .latest
        case .floating(let wall), .zoned(let wall, _): wall
        case .instant(let instant): UTCClock().wallTime(at: instant)
        }
    }

    /// The zone, where it has one.
    public var zone: String? {
        if case .zoned(_, let zone) = self { zone } else { nil }
    }

    /// Whether it is a day and no time of one.
    public var isDate: Bool {
        if case .date = self { true } else { false }
    }
}

/// A length of time as RFC 5545 has it (section 3.3.6): days are of the calendar and have 23 or 25 hours where the clock is changed; hours,
/// minutes and seconds are exact. `P1DT2H` is one day later on the calendar and then two hours.
public struct CalendarDuration: Hashable, Sendable {
    /// Days of the calendar.
    public let days: Int
    /// Exact seconds that come after them, of the same sign.
    public let seconds: Int

    /// The longest, in days, with the seconds counted in.
    public static let longestDays = 40_000

    /// A duration; nil for one of two signs, and for one that is longer than `longestDays`.
    public init?(days: Int = 0, seconds: Int = 0) {
        guard days.signum() * seconds.signum() >= 0, days.magnitude <= CalendarDuration.longestDays,
            days.magnitude + seconds.magnitude / 86_400 <= CalendarDuration.longestDays
        else { return nil }
        self.init(days, seconds)
    }

    /// One day.
    public static let day = CalendarDuration(1, 0)

    private init(_ days: Int, _ seconds: Int) {
        self.days = days
        self.seconds = seconds
    }

    /// Seconds of a clock that nobody changes.
    public var nominalSeconds: Int { days * 86_400 + seconds }
}

extension CalendarDuration: CustomStringConvertible {
    /// Reads `PT1H30M`, `P2D`, `P1DT2H`, `-PT15M`, `P3W`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        var rest = Array(text.uppercased().utf8)[...]
        var sign = 1
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
            sign = rest.removeFirst() == UInt8(ascii: "-") ? -1 : 1
        }
        guard rest.popFirst() == UInt8(ascii: "P"), !rest.isEmpty else { return nil }
        var units: [(letter: UInt8, days: Int, seconds: Int)] = [(UInt8(ascii: "W"), 7, 0), (UInt8(ascii: "D"), 1, 0)]
        var (days, seconds, isTime) = (0, 0, false)
        while let first = rest.first {
            if first == UInt8(ascii: "T") {
                guard !isTime, rest.count > 1 else { return nil }
                isTime = true
                rest.removeFirst()
                units = [(UInt8(ascii: "H"), 0, 3_600), (UInt8(ascii: "M"), 0, 60), (UInt8(ascii: "S"), 0, 1)]
                continue
            }
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            guard digits.count <= 9, let number = ICalendarText.number(digits),
                let letter = rest.popFirst(), let unit = units.firstIndex(where: { $0.letter == letter })
            else { return nil }
            days += number * units[unit].days
            seconds += number * units[unit].seconds
            units.removeSubrange(...unit)
        }
        self.init(days: sign * days, seconds: sign * seconds)
    }

    /// As RFC 5545 writes it: `P1DT2H`.
    public var description: String {
        var text = days < 0 || seconds < 0 ? "-P" : "P"
        if days != 0 { text += "\(days.magnitude)D" }
        let (hours, minutes, rest) = (seconds.magnitude / 3_600, seconds.magnitude / 60 % 60, seconds.magnitude % 60)
        if seconds != 0 || days == 0 { text += "T" }
        if hours > 0 { text += "\(hours)H" }
        // Between hours and seconds the minutes have to be there (section 3.3.6).
        if minutes > 0 || hours > 0 && rest > 0 { text += "\(minutes)M" }
        if rest > 0 || seconds == 0 && days == 0 { text += "\(rest)S" }
        return text
    }
}
