internal import HubModel

/// The instances of a master in a window, without those that others take the place of.
struct SeriesExpansion {
    private let master: CalendarEvent
    private let window: Range<Timestamp>
    private let left: InstanceKeys
    private let limit: Int
    private var clock: any ZoneClock
    private var span: EventSpan
    /// RDATE, as it has to be looked at in any case.
    private var additions: [(wall: WallTime, span: EventSpan)] = []
    private var starts: Set<Timestamp> = []
    private(set) var instances: [CalendarInstance] = []

    init(
        _ master: CalendarEvent, window: Range<Timestamp>, without left: InstanceKeys, limit: Int,
        zones: inout CalendarZones
    ) {
        self.master = master
        self.window = window
        self.left = left
        self.limit = limit
        clock = zones.clock(for: master.start)
        span = EventSpan(master, &zones, clock: clock)
        for addition in master.additions {
            // A day among times is the master's time on it.
            let isSame = addition.start.isDate == master.start.isDate
            let wall =
                isSame ? addition.start.wallTime : addition.start.wallTime.on(master, isDate: master.start.isDate)
            let clock = isSame ? zones.clock(for: addition.start) : clock
            let length = addition.end.map { EventSpan(start: addition.start, end: $0, &zones, clock: clock) }
            additions.append((wall, length ?? span.on(clock)))
        }
    }

    mutating func run() throws(RecurrenceFailure) {
        if master.rule == nil {
            try add(master.start.wallTime, span)
        } else {
            try runRule()
        }
        for addition in additions { try add(addition.wall, addition.span) }
    }

    private mutating func runRule() throws(RecurrenceFailure) {
        guard let rule = master.rule else { return }
        // Walls are compared and not instants, and the lengths that the calendar gives; `add` looks closely.
        let begin = window.lowerBound.advanced(bySeconds: -span.nominal)
        let slack = changes(from: begin, to: window.lowerBound)
        let first = clock.wallTime(at: begin.advanced(bySeconds: -slack)).advanced(bySeconds: -slack)
        let end =
            clock.wallTime(at: window.upperBound)
            .advanced(bySeconds: changes(from: window.upperBound, to: window.upperBound) + 1) ?? .latest
        var last = RecurrenceInstances(rule, start: master.start.wallTime).last
        var until: Timestamp?
        if case .untilInstant(let instant) = rule.end {
            last = clock.wallTime(at: instant).advanced(bySeconds: 86_400) ?? .latest
            until = instant
        }
        let all = RecurrenceInstances(rule, start: master.start.wallTime, last: last)
        var walk = RecurrenceInstances.Walk(all, from: first ?? .earliest, until: end)
        while let wall = try walk.next() {
            if let until, clock.instant(of: wall).wholeSeconds > until.wholeSeconds { continue }
            try add(wall, span)
        }
    }

    /// By how much the clock is changed from two days before one instant to two days behind another, in seconds: so much the order of wall times may
    /// differ from that of instants, and a length on the calendar from one in hours. A day, which no change exceeds, where it is changed often.
    private mutating func changes(from begin: Timestamp, to end: Timestamp) -> Int64 {
        let day: Int64 = 86_400
        var instant = UTCClock().instant(of: UTCClock().wallTime(at: begin.advanced(bySeconds: -2 * day)))
        let end = end.advanced(bySeconds: 2 * day)
        var offsets = [clock.secondsFromUTC(at: instant)]
        while offsets.count < 16 {
            instant = clock.nextChange(after: instant)
            guard instant <= end else { return Int64((offsets.max() ?? 0) - (offsets.min() ?? 0)) }
            offsets.append(clock.secondsFromUTC(at: instant))
        }
        return day
    }

    private mutating func add(_ wall: WallTime, _ span: EventSpan) throws(RecurrenceFailure) {
        var span = span
        let (start, end) = span.instants(from: wall)
        guard CalendarSeries.overlaps(start, end, window), !left.contains(start, wall), starts.insert(start).inserted
        else { return }
        guard instances.count < limit else { throw .tooMany(limit: limit) }
        instances.append(CalendarInstance(event: master, start: start, end: end, original: start))
    }
}

extension WallTime {
    /// The same day, at the time of a master; at midnight if that is a day.
    fileprivate func on(_ master: CalendarEvent, isDate: Bool) -> WallTime {
        WallTime(date, second: isDate ? 0 : master.start.wallTime.second) ?? self
    }
}
