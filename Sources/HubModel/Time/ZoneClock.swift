/// The wall clock of a time zone: instants to what people read there, and back. `LocalClock` of SolutionKit is one for the zones of the IANA
/// database; a calendar that brings the rules of its own zone makes another.
///
/// It is mutating so that a clock may keep what it found out for the next question.
public protocol ZoneClock: Sendable {
    /// What the clock shows at an instant.
    mutating func wallTime(at instant: Timestamp) -> WallTime

    /// The instant that a wall time means, by RFC 5545, section 3.3.5: of a time that comes twice the first; a time that a change of the
    /// clock leaves out with the offset from before that change.
    mutating func instant(of wall: WallTime) -> Timestamp

    /// An instant after this one up to which the clock is not changed: that of the next change, or about a year later without one.
    mutating func nextChange(after instant: Timestamp) -> Timestamp
}

extension ZoneClock {
    /// Seconds that the clock is ahead of UTC at an instant.
    public mutating func secondsFromUTC(at instant: Timestamp) -> Int {
        Int(wallTime(at: instant).secondsSince1970 - instant.wholeSeconds)
    }
}

/// Clocks by the names of their zones.
public protocol ZoneClocks: Sendable {
    /// The clock of a zone of the IANA database, such as `Europe/Berlin`; nil for a name that is not known.
    func clock(named name: String) -> (any ZoneClock)?
}

/// The clock of UTC.
public struct UTCClock: ZoneClock {
    /// The clock of UTC.
    public init() {}

    /// The instant as UTC writes it; the first or last second of the years 0 to 9999 for one beyond them.
    public func wallTime(at instant: Timestamp) -> WallTime { WallTime(nearest: instant.wholeSeconds) }

    /// The instant at which UTC shows that.
    public func instant(of wall: WallTime) -> Timestamp { Timestamp(seconds: wall.secondsSince1970) }

    /// A year later.
    public func nextChange(after instant: Timestamp) -> Timestamp { instant.advanced(bySeconds: 366 * 86_400) }
}
