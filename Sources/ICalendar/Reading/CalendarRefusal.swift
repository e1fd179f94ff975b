/// An event that is not read, while the others are.
public struct CalendarRefusal: Hashable, Sendable {
    /// Why.
    public enum Reason: Error, Hashable, Sendable {
        /// A line that is not NAME:VALUE.
        case malformedLine
        /// A line that is needed is longer than so many bytes.
        case lineTooLong(limit: Int)
        /// A text is longer than so many bytes.
        case textTooLong(property: String, limit: Int)
        /// It has more than so many properties.
        case tooManyProperties(limit: Int)
        /// It has more than so many dates in RDATE and EXDATE.
        case tooManyDates(limit: Int)
        /// A property is there twice that may be there once.
        case twice(property: String)
        /// A property is not there that must be.
        case missing(property: String)
        /// A property has a value that it cannot have.
        case badValue(property: String, value: String)
        /// A TZID is no name of a zone that is known, and the calendar does not say what it means.
        case unknownZone(String)
        /// DTEND is before DTSTART, or DURATION is negative.
        case endBeforeStart
        /// DTSTART is a day and DTEND a time, or the other way round.
        case mixedForms
        /// DTEND and DURATION.
        case endAndDuration
        /// RRULE cannot be read.
        case rule(RecurrenceFailure)
        /// EXRULE, which RFC 5545 no longer has.
        case exclusionRule
        /// RECURRENCE-ID with RANGE=THISANDFUTURE.
        case thisAndFuture
        /// The event has no end.
        case notClosed
    }

    /// The line at fault, or that of BEGIN:VEVENT where it is the event as a whole; from 1.
    public let line: Int
    /// UID, if it was read.
    public let uid: String?
    /// SUMMARY, if it was read.
    public let summary: String?
    /// Why.
    public let reason: Reason
}

extension CalendarRefusal.Reason: CustomStringConvertible {
    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .malformedLine:
            "The line has not the form NAME:VALUE; a line that goes on with the one before has to begin with a space."
        case .lineTooLong(let limit): "The line is too long; shorten it to \(limit) bytes."
        case .textTooLong(let property, let limit): "\(property) is too long; shorten it to \(limit) bytes."
        case .tooManyProperties(let limit):
            "The event has too many properties; leave some out so that there are at most \(limit)."
        case .tooManyDates(let limit): "RDATE and EXDATE list too many dates; list at most \(limit), or use RRULE."
        case .twice(let property): "\(property) is given twice; give it once."
        case .missing(let property): "The event has no \(property); add one."
        case .badValue(let property, let value): "\(property) cannot be \"\(value)\"; write it as RFC 5545 has it."
        case .unknownZone(let zone):
            "No time zone \"\(zone)\" is known; use a name such as Europe/Berlin, or add its VTIMEZONE."
        case .endBeforeStart: "The event ends before it begins; exchange DTSTART and DTEND."
        case .mixedForms: "DTSTART and DTEND have to be both days or both times; write them alike."
        case .endAndDuration: "The event has DTEND and DURATION; leave one out."
        case .rule(let failure): failure.description
        case .exclusionRule: "EXRULE is no longer part of the format; list the dates in EXDATE."
        case .thisAndFuture:
            "A change of this and all future instances is not supported; end the series and begin another."
        case .notClosed: "The event has no END:VEVENT; add it."
        }
    }
}
