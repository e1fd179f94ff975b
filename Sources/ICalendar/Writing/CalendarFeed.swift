internal import HubModel

/// A calendar that others subscribe to: a VCALENDAR with METHOD:PUBLISH (RFC 5546, section 3.2.1), as Outlook, Google and Apple read it.
///
/// The same feed gives the same bytes, so that their hash can be its ETag. It carries no time of its own: DTSTAMP is that of each event.
public struct CalendarFeed: Hashable, Sendable {
    /// PRODID: what writes it, such as `-//Example//Rooms 1.0//EN`.
    public var productID: String
    /// NAME (RFC 7986, section 5.1) and X-WR-CALNAME: what the calendar is called where it is subscribed to.
    public var name: String
    /// REFRESH-INTERVAL (RFC 7986, section 5.7) and X-PUBLISHED-TTL: after how long it may be fetched again; nil: not said. Clients take it for
    /// advice: Google decides for itself.
    public var refresh: CalendarDuration?
    /// The events, in the order in which they are written.
    public var events: [CalendarEvent]

    /// A feed.
    public init(productID: String, name: String, refresh: CalendarDuration? = nil, events: [CalendarEvent]) {
        self.productID = productID
        self.name = name
        self.refresh = refresh
        self.events = events
    }

    /// Why a feed cannot be written.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// A TZID that means nothing.
        case unknownZone(String)

        /// A sentence that says what to do.
        public var description: String {
            switch self {
            case .unknownZone(let zone): "No time zone \"\(zone)\" is known; use a name such as Europe/Berlin."
            }
        }
    }

    /// The feed in the iCalendar format.
    /// - Parameter zones: the clocks of the TZIDs, from which VTIMEZONE components are made for the years of the events and those to come.
    public func bytes(zones: inout CalendarZones) throws(Failure) -> [UInt8] {
        var writer = ContentWriter()
        writer.line("BEGIN", [], "VCALENDAR")
        writer.text("PRODID", productID)
        writer.line("VERSION", [], "2.0")
        writer.line("CALSCALE", [], "GREGORIAN")
        writer.line("METHOD", [], "PUBLISH")
        writer.text("NAME", name)
        writer.text("X-WR-CALNAME", name)
        if let refresh {
            writer.line("REFRESH-INTERVAL", [.init(name: "VALUE", values: ["DURATION"])], refresh.description)
            writer.line("X-PUBLISHED-TTL", [], refresh.description)
        }
        for (zone, years) in years().sorted(by: { $0.key < $1.key }) {
            guard let clock = zones.clock(of: zone) else { throw .unknownZone(zone) }
            ZoneWriter(zone, clock: clock, years: years).write(to: &writer)
        }
        for event in events { writer.event(event) }
        writer.line("END", [], "VCALENDAR")
        return writer.bytes
    }

    /// The years in which the times of each zone are.
    private func years() -> [String: ClosedRange<Int>] {
        var years: [String: ClosedRange<Int>] = [:]
        func add(_ time: CalendarTime?) {
            guard let time, let zone = time.zone else { return }
            let year = time.wallTime.date.year
            let known = years[zone] ?? year...year
            years[zone] = min(known.lowerBound, year)...max(known.upperBound, year)
        }
        for event in events {
            add(event.start)
            add(event.recurrenceID)
            if case .time(let end) = event.end { add(end) }
            event.exceptions.forEach(add)
            for addition in event.additions {
                add(addition.start)
                if case .time(let end) = addition.end { add(end) }
            }
        }
        return years
    }
}

extension ContentWriter {
    /// A VEVENT.
    mutating func event(_ event: CalendarEvent) {
        line("BEGIN", [], "VEVENT")
        text("UID", event.uid)
        // DTSTAMP has to be there (RFC 5545, section 3.6.1): without one of its own the event is as old as time.
        line("DTSTAMP", [], ICalendarText.text(event.stamp ?? event.lastModified ?? Timestamp(seconds: 0)))
        time("DTSTART", event.start)
        switch event.end {
        case .none: break
        case .time(let end): time("DTEND", end)
        case .duration(let duration): line("DURATION", [], duration.description)
        }
        if let id = event.recurrenceID { time("RECURRENCE-ID", id) }
        if let rule = event.rule { line("RRULE", [], rule.description) }
        for addition in event.additions { write(addition) }
        for exception in event.exceptions { time("EXDATE", exception) }
        line("SEQUENCE", [], String(event.sequence))
        if let status = event.status { line("STATUS", [], status.rawValue) }
        if let summary = event.summary { text("SUMMARY", summary) }
        if let location = event.location { text("LOCATION", location) }
        if let description = event.description { text("DESCRIPTION", description) }
        if !event.categories.isEmpty {
            line("CATEGORIES", [], event.categories.map(ContentWriter.escaped).joined(separator: ","))
        }
        if let organizer = event.organizer { person("ORGANIZER", organizer) }
        for attendee in event.attendees { person("ATTENDEE", attendee) }
        if let modified = event.lastModified { line("LAST-MODIFIED", [], ICalendarText.text(modified)) }
        line("TRANSP", [], event.isTransparent ? "TRANSPARENT" : "OPAQUE")
        if let url = event.url { uri("URL", [], url) }
        for property in event.extensions where ContentWriter.isName(property.name) {
            let parameters = property.parameters.filter { ContentWriter.isName($0.name) }
            line(property.name, parameters, property.value)
        }
        line("END", [], "VEVENT")
    }

    private mutating func write(_ addition: CalendarEvent.Addition) {
        let start = addition.start
        let end: String
        switch addition.end {
        case nil, .some(.none): return time("RDATE", start)
        case .time(let time): end = ContentWriter.value(of: time)
        case .duration(let duration): end = duration.description
        }
        var parameters = [CalendarProperty.Parameter(name: "VALUE", values: ["PERIOD"])]
        if let zone = start.zone { parameters.append(.init(name: "TZID", values: [zone])) }
        line("RDATE", parameters, "\(ContentWriter.value(of: start))/\(end)")
    }

    private mutating func person(_ name: String, _ person: CalendarPerson) {
        var parameters: [CalendarProperty.Parameter] = []
        if let role = person.role { parameters.append(.init(name: "ROLE", values: [role])) }
        if let participation = person.participation {
            parameters.append(.init(name: "PARTSTAT", values: [participation]))
        }
        if let name = person.name { parameters.append(.init(name: "CN", values: [name])) }
        uri(name, parameters, person.address)
    }

    /// Whether it can be the name of a property or parameter; what cannot is left out.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D }
    }
}
