internal import HubModel
internal import ICalendar
internal import SolutionKit

/// Bookings as a calendar. A booking that was given up stays in it for a month as cancelled, so that those who subscribe drop it: what only
/// vanishes, some of them keep.
struct BookingCalendarFeed {
    /// What the calendar is called.
    let name: String
    /// What of a booking is shown.
    let words: (Booking) -> (summary: String, location: String?)

    static let productID = "-//Martlet//Classrooms//EN"
    /// Clients of Apple ask every five minutes, of Google every half a day: an hour is advice.
    private static let refresh = CalendarDuration(seconds: 3_600)

    /// The feed.
    /// - Parameter bookings: with their times, in order.
    /// - Throws: `CalendarFeed.Failure` for a zone that the system does not know.
    func bytes(of bookings: [(booking: Booking, times: [BookingOccurrence])]) throws -> [UInt8] {
        let all = try bookings.flatMap { try events(of: $0.booking, $0.times) }
        let feed = CalendarFeed(
            productID: BookingCalendarFeed.productID, name: name, refresh: BookingCalendarFeed.refresh, events: all)
        var zones = CalendarZones(clocks: LocalClocks(), floating: UTCClock())
        return try feed.bytes(zones: &zones)
    }

    private func events(of booking: Booking, _ times: [BookingOccurrence]) throws -> [CalendarEvent] {
        func zoned(_ wall: WallTime) -> CalendarTime { .zoned(wall, zone: booking.zone) }
        let length = CalendarDuration(seconds: Int(booking.minutes) * 60) ?? .day
        var master = event(of: booking, start: zoned(booking.start), end: .duration(length))
        guard booking.status.holdsTime, booking.rule != nil || times.count > 1 else {
            // What was cut short ends when it did.
            if let time = times.first, booking.status.holdsTime, let endedAt = time.endedAt {
                master.end = .time(.instant(endedAt))
                master.start = .instant(time.begin)
            }
            return [master]
        }
        // What the rule says beside the times did not come: exceptions, days off, what was given up. A timetable may have times beside a rule.
        let kept = Set(times.lazy.filter { !$0.isCancelled }.map(\.recurrenceID))
        var ruled = [booking.start]
        if let text = booking.rule {
            let rule = try RecurrenceRule(text)
            var clock = LocalClock(booking.zone) ?? .utc
            ruled = try RecurrenceInstances(rule.ending(by: &clock), start: booking.start)
                .first(BookingBounds.mostTimes)
            master.rule = rule
        }
        master.exceptions = ruled.filter { !kept.contains($0) }.map(zoned)
        master.additions = kept.subtracting(ruled).filter { $0 > booking.start }.sorted().map { .init(zoned($0)) }
        let others = times.filter { time in
            let length = time.end.microseconds(since: time.begin)
            return !time.isCancelled && (time.isMoved || time.endedAt != nil || length != booking.minutes * 60_000_000)
        }.map { time in
            var other = event(of: booking, start: .instant(time.begin), end: .time(.instant(time.time.upperBound)))
            other.recurrenceID = zoned(time.recurrenceID)
            return other
        }
        return [master] + others
    }

    private func event(of booking: Booking, start: CalendarTime, end: CalendarEvent.End) -> CalendarEvent {
        var event = CalendarEvent(uid: booking.uid, start: start, end: end)
        let words = words(booking)
        event.summary = words.summary
        event.location = words.location
        event.sequence = Int(booking.sequence)
        event.stamp = booking.changedAt
        event.lastModified = booking.changedAt
        event.status =
            switch booking.status {
            case .requested: .tentative
            case .confirmed: .confirmed
            case .declined, .cancelled: .cancelled
            }
        return event
    }
}
