internal import HubModel

/// A VEVENT that is being read. What is wrong with it first is why it is refused; the rest is still read, for its UID and SUMMARY.
struct EventReading {
    private let limits: CalendarLimits
    private let keepsExtensions: Bool
    let line: Int
    private var event: CalendarEvent
    private var hasStart = false
    private var seen: Set<EventProperty> = []
    private var properties = 0
    private var dates = 0
    private(set) var refusal: (line: Int, reason: CalendarRefusal.Reason)?

    init(line: Int, limits: CalendarLimits, keepsExtensions: Bool) {
        self.line = line
        self.limits = limits
        self.keepsExtensions = keepsExtensions
        event = CalendarEvent(uid: "", start: .instant(Timestamp(seconds: 0)))
        event.line = line
    }

    mutating func refuse(_ reason: CalendarRefusal.Reason, line: Int? = nil) {
        if refusal == nil { refusal = (line ?? self.line, reason) }
    }

    mutating func take(_ line: ContentLine) {
        properties += 1
        guard properties <= limits.properties else {
            refuse(.tooManyProperties(limit: limits.properties), line: line.number)
            return
        }
        do throws(CalendarRefusal.Reason) {
            try read(line)
        } catch {
            refuse(error, line: line.number)
        }
    }

    /// The event, or why it is none.
    func finish() throws(CalendarRefusal.Reason) -> CalendarEvent {
        if let refusal { throw refusal.reason }
        guard !event.uid.isEmpty else { throw .missing(property: "UID") }
        guard hasStart else { throw .missing(property: "DTSTART") }
        if case .time(let end) = event.end {
            guard end.isDate == event.start.isDate else { throw .mixedForms }
            if end.zone == event.start.zone, end.wallTime < event.start.wallTime { throw .endBeforeStart }
        }
        return event
    }

    func refused(_ line: Int, _ reason: CalendarRefusal.Reason) -> CalendarRefusal {
        CalendarRefusal(line: line, uid: event.uid.isEmpty ? nil : event.uid, summary: event.summary, reason: reason)
    }
}

extension EventReading {
    private mutating func read(_ line: ContentLine) throws(CalendarRefusal.Reason) {
        guard let property = EventProperty.named[line.name] else {
            if keepsExtensions, line.name.hasPrefix("X-") { try keep(line) }
            return
        }
        if line.isCut { throw .lineTooLong(limit: limits.lineBytes) }
        if !property.isRepeatable, !seen.insert(property).inserted {
            // A second RRULE would mean something, which section 3.8.5.3 advises against.
            throw .twice(property: line.name)
        }
        switch property {
        case .uid: event.uid = try text(line)
        case .summary: event.summary = try text(line)
        case .location: event.location = try text(line)
        case .description: event.description = try text(line)
        case .categories:
            guard line.value.count <= limits.textBytes else { throw tooLong(line) }
            event.categories += CalendarString.list(line.value)
        case .start:
            event.start = try time(line.value, line)
            hasStart = true
        case .end:
            if event.end != .none { throw .endAndDuration }
            event.end = .time(try time(line.value, line))
        case .duration:
            if event.end != .none { throw .endAndDuration }
            event.end = .duration(try duration(line.value, line))
        case .rule:
            do throws(RecurrenceFailure) {
                event.rule = try RecurrenceRule(String(decoding: line.value, as: UTF8.self))
            } catch {
                throw .rule(error)
            }
        case .exclusionRule: throw .exclusionRule
        case .additions:
            try readDates(line) { (reading, item) throws(CalendarRefusal.Reason) in
                reading.event.additions.append(try reading.addition(item, line))
            }
        case .exceptions:
            try readDates(line) { (reading, item) throws(CalendarRefusal.Reason) in
                reading.event.exceptions.append(try reading.time(item, line))
            }
        case .recurrenceID:
            if line.parameter("RANGE")?.uppercased() == "THISANDFUTURE" { throw .thisAndFuture }
            event.recurrenceID = try time(line.value, line)
        case .sequence:
            guard let number = ICalendarText.number(line.value) else { throw bad(line) }
            event.sequence = number
        case .status: event.status = CalendarEvent.Status(rawValue: try text(line).uppercased())
        case .organizer: event.organizer = try person(line)
        case .attendee: event.attendees.append(try person(line))
        case .stamp: event.stamp = instant(line)
        case .lastModified: event.lastModified = instant(line)
        case .transparency: event.isTransparent = try text(line).uppercased() == "TRANSPARENT"
        case .url:
            guard line.value.count <= limits.textBytes else { throw tooLong(line) }
            event.url = CalendarString.clean(String(decoding: line.value, as: UTF8.self))
        }
    }

    private func tooLong(_ line: ContentLine) -> CalendarRefusal.Reason {
        .textTooLong(property: line.name, limit: limits.textBytes)
    }

