package import HubModel
internal import SolutionKit

/// What the clock beside a door shows, for sentences.
package struct DoorClock: Sendable {
    private let clock: LocalClock

    /// The clock of a zone; UTC's for one that is not known.
    package init(_ zone: String) {
        clock = LocalClock(zone) ?? .utc
    }

    /// The hour and the minute at an instant: `09:05`.
    package func minute(_ instant: Timestamp) -> String {
        var clock = clock
        return String(clock.wallTime(at: instant).description.dropFirst(11).prefix(5))
    }

    /// The end of the day that an instant is in.
    package func endOfDay(_ instant: Timestamp) -> Timestamp {
        var clock = clock
        let date = clock.date(at: instant)
        return clock.day(date).upperBound
    }

    /// Whether a room is open from one instant to another.
    package func isOpen(_ hours: OpeningHours, from begin: Timestamp, to end: Timestamp) -> Bool {
        var clock = clock
        return hours.contain(from: clock.wallTime(at: begin), to: clock.wallTime(at: end))
    }
}
