package import HubModel
package import ICalendar
internal import SolutionKit

/// A timetable as a calendar (RFC 5545). Each event is a lesson, in the room that its LOCATION names; a series that is partly in another room is
/// a lesson in each.
package struct TimetableICS: Sendable {
    private let context: TimetableContext
    private var file = TimetableFile()
    private var names: [String: Int] = [:]

    /// How far behind the horizon instances are looked for, in days: what goes on there is refused, and not cut short.
    private static let beyondDays: Int64 = 3_660
    /// How far back a series may begin, in days: its instances are counted from there.
    private static let longestPastDays: Int64 = 3_660

    /// The calendars in a file.
    /// - Throws: `invalid_parameter` for what is no calendar, `too_large` for one with too much in it.
    package static func calendars(_ bytes: [UInt8]) throws(Refusal) -> [CalendarDocument] {
        var reader = CalendarReader(
            clocks: LocalClocks(),
            limits: CalendarLimits(
                bytes: TimetableFile.largestBytes, events: 5 * TimetableFile.mostEntries, dates: BookingBounds.mostTimes
            ))
        do throws(CalendarFailure) {
            try reader.take(bytes)
            return try reader.finish()
        } catch {
            let code: RefusalCode =
                switch error {
                case .tooManyBytes, .tooManyEvents, .tooManyZones, .tooManyCalendars: .tooLarge
                default: .invalidParameter
                }
            throw Refusal(code, error.description)
        }
    }

    /// A reader of calendars.
    package init(_ context: TimetableContext) {
        self.context = context
    }

    /// The lessons of calendars.
    /// - Throws: `too_large` for too many; what `pause` throws.
    /// - Parameter pause: is called between two series, so that a large file holds nothing else up.
    package static func read(
        _ calendars: [CalendarDocument], _ context: TimetableContext, pause: () async throws -> Void
    ) async throws -> TimetableFile {
        var reader = TimetableICS(context)
        for calendar in calendars {
            for refusal in calendar.refusals {
                reader.file.refused.append(
                    RefusedEntry(
                        line: refusal.line, uid: refusal.uid, purpose: refusal.summary,
                        reason: refusal.reason.description))
            }
            let all = CalendarSeries.group(calendar.events)
            guard all.count + reader.names.count + reader.file.refused.count <= 2 * TimetableFile.mostEntries else {
                throw Refusal(
                    .tooLarge, "The file has more than \(TimetableFile.mostEntries) lessons: import it in parts.")
            }
            for series in all {
                try await pause()
                try reader.take(series, of: calendar)
            }
        }
        return reader.file
    }

    private mutating func take(_ series: CalendarSeries, of calendar: CalendarDocument) throws(Refusal) {
        let event = series.master ?? series.overrides.first
        guard let event, event.status != .cancelled else { return }
        do throws(Refusal) {
            for entry in try entries(series, event, calendar) {
                guard names.count < TimetableFile.mostEntries else {
                    throw Refusal(
                        .tooLarge, "The file has more than \(TimetableFile.mostEntries) lessons: import it in parts.")
                }
                try file.take(entry, after: &names)
            }
        } catch {
            guard error.code != .tooLarge else { throw error }
            file.refused.append(
                RefusedEntry(line: event.line, uid: series.uid, purpose: event.summary, reason: error.detail))
        }
    }

    /// The lessons of a series: one for each room that it is in.
    private func entries(
        _ series: CalendarSeries, _ event: CalendarEvent, _ calendar: CalendarDocument
    ) throws(Refusal) -> [TimetableEntry] {
        guard !event.isTransparent else {
            throw Refusal(.valueOutOfRange, "It takes nobody's time (TRANSP): book it, or leave it out.")
        }
        if let frequency = event.rule?.frequency, frequency < .daily {
            throw Refusal(
                .valueOutOfRange, "A lesson comes again daily or more seldom: give each time of day its own event.")
        }
        let main = try context.room(event.location)
        guard var clock = LocalClock(main.zone) else {
            throw Refusal(.valueOutOfRange, "The classroom's time zone \(main.zone) is not known here: set another.")
        }
        var zones = CalendarZones(calendar.zones, clocks: LocalClocks(), floating: clock)
        let instances = try instances(of: series, event, &zones, &clock)
        var rooms: [ClassroomID: (room: Classroom, purpose: String, times: [Range<Timestamp>])] = [:]
        for instance in instances {
            if let term = context.term, !term.hasLessons(on: clock.wallTime(at: instance.start).date) { continue }
            let room = try instance.event.location.map { (text) throws(Refusal) in try context.room(text) } ?? main
            let purpose = event.summary ?? instance.event.summary ?? ""
            rooms[room.id, default: (room, purpose, [])].times.append(instance.start..<instance.end)
        }
        let text = TimetableICS.text(of: series, context.term)
        var entries: [TimetableEntry] = []
        for (id, part) in rooms.sorted(by: { $0.key < $1.key }) {
            guard (1...BookingWish.purposeBytes).contains(part.purpose.utf8.count) else {
                throw Refusal(.valueOutOfRange, "SUMMARY is 1 to \(BookingWish.purposeBytes) bytes.")
            }
            guard var clock = LocalClock(part.room.zone) else { continue }
            let times = try BookingPlan.lesson(part.times, in: part.room, horizon: context.horizon, &clock)
            entries.append(
                TimetableEntry(
                    line: event.line ?? 1, uid: "\(series.uid.prefix(255)) \(id)", room: part.room,
                    purpose: part.purpose, holder: nil, times: times,
                    fingerprint: EntityTag.of(Array("\(id)|\(part.room.zone)|\(text)".utf8))))
        }
        return entries
    }

    /// The instances that are not past: within the term, or all of a series that comes to an end.
    private func instances(
        of series: CalendarSeries, _ event: CalendarEvent, _ zones: inout CalendarZones, _ clock: inout LocalClock
    ) throws(Refusal) -> [CalendarInstance] {
        guard zones.instant(of: event.start) > context.now.advanced(bySeconds: -TimetableICS.longestPastDays * 86_400)
        else { throw Refusal(.valueOutOfRange, "It began more than ten years ago: let it begin with the term.") }
        // So a rule is looked at for some twenty years at most, whatever it yields: a few milliseconds.
        var window = context.now..<context.horizon.advanced(bySeconds: TimetableICS.beyondDays * 86_400)
        if let term = context.term {
            let days =
                clock.midnight(
                    ofDay: Int64(term.first.daysSince1970))..<clock.midnight(
                    ofDay: Int64(term.last.daysSince1970) + 1)
            window = window.clamped(to: days)
        } else if !series.isFinite {
            throw Refusal(.valueOutOfRange, "Its rule has no end: add UNTIL or COUNT, or choose a term.")
        }
        guard !window.isEmpty else { return [] }
        do throws(RecurrenceFailure) {
            return try series.instances(in: window, zones: &zones, limit: BookingBounds.mostTimes)
        } catch {
            throw Refusal(.valueOutOfRange, error.description)
        }
    }

    /// All that counts of a series: the same text for the same lesson.
    private static func text(of series: CalendarSeries, _ term: Term?) -> String {
        let events = ([series.master].compactMap(\.self) + series.overrides).map { event in
            let rule = event.rule?.description ?? ""
            let dates = "\(event.additions) \(event.exceptions.map { "\($0)" }.sorted())"
            return "\(String(describing: event.recurrenceID))|\(event.start)|\(event.end)|\(rule)|\(dates)"
                + "|\(event.status?.rawValue ?? "")|\(event.summary ?? "")|\(event.location ?? "")"
        }
        return ([term?.fingerprint ?? ""] + events).joined(separator: "\n")
    }
}
