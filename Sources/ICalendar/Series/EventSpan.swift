internal import HubModel

/// From when until when the instances of an event are.
///
/// DTEND gives all instances the same exact length, DURATION the same nominal one (RFC 5545, section 3.8.5.3): with DURATION:P1D an instance
/// ends at the same time of the next day, even if the clock is changed in between; with DTEND 24 hours later it ends after 24 hours.
struct EventSpan {
    private enum Length {
        /// Seconds.
        case exact(Int64)
        case nominal(CalendarDuration)
    }

    private var clock: any ZoneClock
    private let length: Length

    /// - Parameter clock: that of the event's start.
    init(_ event: CalendarEvent, _ zones: inout CalendarZones, clock: any ZoneClock) {
        self.init(start: event.start, end: event.end, &zones, clock: clock)
    }

    init(start: CalendarTime, end: CalendarEvent.End, _ zones: inout CalendarZones, clock: any ZoneClock) {
        self.clock = clock
        switch end {
        case .none: length = start.isDate ? .nominal(.day) : .exact(0)
        case .duration(let duration): length = .nominal(duration)
        case .time(let time) where start.isDate:
            // Several programs end a day with itself.
            let days = max(1, time.wallTime.date.daysSince1970 - start.wallTime.date.daysSince1970)
            length = CalendarDuration(days: days).map(Length.nominal) ?? .exact(Int64(days) * 86_400)
        case .time(let time):
            length = .exact(max(0, zones.instant(of: time).wholeSeconds - zones.instant(of: start).wholeSeconds))
        }
    }

    /// The same length by another clock.
    func on(_ clock: any ZoneClock) -> EventSpan {
        var span = self
        span.clock = clock
        return span
    }

    /// How long an instance is on a clock that nobody changes, in seconds.
    var nominal: Int64 {
        switch length {
        case .exact(let seconds): seconds
        case .nominal(let duration): Int64(duration.nominalSeconds)
        }
    }

    /// Start and end of the instance that begins at a wall time.
    mutating func instants(from wall: WallTime) -> (start: Timestamp, end: Timestamp) {
        let start = clock.instant(of: wall)
        switch length {
        case .exact(let seconds): return (start, start.advanced(bySeconds: seconds))
        case .nominal(let duration):
            guard duration.days != 0 else { return (start, start.advanced(bySeconds: Int64(duration.seconds))) }
            let day = wall.advanced(bySeconds: Int64(duration.days) * 86_400) ?? .latest
            let end = clock.instant(of: day).advanced(bySeconds: Int64(duration.seconds))
            return (start, max(start, end))
        }
    }
}

/// Which instances of a master others take the place of, or do not take place: by their instant, or by their day where one of the two sides has
/// no more. RFC 5545 wants the same form on both sides; several programs write a day for a time.
struct InstanceKeys {
    private let isDate: Bool
    private var instants: Set<Timestamp> = []
    private var days: Set<CivilDate> = []

    init(of master: CalendarEvent) {
        isDate = master.start.isDate
    }

    mutating func insert(_ time: CalendarTime, _ zones: inout CalendarZones) {
        switch time {
        case .date(let date): days.insert(date)
        case .instant(let instant) where isDate: days.insert(zones.floating.wallTime(at: instant).date)
        case .floating(let wall) where isDate: days.insert(wall.date)
        case .zoned(let wall, _) where isDate: days.insert(wall.date)
        default: instants.insert(zones.instant(of: time))
        }
    }

    func contains(_ start: Timestamp, _ wall: WallTime) -> Bool {
        instants.contains(start) || !days.isEmpty && days.contains(wall.date)
    }
}
