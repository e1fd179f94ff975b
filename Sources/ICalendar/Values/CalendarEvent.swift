public import HubModel

/// An event of a calendar: a VEVENT (RFC 5545, section 3.6.1). One that recurs is a master with a rule; one with a `recurrenceID` takes the
/// place of an instance of its master (`CalendarSeries`).
public struct CalendarEvent: Hashable, Sendable {
    /// Whether it takes place (section 3.8.1.11).
    public enum Status: String, Sendable {
        case tentative = "TENTATIVE"
        case confirmed = "CONFIRMED"
        case cancelled = "CANCELLED"
    }

    /// Where it ends.
    public enum End: Hashable, Sendable {
        /// A day ends with itself, a time at once.
        case none
        /// DTEND. The day or time is no part of the event.
        case time(CalendarTime)
        /// DURATION.
        case duration(CalendarDuration)
    }

    /// A further instance of a master (RDATE).
    public struct Addition: Hashable, Sendable {
        /// When it begins.
        public var start: CalendarTime
        /// Where it ends if it is a period; nil: as the master.
        public var end: End?

        /// A further instance.
        public init(_ start: CalendarTime, end: End? = nil) {
            self.start = start
            self.end = end
        }
    }

    /// UID: the same for all components of one event, in all calendars.
    public var uid: String
    /// DTSTART.
    public var start: CalendarTime
    /// DTEND or DURATION.
    public var end: End
    /// RRULE.
    public var rule: RecurrenceRule?
    /// RDATE.
    public var additions: [Addition] = []
    /// EXDATE: instances that do not take place.
    public var exceptions: [CalendarTime] = []
    /// RECURRENCE-ID: the original start of the instance whose place this event takes.
    public var recurrenceID: CalendarTime?
    /// SEQUENCE: how often the event was changed.
    public var sequence = 0
    /// STATUS.
    public var status: Status?
    /// SUMMARY.
    public var summary: String?
    /// LOCATION.
    public var location: String?
    /// DESCRIPTION.
    public var description: String?
    /// CATEGORIES.
    public var categories: [String] = []
    /// ORGANIZER.
    public var organizer: CalendarPerson?
    /// ATTENDEE.
    public var attendees: [CalendarPerson] = []
    /// DTSTAMP: when this version of the event was made.
    public var stamp: Timestamp?
    /// LAST-MODIFIED.
    public var lastModified: Timestamp?
    /// TRANSP: whether it takes nobody's time.
    public var isTransparent = false
    /// URL.
    public var url: String?
    /// Properties of other standards and of programs: `X-…`.
    public var extensions: [CalendarProperty] = []
    /// The line of its BEGIN:VEVENT, if it was read.
    public var line: Int?

    /// An event.
    public init(uid: String, start: CalendarTime, end: End = .none) {
        self.uid = uid
        self.start = start
        self.end = end
    }

    /// The TZIDs that it names.
    public var zones: Set<String> {
        var zones = Set([start, recurrenceID].compactMap { $0?.zone } + exceptions.compactMap(\.zone))
        if case .time(let time) = end, let zone = time.zone { zones.insert(zone) }
        for addition in additions {
            if let zone = addition.start.zone { zones.insert(zone) }
            if case .time(let time) = addition.end, let zone = time.zone { zones.insert(zone) }
        }
        return zones
    }
}

/// An organizer or attendee (sections 3.8.4.1 and 3.8.4.3).
public struct CalendarPerson: Hashable, Sendable {
    /// An address as a URI: `mailto:ada@example.org`.
    public var address: String
    /// CN: the name.
    public var name: String?
    /// PARTSTAT: whether they come: `ACCEPTED`, `DECLINED`, ….
    public var participation: String?
    /// ROLE: `CHAIR`, `REQ-PARTICIPANT`, ….
    public var role: String?

    /// A person.
    public init(address: String, name: String? = nil, participation: String? = nil, role: String? = nil) {
        self.address = address
        self.name = name
        self.participation = participation
        self.role = role
    }
}

/// A property as it is written: for those that have no place of their own.
public struct CalendarProperty: Hashable, Sendable {
    /// A parameter with its values.
    public struct Parameter: Hashable, Sendable {
        /// In upper case.
        public var name: String
        /// Without quotes and escapes.
        public var values: [String]

        /// A parameter.
        public init(name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// In upper case: `X-MICROSOFT-CDO-BUSYSTATUS`.
    public var name: String
    /// In their order.
    public var parameters: [Parameter]
    /// As it is written, with its escapes: what they mean depends on the property.
    public var value: String

    /// A property.
    public init(_ name: String, parameters: [Parameter] = [], value: String) {
        self.name = name
        self.parameters = parameters
        self.value = value
    }
}
