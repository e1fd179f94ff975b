public import HubModel

/// What a VCALENDAR says (RFC 5545, section 3.4).
public struct CalendarDocument: Hashable, Sendable {
    /// PRODID: what wrote it.
    public internal(set) var productID: String?
    /// METHOD: `PUBLISH`, `REQUEST`, ….
    public internal(set) var method: String?
    /// NAME (RFC 7986), or X-WR-CALNAME, which came before it.
    public internal(set) var name: String?
    /// X-WR-TIMEZONE: the zone of whoever made it.
    public internal(set) var zone: String?
    /// The events that are in order.
    public internal(set) var events: [CalendarEvent] = []
    /// The events that are not, each with its reason.
    public internal(set) var refusals: [CalendarRefusal] = []
    /// What the TZIDs of the events mean.
    public internal(set) var zones: [String: CalendarZone] = [:]
    /// Components beside events and zones: to-dos, journals, free and busy times.
    public internal(set) var otherComponents = 0
}

/// Reads streams of the iCalendar format (RFC 5545) as they come in: a file, or the body of an answer, in chunks of any size.
///
///     var reader = CalendarReader(clocks: LocalClocks())
///     for chunk in chunks { try reader.take(chunk) }
///     let calendars = try reader.finish()
///
/// An event that is not in order is refused with its line and reason, and the others are read; what is no calendar is refused as a whole.
/// Nothing is kept beyond the limits.
public struct CalendarReader: Sendable {
    private let limits: CalendarLimits
    private let clocks: any ZoneClocks
    private let keepsExtensions: Bool
    private var lines: ContentLines
    private var bytes = 0
    private var events = 0
    private var zones = 0
    private var lastLine = 1
    private var failure: CalendarFailure?

    private var calendars: [CalendarDocument] = []
    /// The components that are open, the outermost first.
    private var open: [String] = []
    private var calendar = CalendarDocument()
    private var event: EventReading?
    private var zone: ZoneReading?
    private var definitions: [String: ZoneReading] = [:]

    /// A reader.
    /// - Parameters:
    ///   - clocks: says which names of zones are known.
    ///   - keepsExtensions: whether the properties of events that begin with `X-` are kept.
    public init(clocks: any ZoneClocks, limits: CalendarLimits = CalendarLimits(), keepsExtensions: Bool = false) {
        self.clocks = clocks
        self.limits = limits
        self.keepsExtensions = keepsExtensions
        lines = ContentLines(longest: limits.lineBytes)
    }

    /// Takes the next bytes. Errors: why the stream is refused; after one, each further call fails with the same.
    public mutating func take(_ chunk: some Sequence<UInt8>) throws(CalendarFailure) {
        if let failure { throw failure }
        var rest = Array(chunk)[...]
        let room = limits.bytes - bytes
        let isTooLong = rest.count > room
        // What comes before the limit is read, so that the same is found however the stream was cut.
        if isTooLong { rest = rest.prefix(room) }
        bytes += rest.count
        do throws(CalendarFailure) {
            while let line = lines.next(&rest) { try read(line) }
            if isTooLong { throw .tooManyBytes(limit: limits.bytes) }
        } catch {
            failure = error
            throw error
        }
    }

    /// Ends the stream: its calendars. Errors: as `take`; `cutOff` if it ends within a calendar.
    public mutating func finish() throws(CalendarFailure) -> [CalendarDocument] {
        if let failure { throw failure }
        do throws(CalendarFailure) {
            if let line = lines.finish() { try read(line) }
            if !open.isEmpty { throw .cutOff(line: lastLine) }
            if calendars.isEmpty { throw .notACalendar(line: lastLine) }
        } catch {
            failure = error
            throw error
        }
        return calendars
    }

    private mutating func read(_ unfolded: UnfoldedLine) throws(CalendarFailure) {
        lastLine = unfolded.number
        // Lines of blanks only come from programs and from mail.
        guard unfolded.bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return }
        guard let line = ContentLine(unfolded) else {
            guard !open.isEmpty else { throw outside(unfolded.number) }
            let isTooLong = unfolded.isCut
            let reason: CalendarRefusal.Reason = isTooLong ? .lineTooLong(limit: limits.lineBytes) : .malformedLine
            if open.count == 2 { event?.refuse(reason, line: unfolded.number) }
            return
        }
        switch line.name {
        case "BEGIN": try begin(CalendarReader.component(line), line.number)
        case "END": try end(CalendarReader.component(line), line.number)
        case _ where open.isEmpty: throw outside(line.number)
        case _ where open.count == 1: try readProperty(line)
        default: readProperty(ofComponent: line)
        }
    }

    private static func component(_ line: ContentLine) -> String {
        String(decoding: line.value.prefix(64).filter { $0 > 0x20 }, as: UTF8.self).uppercased()
    }

    private func outside(_ line: Int) -> CalendarFailure {
        calendars.isEmpty ? .notACalendar(line: line) : .outsideCalendar(line: line)
    }
}

