public import HubModel

/// The clock of a zone that a calendar defines itself: the observances of a VTIMEZONE (RFC 5545, section 3.6.5), as the instants at which the
/// clock is changed.
///
/// The changes are known up to the year 2200; what comes later has the offset that is in force then. Before the first change the clock is as
/// that change found it.
public struct ZoneRules: ZoneClock, Hashable {
    /// A time from which the clock is another: STANDARD or DAYLIGHT.
    public struct Observance: Hashable, Sendable {
        /// DTSTART, on the clock as it is before.
        public var start: WallTime
        /// TZOFFSETFROM: seconds that the clock is ahead of UTC before.
        public var offsetBefore: Int
        /// TZOFFSETTO: the same from then on.
        public var offset: Int
        /// RRULE.
        public var rule: RecurrenceRule?
        /// RDATE, on the clock as it is before.
        public var dates: [WallTime]

        /// An observance.
        public init(
            start: WallTime, offsetBefore: Int, offset: Int, rule: RecurrenceRule? = nil, dates: [WallTime] = []
        ) {
            self.start = start
            self.offsetBefore = offsetBefore
            self.offset = offset
            self.rule = rule
            self.dates = dates
        }
    }

    private struct Change: Hashable {
        /// Seconds since 1970.
        let instant: Int64
        let offsetBefore: Int64
        let offset: Int64
    }

    private var changes: [Change] = []

    /// The changes of one zone; one with more is not followed.
    static let mostChanges = 2_000
    private static let firstYear = 1_900
    private static let endYear = 2_200

    /// The clock of these observances; nil if there are none, and if a rule is not yearly or yields too much: what is read from strangers must
    /// not cost much time.
    public init?(_ observances: [Observance]) {
        guard let window = ZoneRules.window else { return nil }
        var found: [Int64: Change] = [:]
        for observance in observances {
            guard observance.rule.map({ $0.frequency == .yearly }) ?? true,
                let onsets = try? ZoneRules.onsets(of: observance, in: window),
                found.count + onsets.count <= ZoneRules.mostChanges
            else { return nil }
            for onset in onsets {
                let instant = onset.secondsSince1970 - Int64(observance.offsetBefore)
                found[instant] = Change(
                    instant: instant, offsetBefore: Int64(observance.offsetBefore), offset: Int64(observance.offset))
            }
        }
        guard !found.isEmpty else { return nil }
        changes = found.values.sorted { $0.instant < $1.instant }
    }

    private static var window: Range<WallTime>? {
        guard let first = CivilDate(year: firstYear, month: 1, day: 1).flatMap({ WallTime(midnightOf: $0) }),
            let end = CivilDate(year: endYear, month: 1, day: 1).flatMap({ WallTime(midnightOf: $0) })
        else { return nil }
        return first..<end
    }

    private static func onsets(
        of observance: Observance, in window: Range<WallTime>
    ) throws(RecurrenceFailure) -> Set<WallTime> {
        var onsets = Set([observance.start] + observance.dates)
        guard let rule = observance.rule else { return onsets }
        var last = RecurrenceInstances(rule, start: observance.start).last
        if case .untilInstant(let instant) = rule.end {
            last = WallTime(nearest: instant.wholeSeconds + Int64(observance.offsetBefore))
        }
        let instances = RecurrenceInstances(rule, start: observance.start, last: last)
        onsets.formUnion(try instances.times(in: window, limit: mostChanges))
        return onsets
    }

    /// What the clock shows at an instant.
    public func wallTime(at instant: Timestamp) -> WallTime {
        let seconds = instant.wholeSeconds
        let index = changesUntil(seconds)
        let offset = index > 0 ? changes[index - 1].offset : changes[0].offsetBefore
        return WallTime(nearest: seconds + offset)
    }

    /// The instant that a wall time means.
    public func instant(of wall: WallTime) -> Timestamp {
        let target = wall.secondsSince1970
        // No clock is a day and a half away from UTC.
        var index = changesUntil(target - 129_600)
        while true {
            let offset = index > 0 ? changes[index - 1].offset : changes[0].offsetBefore
            let candidate = target - offset
            // Within the time of this offset it is the first; behind it, a gap leaves it out if the next offset begins too late for it.
            guard index < changes.count, candidate >= changes[index].instant else {
                return Timestamp(seconds: candidate)
            }
            let next = changes[index]
            if target - next.offset < next.instant { return Timestamp(seconds: candidate) }
            index += 1
        }
    }

    /// The next change of the clock, or a year later without one.
    public func nextChange(after instant: Timestamp) -> Timestamp {
        let index = changesUntil(instant.wholeSeconds)
        return index < changes.count
            ? Timestamp(seconds: changes[index].instant) : instant.advanced(bySeconds: 366 * 86_400)
    }

    /// How many changes there are at or before an instant.
    private func changesUntil(_ seconds: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].instant <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
