internal import Foundation
public import HubModel

/// The wall clock of a time zone, with both changes of the clock. It turns instants into what people read (`reading(at:)`, `wallTime(at:)`)
/// and back (`instant(of:)`), finds the next midnight or minute of the day (`next(_:after:)`), and knows where days and weeks begin.
///
/// It is a value that is made for asking many instants that lie close to each other: the zone is looked up once for the time between two of
/// its changes. It carries no time of its own; ask a `WallClock` for now.
///
///     var clock = LocalClock("Europe/Berlin") ?? .utc
///     let today = clock.day(clock.date(at: now))
public struct LocalClock: Sendable {
    private let zone: TimeZone
    /// Seconds since 1970 between which the offset is the same.
    private var valid: Range<Int64> = 0..<0
    /// Seconds that the clock is ahead of UTC.
    private var offset: Int64 = 0

    /// - Parameter name: a name of the IANA time zone database, such as `Europe/Berlin`; nil for one that is not known.
    public init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    private init() {
        zone = .gmt
    }

    /// The clock of UTC.
    public static let utc = LocalClock()

    /// The zone's name in the IANA time zone database; `GMT` for UTC.
    public var name: String { zone.identifier }

    /// What the clock on the wall shows.
    public struct Reading: Hashable, Sendable {
        /// Days since 1970-01-01, by the calendar of the place.
        public var day: Int64
        /// Minutes since midnight as the clock shows them, 0...1439.
        public var minute: Int
        /// 0 for Monday to 6 for Sunday, as in `Weekday`.
        public var weekday: Int
    }

    /// The clock at an instant.
    public mutating func reading(at instant: Timestamp) -> Reading {
        let seconds = instant.wholeSeconds
        look(at: seconds)
        let local = seconds + offset
        let day = local.flooredQuotient(by: 86_400)
        // 1970-01-01 was a Thursday.
        let weekday = Int((day + 3).flooredRemainder(by: 7))
        return Reading(day: day, minute: Int((local - day * 86_400) / 60), weekday: weekday)
    }

    /// The next instant after this one at which the calendar's day begins; also one that begins again because the clock was set back over
    /// midnight.
    public mutating func nextMidnight(after instant: Timestamp) -> Timestamp {
        next(0, after: instant)
    }

    /// The first instant of a day, counted from 1970-01-01 by the calendar of the place.
    public mutating func midnight(ofDay day: Int64) -> Timestamp {
        // No clock is a day and a half away from UTC.
        var instant = Timestamp(seconds: day * 86_400 - 129_600)
        while reading(at: instant).day < day { instant = nextMidnight(after: instant) }
        return instant
    }

    /// The next instant after this one at which the clock shows a minute of the day. A minute that a change of the clock leaves out comes
    /// when the clock jumps past it; one that the clock shows twice comes twice.
    public mutating func next(_ minute: Int, after instant: Timestamp) -> Timestamp {
        var begin = instant.wholeSeconds
        look(at: begin)
        let target = Int64(minute) * 60
        // The wanted time, on the clock: after what it shows now …
        var local = begin + offset + 1
        while true {
            local += (target - local).flooredRemainder(by: 86_400)
            let found = local - offset
            if found < valid.upperBound { return Timestamp(seconds: found) }
            begin = valid.upperBound
            look(at: begin)
            if local < begin + offset { return Timestamp(seconds: begin) }
            // … or after a change of the clock, from what it shows then.
            local = begin + offset
        }
    }

    /// The next instant after this one at which the clock is changed, or a year later if it is not.
    public mutating func nextChange(after instant: Timestamp) -> Timestamp {
        look(at: instant.wholeSeconds)
        return Timestamp(seconds: valid.upperBound)
    }

    /// Seconds that the clock is ahead of UTC at an instant.
    mutating func offset(at seconds: Int64) -> Int64 {
        look(at: seconds)
        return offset
    }

    /// When the offset of an instant may be another: the next change of the clock, or a year later without one.
    mutating func endOfOffset(at seconds: Int64) -> Int64 {
        look(at: seconds)
        return valid.upperBound
    }

    private mutating func look(at seconds: Int64) {
        guard !valid.contains(seconds) else { return }
        let date = Date(timeIntervalSince1970: Double(seconds))
        offset = Int64(zone.secondsFromGMT(for: date))
        let next = zone.nextDaylightSavingTimeTransition(after: date)
        let end = next.map { Int64($0.timeIntervalSince1970) } ?? seconds + 366 * 86_400
        // What was before this instant is not known: a clock that is asked for earlier ones looks again.
        valid = seconds..<max(end, seconds + 1)
    }
}

/// The clocks of the IANA time zone database, as the system has it.
public struct LocalClocks: ZoneClocks {
    /// The clocks of the system.
    public init() {}

    /// The clock of a zone; nil for a name that the system does not know.
    public func clock(named name: String) -> (any ZoneClock)? { LocalClock(name) }
}
