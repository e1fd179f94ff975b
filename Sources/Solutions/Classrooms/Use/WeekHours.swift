package import HubModel
package import SolutionKit

/// A time, cut where the hours of the week begin by a wall clock. Of the night in which the clock is set forward one hour is missing; of that in
/// which it is set back one is there twice. Made once for each zone, since asking a clock is what costs.
package struct WeekHours: Hashable, Sendable {
    /// A part of the time that lies within one hour of the wall clock.
    package struct Cell: Hashable, Sendable {
        /// When it begins, microseconds since 1970.
        package let begin: Int64
        /// The day that it is in, days since 1970 by the calendar of the place.
        package let day: Int64
        /// What the wall clock shows at its beginning, microseconds since midnight.
        package let wall: Int64
        /// Its hour of the week: 0 is Monday, midnight to one, 167 is Sunday's last.
        package let hour: Int
    }

    /// How many hours a week has.
    package static let count = 168

    /// In order; the first begins with the time.
    package let cells: [Cell]
    /// Where the time begins, microseconds since 1970.
    package let begin: Int64
    /// Where it ends, exclusive.
    package let end: Int64

    /// Cuts a time. Of an empty one there are no cells.
    package init(_ time: Range<Timestamp>, by clock: LocalClock) {
        var clock = clock
        var cells: [Cell] = []
        var now = time.lowerBound
        while now < time.upperBound {
            let wall = clock.wallTime(at: now)
            // The wall time is of whole seconds.
            let rest = now.microseconds - now.wholeSeconds * 1_000_000
            let shown = Int64(wall.second) * 1_000_000 + rest
            cells.append(
                Cell(
                    begin: now.microseconds, day: Int64(wall.date.daysSince1970), wall: shown,
                    hour: wall.date.weekday.rawValue * 24 + wall.second / 3_600))
            let whole = now.advanced(byMicroseconds: WeekHours.hour - shown % WeekHours.hour)
            now = min(whole, clock.nextChange(after: now))
        }
        self.cells = cells
        begin = time.lowerBound.microseconds
        end = max(begin, time.upperBound.microseconds)
    }

    private static let hour: Int64 = 3_600_000_000
}
