internal import HubModel

extension RecurrenceRule {
    /// The longest rule that is read, in bytes: all parts with all their values are shorter.
    public static let longestText = 8_192

    /// Reads the value of an RRULE property. Names and values may be in any case, parts in any order; spaces are not allowed.
    public init(_ text: some StringProtocol) throws(RecurrenceFailure) {
        guard text.utf8.count <= RecurrenceRule.longestText else { throw .tooLong(RecurrenceRule.longestText) }
        let values = try RecurrenceRule.parts(of: text.uppercased())
        guard let name = values[.frequency] else { throw .noFrequency }
        guard let frequency = Frequency(rawValue: name) else { throw .badValue(.frequency, name) }
        func numbers(_ part: RecurrencePart) throws(RecurrenceFailure) -> [Int] {
            guard let value = values[part] else { return [] }
            var numbers: [Int] = []
            for item in value.split(separator: ",", omittingEmptySubsequences: false) {
                numbers.append(try RecurrenceRule.number(item, part))
            }
            return numbers
        }
        var days: [Day] = []
        for item in values[.days]?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            days.append(try RecurrenceRule.day(item))
        }
        var weekStart = Weekday.monday
        if let value = values[.weekStart] {
            guard let day = Weekday(iCalendar: value) else { throw .badValue(.weekStart, value) }
            weekStart = day
        }
        try self.init(
            frequency,
            interval: values[.interval].map { value throws(RecurrenceFailure) in
                try RecurrenceRule.number(value[...], .interval)
            } ?? 1,
            end: try RecurrenceRule.end(values), seconds: try numbers(.seconds), minutes: try numbers(.minutes),
            hours: try numbers(.hours), days: days, monthDays: try numbers(.monthDays),
            yearDays: try numbers(.yearDays),
            weeks: try numbers(.weeks), months: try numbers(.months), positions: try numbers(.positions),
            weekStart: weekStart)
    }

    private static func parts(of text: String) throws(RecurrenceFailure) -> [RecurrencePart: String] {
        var values: [RecurrencePart: String] = [:]
        var pieces = text.split(separator: ";", omittingEmptySubsequences: false)
        // Several programs end a rule with a semicolon.
        if pieces.count > 1, pieces.last == "" { pieces.removeLast() }
        for piece in pieces {
            guard let equals = piece.firstIndex(of: "="), equals != piece.startIndex else {
                throw .malformed(String(piece.prefix(64)))
            }
            let name = String(piece[..<equals])
            guard let part = RecurrencePart(rawValue: name) else {
                if name == "RSCALE" || name == "SKIP" { throw .otherCalendar(name) }
                throw .unknownPart(String(name.prefix(64)))
            }
            guard values.updateValue(String(piece[piece.index(after: equals)...]), forKey: part) == nil else {
                throw .repeatedPart(part)
            }
        }
        return values
    }

    private static func end(_ values: [RecurrencePart: String]) throws(RecurrenceFailure) -> End {
        if values[.count] != nil, values[.until] != nil { throw .countWithUntil }
        if let value = values[.count] { return .count(try number(value[...], .count)) }
        guard let value = values[.until] else { return .never }
        switch ICalendarText.time(value.utf8) {
        case .date(let date): return .untilDate(date)
        case .wall(let wall): return .untilWall(wall)
        case .instant(let instant): return .untilInstant(instant)
        case nil: throw .badValue(.until, String(value.prefix(64)))
        }
    }

    private static func number(_ text: Substring, _ part: RecurrencePart) throws(RecurrenceFailure) -> Int {
        let digits = text.first == "+" || text.first == "-" ? text.dropFirst() : text
        guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { throw .badValue(part, String(text.prefix(64))) }
        return number
    }

    private static func day(_ text: Substring) throws(RecurrenceFailure) -> Day {
        guard let weekday = Weekday(iCalendar: text.suffix(2)) else { throw .badValue(.days, String(text.prefix(64))) }
        let ordinal = text.dropLast(2)
        return ordinal.isEmpty ? Day(weekday) : Day(weekday, ordinal: try number(ordinal, .days))
    }

    static func text(_ day: Day) -> String { (day.ordinal.map(String.init) ?? "") + day.weekday.iCalendar }
}

extension RecurrenceRule: CustomStringConvertible {
    /// The value of an RRULE property, with its parts in the order of the RFC. Read again it is the same rule.
    public var description: String {
        var parts = ["FREQ=\(frequency.rawValue)"]
        if interval != 1 { parts.append("INTERVAL=\(interval)") }
        switch end {
        case .never: break
        case .count(let count): parts.append("COUNT=\(count)")
        case .untilDate(let date): parts.append("UNTIL=\(ICalendarText.text(date))")
        case .untilWall(let wall): parts.append("UNTIL=\(ICalendarText.text(wall))")
        case .untilInstant(let instant): parts.append("UNTIL=\(ICalendarText.text(instant))")
        }
        func list(_ part: RecurrencePart, _ values: [String]) {
            if !values.isEmpty { parts.append("\(part.rawValue)=\(values.joined(separator: ","))") }
        }
        list(.seconds, seconds.map(String.init))
        list(.minutes, minutes.map(String.init))
        list(.hours, hours.map(String.init))
        list(.days, days.map(RecurrenceRule.text))
        list(.monthDays, monthDays.map(String.init))
        list(.yearDays, yearDays.map(String.init))
        list(.weeks, weeks.map(String.init))
        list(.months, months.map(String.init))
        list(.positions, positions.map(String.init))
        if weekStart != .monday { parts.append("WKST=\(weekStart.iCalendar)") }
        return parts.joined(separator: ";")
    }
}

extension Weekday {
    /// Two letters, as in BYDAY.
    var iCalendar: String {
        switch self {
        case .monday: "MO"
        case .tuesday: "TU"
        case .wednesday: "WE"
        case .thursday: "TH"
        case .friday: "FR"
        case .saturday: "SA"
        case .sunday: "SU"
        }
    }

    init?(iCalendar text: some StringProtocol) {
        guard let day = Weekday.allCases.first(where: { $0.iCalendar == text }) else { return nil }
        self = day
    }
}
