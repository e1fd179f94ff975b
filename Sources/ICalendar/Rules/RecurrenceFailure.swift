/// The parts of a recurrence rule, by the names that RFC 5545 gives them.
public enum RecurrencePart: String, CaseIterable, Sendable {
    case frequency = "FREQ"
    case interval = "INTERVAL"
    case count = "COUNT"
    case until = "UNTIL"
    case seconds = "BYSECOND"
    case minutes = "BYMINUTE"
    case hours = "BYHOUR"
    case days = "BYDAY"
    case monthDays = "BYMONTHDAY"
    case yearDays = "BYYEARDAY"
    case weeks = "BYWEEKNO"
    case months = "BYMONTH"
    case positions = "BYSETPOS"
    case weekStart = "WKST"
}

/// Why a recurrence rule is refused, or its instances are.
public enum RecurrenceFailure: Error, Hashable, Sendable {
    /// The rule is longer than so many bytes.
    case tooLong(Int)
    /// Something that is not NAME=VALUE.
    case malformed(String)
    /// A part that RFC 5545 does not have.
    case unknownPart(String)
    /// RSCALE or SKIP of RFC 7529.
    case otherCalendar(String)
    /// A part that is there twice.
    case repeatedPart(RecurrencePart)
    /// There is no FREQ.
    case noFrequency
    /// A value that the part cannot have.
    case badValue(RecurrencePart, String)
    /// A number that the part cannot have.
    case outOfRange(RecurrencePart, Int)
    /// A value that a list has twice.
    case twice(RecurrencePart, String)
    /// COUNT and UNTIL.
    case countWithUntil
    /// A part that is not allowed with that frequency.
    case notWith(RecurrencePart, RecurrenceRule.Frequency)
    /// `2MO` with a frequency other than MONTHLY and YEARLY.
    case ordinalWith(RecurrenceRule.Frequency)
    /// `2MO` and BYWEEKNO.
    case ordinalWithWeeks
    /// BYSETPOS without another part BY….
    case positionsAlone
    /// Nothing was found for longer than is looked.
    case barren
    /// There are more than so many instances.
    case tooMany(limit: Int)
    /// The rule has no end, so its instances cannot be counted.
    case endless
}

extension RecurrenceFailure: CustomStringConvertible {
    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .tooLong(let limit): "The recurrence rule is too long; shorten it to \(limit) bytes."
        case .malformed(let text):
            "\"\(text)\" is no part of a recurrence rule; write NAME=VALUE, with a semicolon between parts."
        case .unknownPart(let name): "RFC 5545 has no recurrence part \"\(name)\"; leave it out."
        case .otherCalendar(let name):
            "\(name) (RFC 7529) is not supported; write the rule for the Gregorian calendar, without RSCALE and SKIP."
        case .repeatedPart(let part): "\(part.rawValue) is given twice; give it once."
        case .noFrequency: "The recurrence rule has no FREQ; add one, such as FREQ=WEEKLY."
        case .badValue(let part, let text): "\(part.rawValue) cannot be \"\(text)\"; write \(part.form)."
        case .outOfRange(let part, let number): "\(part.rawValue) cannot be \(number); write \(part.form)."
        case .twice(let part, let value): "\(part.rawValue) lists \(value) twice; list it once."
        case .countWithUntil: "A recurrence rule ends by COUNT or by UNTIL, not by both; leave one out."
        case .notWith(let part, let frequency):
            "\(part.rawValue) is not allowed with FREQ=\(frequency.rawValue); leave it out or choose another frequency."
        case .ordinalWith(let frequency):
            "BYDAY may have a number, as in 2MO, with FREQ=MONTHLY and FREQ=YEARLY only; leave it out with FREQ=\(frequency.rawValue)."
        case .ordinalWithWeeks: "BYDAY may not have a number, as in 2MO, beside BYWEEKNO; leave one of them out."
        case .positionsAlone: "BYSETPOS chooses from what another BY… part yields; add one, such as BYDAY."
        case .barren: "The recurrence rule yields nothing for a very long time; write one whose dates exist."
        case .tooMany(let limit):
            "There are more than \(limit) instances; ask for a shorter time or end the rule earlier."
        case .endless: "The recurrence rule has no end; add COUNT or UNTIL."
        }
    }
}

extension RecurrencePart {
    /// What its value has to be.
    var form: String {
        switch self {
        case .frequency: "SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY"
        case .interval: "a number from 1 to \(RecurrenceRule.longestInterval)"
        case .count: "a number from 1 to \(RecurrenceRule.largestCount)"
        case .until: "a date such as 20261231, or a time such as 20261231T225959Z"
        case .seconds: "numbers from 0 to 60"
        case .minutes: "numbers from 0 to 59"
        case .hours: "numbers from 0 to 23"
        case .days: "days such as MO,TU, or with a number from -53 to 53 before them, such as -1FR"
        case .monthDays: "numbers from 1 to 31 or -31 to -1"
        case .yearDays: "numbers from 1 to 366 or -366 to -1"
        case .weeks: "numbers from 1 to 53 or -53 to -1"
        case .months: "numbers from 1 to 12"
        case .positions: "numbers from 1 to 366 or -366 to -1"
        case .weekStart: "one of MO, TU, WE, TH, FR, SA and SU"
        }
    }
}