extension CalendarReader {
    private mutating func begin(_ name: String, _ line: Int) throws(CalendarFailure) {
        if open.isEmpty {
            guard name == "VCALENDAR" else { throw outside(line) }
            guard calendars.count < limits.calendars else {
                throw .tooManyCalendars(line: line, limit: limits.calendars)
            }
            calendar = CalendarDocument()
            definitions = [:]
            open = [name]
            return
        }
        // Where the end of the last event was lost, the next one is still read.
        if name == "VEVENT", event != nil { closeEvent(isWhole: false) }
        guard open.count < CalendarLimits.depth else { throw .tooDeep(line: line) }
        if open.count == 1 {
            switch name {
            case "VEVENT":
                events += 1
                guard events <= limits.events else { throw .tooManyEvents(line: line, limit: limits.events) }
                event = EventReading(line: line, limits: limits, keepsExtensions: keepsExtensions)
            case "VTIMEZONE":
                zones += 1
                guard zones <= limits.zones else { throw .tooManyZones(line: line, limit: limits.zones) }
                zone = ZoneReading()
            default: calendar.otherComponents += 1
            }
        } else if open.count == 2 {
            zone?.begin(name)
        }
        open.append(name)
    }

    private mutating func end(_ name: String, _ line: Int) throws(CalendarFailure) {
        if name == "VCALENDAR", event != nil { closeEvent(isWhole: false) }
        guard open.last == name else {
            // Of a component within the event, the end was lost: the event is whole without it.
            guard event != nil, name == "VEVENT", open.count > 2 else {
                if open.isEmpty { throw outside(line) }
                throw .wrongEnd(line: line, of: name)
            }
            closeEvent(isWhole: true)
            return
        }
        switch open.count {
        case 1:
            resolve()
            calendars.append(calendar)
        case 2:
            if event != nil {
                closeEvent(isWhole: true)
                return
            }
            if let zone, let identifier = zone.identifier { definitions[identifier] = zone }
            zone = nil
        case 3: zone?.end(name)
        default: break
        }
        open.removeLast()
    }

    private mutating func closeEvent(isWhole: Bool) {
        open.removeSubrange(1...)
        guard var reading = event else { return }
        event = nil
        if !isWhole { reading.refuse(.notClosed) }
        do throws(CalendarRefusal.Reason) {
            calendar.events.append(try reading.finish())
        } catch {
            let line = reading.refusal?.line ?? reading.line
            calendar.refusals.append(reading.refused(line, error))
        }
    }

    private mutating func readProperty(_ line: ContentLine) throws(CalendarFailure) {
        func text() -> String? { line.value.count <= limits.textBytes ? CalendarString.text(line.value) : nil }
        switch line.name {
        case "PRODID": calendar.productID = text()
        case "METHOD": calendar.method = text()?.uppercased()
        case "NAME": calendar.name = text()
        case "X-WR-CALNAME": calendar.name = calendar.name ?? text()
        case "X-WR-TIMEZONE": calendar.zone = text()
        case "CALSCALE":
            guard text()?.uppercased() == "GREGORIAN" else { throw .otherScale(line: line.number) }
        default: break
        }
    }

    private mutating func readProperty(ofComponent line: ContentLine) {
        if event != nil {
            // What is within an alarm is not of the event.
            if open.count == 2 { event?.take(line) }
        } else {
            zone?.take(line)
        }
    }

    /// Finds out what the TZIDs of the calendar's events mean, now that all of its zones are known, and refuses the events for which that cannot
    /// be found, or which end before they begin as their zones have it.
    private mutating func resolve() {
        var unknown: Set<String> = []
        for identifier in calendar.events.lazy.flatMap(\.zones)
        where calendar.zones[identifier] == nil && !unknown.contains(identifier) {
            // A calendar needs a few; each that is looked for costs time.
            let isAllowed = calendar.zones.count + unknown.count < limits.zones
            if isAllowed, let zone = meaning(of: identifier) {
                calendar.zones[identifier] = zone
            } else {
                unknown.insert(identifier)
            }
        }
        var clocks = CalendarZones(calendar.zones, clocks: clocks, floating: UTCClock())
        let events = calendar.events
        calendar.events = []
        for event in events {
            let reason: CalendarRefusal.Reason
            if let zone = event.zones.intersection(unknown).min() {
                reason = .unknownZone(zone)
            } else if case .time(let end) = event.end, end.zone != event.start.zone,
                clocks.instant(of: end) < clocks.instant(of: event.start)
            {
                reason = .endBeforeStart
            } else {
                calendar.events.append(event)
                continue
            }
            calendar.refusals.append(
                CalendarRefusal(line: event.line ?? 1, uid: event.uid, summary: event.summary, reason: reason))
        }
        calendar.refusals.sort { $0.line < $1.line }
    }

    private func meaning(of identifier: String) -> CalendarZone? {
        let definition = definitions[identifier]
        let names = ZoneName.candidates(identifier, location: definition?.location)
        if let name = names.first(where: { clocks.clock(named: $0) != nil }) { return .named(name) }
        return definition?.finish().map { .rules($0) }
    }
}
