/// What a stream may make a `CalendarReader` keep.
public struct CalendarLimits: Hashable, Sendable {
    /// Bytes of the stream; beyond, it is refused.
    public var bytes: Int
    /// Events of the stream, those among them that are refused one by one; beyond, it is refused.
    public var events: Int
    /// Bytes of a line after unfolding. A longer one is passed over where it is not needed; an event that needs it is refused.
    public var lineBytes: Int
    /// Properties of an event; one with more is refused.
    public var properties: Int
    /// Bytes of a text, as it is read; an event with a longer one is refused.
    public var textBytes: Int
    /// Dates of an event's RDATE and EXDATE; one with more is refused.
    public var dates: Int
    /// VTIMEZONE components of the stream; beyond, it is refused. Also the TZIDs of one calendar that are looked for; an event that names
    /// another one is refused.
    public var zones: Int
    /// VCALENDAR components of the stream; beyond, it is refused.
    public var calendars: Int

    /// Limits: 16 MiB, 50,000 events, and for each of them more than programs write.
    public init(
        bytes: Int = 16 << 20, events: Int = 50_000, lineBytes: Int = 128 << 10, properties: Int = 1_000,
        textBytes: Int = 64 << 10, dates: Int = 5_000, zones: Int = 50, calendars: Int = 100
    ) {
        self.bytes = bytes
        self.events = events
        self.lineBytes = lineBytes
        self.properties = properties
        self.textBytes = textBytes
        self.dates = dates
        self.zones = zones
        self.calendars = calendars
    }

    /// Components within components; beyond, the stream is refused.
    static let depth = 8
}

/// Why a stream is refused as a whole. Lines are counted from 1.
public enum CalendarFailure: Error, Hashable, Sendable {
    /// It does not begin as a calendar does.
    case notACalendar(line: Int)
    /// Something between two calendars.
    case outsideCalendar(line: Int)
    /// The end of another component than the one that is open.
    case wrongEnd(line: Int, of: String)
    /// It ended within a calendar.
    case cutOff(line: Int)
    /// Its dates are not of the Gregorian calendar.
    case otherScale(line: Int)
    /// Components within components within components.
    case tooDeep(line: Int)
    /// More bytes than so many.
    case tooManyBytes(limit: Int)
    /// More events than so many.
    case tooManyEvents(line: Int, limit: Int)
    /// More VTIMEZONE components than so many.
    case tooManyZones(line: Int, limit: Int)
    /// More VCALENDAR components than so many.
    case tooManyCalendars(line: Int, limit: Int)
}

extension CalendarFailure: CustomStringConvertible {
    /// A sentence that says what to do.
    public var description: String {
        switch self {
        case .notACalendar(let line):
            "Line \(line) is not BEGIN:VCALENDAR, so this is no calendar; choose a file in the iCalendar format (.ics)."
        case .outsideCalendar(let line): "Line \(line) is outside of a calendar; remove it, or export the file again."
        case .wrongEnd(let line, let name): "Line \(line) ends \(name), which is not open there; export the file again."
        case .cutOff(let line): "The file ends in line \(line), before END:VCALENDAR; transfer it again as a whole."
        case .otherScale(let line):
            "Line \(line) names another calendar than the Gregorian; export the file with CALSCALE:GREGORIAN."
        case .tooDeep(let line):
            "In line \(line) more than \(CalendarLimits.depth) components are within each other; export the file again."
        case .tooManyBytes(let limit): "The calendar is larger than \(limit) bytes; export a shorter time."
        case .tooManyEvents(let line, let limit):
            "In line \(line) begins event \(limit + 1); export a shorter time, with at most \(limit) events."
        case .tooManyZones(let line, let limit):
            "In line \(line) begins time zone \(limit + 1); at most \(limit) are read, so divide the file."
        case .tooManyCalendars(let line, let limit):
            "In line \(line) begins calendar \(limit + 1); at most \(limit) are read, so divide the file."
        }
    }
}
