public import HubModel

/// One time at which an event takes place.
public struct CalendarInstance: Hashable, Sendable {
    /// What takes place: the master of a series, or what takes its place this time.
    public let event: CalendarEvent
    /// The first instant.
    public let start: Timestamp
    /// The instant behind the last; not before `start`.
    public let end: Timestamp
    /// The start that it had before it was moved: by it this instance is known among those of its series.
    public let original: Timestamp
}

/// An event with all that belongs to it, by its UID: the master, which may recur, and the instances that were changed (RECURRENCE-ID).
public struct CalendarSeries: Hashable, Sendable {
    /// UID.
    public let uid: String
    /// The event without RECURRENCE-ID; nil where a calendar has only changed instances, as invitations to one time of a series do.
    public let master: CalendarEvent?
    /// The changed instances, in the order in which they were found.
    public let overrides: [CalendarEvent]

    /// A series.
    public init(uid: String, master: CalendarEvent?, overrides: [CalendarEvent] = []) {
        self.uid = uid
        self.master = master
        self.overrides = overrides
    }

    /// Whether it comes to an end.
    public var isFinite: Bool { master?.rule?.isFinite ?? true }

    /// Puts the events of a calendar together by UID, in the order in which they come. Of several versions of one component the one with the
    /// highest SEQUENCE counts, then the one with the latest DTSTAMP (RFC 5546, section 2.1.5), then the one that comes last.
    public static func group(_ events: [CalendarEvent]) -> [CalendarSeries] {
        var order: [String] = []
        var versions: [String: [CalendarEvent]] = [:]
        for event in events {
            if versions[event.uid] == nil { order.append(event.uid) }
            versions[event.uid, default: []].append(event)
        }
        return order.map { uid in
            var places: [CalendarTime?: Int] = [:]
            var newest: [CalendarEvent] = []
            for event in versions[uid] ?? [] {
                if let place = places[event.recurrenceID] {
                    if !isNewer(newest[place], than: event) { newest[place] = event }
                } else {
                    places[event.recurrenceID] = newest.count
                    newest.append(event)
                }
            }
            let master = newest.first { $0.recurrenceID == nil }
            return CalendarSeries(uid: uid, master: master, overrides: newest.filter { $0.recurrenceID != nil })
        }
    }

    private static func isNewer(_ event: CalendarEvent, than other: CalendarEvent) -> Bool {
        let earliest = Timestamp(microseconds: .min)
        return (event.sequence, event.stamp ?? earliest) > (other.sequence, other.stamp ?? earliest)
    }
}

extension CalendarSeries {
    /// The instances that overlap a window, by their start; one without length counts if it begins there.
    ///
    /// An instance that was changed is where and what its override says; one that was cancelled, or is among the exceptions, is left out, and so
    /// is all of a master that was cancelled. An override is shown even if the master yields no instance for it.
    /// - Parameters:
    ///   - zones: the clocks by which times are meant; `floating` is that of the reader.
    ///   - limit: how many there may be. Errors: `tooMany` for more; `barren` for a rule that yields nothing.
    public func instances(
        in window: Range<Timestamp>, zones: inout CalendarZones, limit: Int
    ) throws(RecurrenceFailure) -> [CalendarInstance] {
        guard master?.status != .cancelled else { return [] }
        var found: [CalendarInstance] = []
        if let master {
            var changed = InstanceKeys(of: master)
            for override in overrides {
                if let original = override.recurrenceID { changed.insert(original, &zones) }
            }
            for exception in master.exceptions { changed.insert(exception, &zones) }
            var expansion = SeriesExpansion(master, window: window, without: changed, limit: limit, zones: &zones)
            try expansion.run()
            found = expansion.instances
        }
        for override in overrides where override.status != .cancelled {
            guard let recurrenceID = override.recurrenceID else { continue }
            let clock = zones.clock(for: override.start)
            var span = EventSpan(override, &zones, clock: clock)
            let (start, end) = span.instants(from: override.start.wallTime)
            guard CalendarSeries.overlaps(start, end, window) else { continue }
            guard found.count < limit else { throw .tooMany(limit: limit) }
            let original = zones.instant(of: recurrenceID)
            found.append(CalendarInstance(event: override, start: start, end: end, original: original))
        }
        return found.sorted { ($0.start, $0.original) < ($1.start, $1.original) }
    }

    static func overlaps(_ start: Timestamp, _ end: Timestamp, _ window: Range<Timestamp>) -> Bool {
        start < window.upperBound && (end > window.lowerBound || end == start && start >= window.lowerBound)
    }
}