    private func bad(_ line: ContentLine) -> CalendarRefusal.Reason {
        .badValue(
            property: line.name, value: CalendarString.clean(String(decoding: line.value.prefix(64), as: UTF8.self)))
    }

    private func text(_ line: ContentLine) throws(CalendarRefusal.Reason) -> String {
        guard line.value.count <= limits.textBytes else { throw tooLong(line) }
        return CalendarString.text(line.value)
    }

    private mutating func keep(_ line: ContentLine) throws(CalendarRefusal.Reason) {
        guard !line.isCut, line.value.count <= limits.textBytes else { throw tooLong(line) }
        let value = CalendarString.clean(String(decoding: line.value, as: UTF8.self))
        event.extensions.append(CalendarProperty(line.name, parameters: line.parameters, value: value))
    }

    private func person(_ line: ContentLine) throws(CalendarRefusal.Reason) -> CalendarPerson {
        guard line.value.count <= limits.textBytes else { throw tooLong(line) }
        return CalendarPerson(
            address: CalendarString.clean(String(decoding: line.value, as: UTF8.self)), name: line.parameter("CN"),
            participation: line.parameter("PARTSTAT"), role: line.parameter("ROLE"))
    }

    /// DTSTAMP and LAST-MODIFIED are in UTC (section 3.8.7); what is not says nothing.
    private func instant(_ line: ContentLine) -> Timestamp? {
        if case .instant(let instant) = ICalendarText.time(line.value) { instant } else { nil }
    }

    private func duration(_ value: ArraySlice<UInt8>, _ line: ContentLine) throws(CalendarRefusal.Reason)
        -> CalendarDuration
    {
        guard value.count <= 64, let duration = CalendarDuration(String(decoding: value, as: UTF8.self)) else {
            throw bad(line)
        }
        guard duration.nominalSeconds >= 0 else { throw .endBeforeStart }
        return duration
    }

    /// The value says of which form it is; VALUE=DATE beside a time, or VALUE=DATE-TIME beside a day, is passed over.
    private func time(_ value: ArraySlice<UInt8>, _ line: ContentLine) throws(CalendarRefusal.Reason) -> CalendarTime {
        switch ICalendarText.time(value) {
        case .date(let date): return .date(date)
        case .instant(let instant): return .instant(instant)
        case .wall(let wall):
            guard let zone = line.parameter("TZID"), !zone.isEmpty else { return .floating(wall) }
            return .zoned(wall, zone: zone)
        case nil: throw bad(line)
        }
    }

    private mutating func readDates(
        _ line: ContentLine, _ read: (inout EventReading, ArraySlice<UInt8>) throws(CalendarRefusal.Reason) -> Void
    ) throws(CalendarRefusal.Reason) {
        for item in line.value.split(separator: UInt8(ascii: ",")) {
            dates += 1
            guard dates <= limits.dates else { throw .tooManyDates(limit: limits.dates) }
            try read(&self, item)
        }
    }

    /// A time, or a period: `19970101T180000Z/PT5H30M` (section 3.3.9).
    private func addition(_ item: ArraySlice<UInt8>, _ line: ContentLine) throws(CalendarRefusal.Reason)
        -> CalendarEvent.Addition
    {
        guard let slash = item.firstIndex(of: UInt8(ascii: "/")) else { return .init(try time(item, line)) }
        let start = try time(item[..<slash], line)
        let rest = item[(slash + 1)...]
        guard rest.first != UInt8(ascii: "P") else { return .init(start, end: .duration(try duration(rest, line))) }
        let end = try time(rest, line)
        guard end.isDate == start.isDate, end.wallTime >= start.wallTime else { throw .endBeforeStart }
        return .init(start, end: .time(end))
    }
}

/// The properties of an event that are read.
private enum EventProperty: String, CaseIterable {
    case uid = "UID"
    case start = "DTSTART"
    case end = "DTEND"
    case duration = "DURATION"
    case rule = "RRULE"
    case exclusionRule = "EXRULE"
    case additions = "RDATE"
    case exceptions = "EXDATE"
    case recurrenceID = "RECURRENCE-ID"
    case sequence = "SEQUENCE"
    case status = "STATUS"
    case summary = "SUMMARY"
    case location = "LOCATION"
    case description = "DESCRIPTION"
    case categories = "CATEGORIES"
    case organizer = "ORGANIZER"
    case attendee = "ATTENDEE"
    case stamp = "DTSTAMP"
    case lastModified = "LAST-MODIFIED"
    case transparency = "TRANSP"
    case url = "URL"

    static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Whether an event may have it more than once.
    var isRepeatable: Bool { [.additions, .exceptions, .attendee, .categories].contains(self) }
}
