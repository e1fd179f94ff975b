public import HubModel

extension LocalClock: ZoneClock {
    /// When, and how often, the clock shows a wall time.
    public enum Occurrence: Hashable, Sendable {
        /// At this instant, as on almost every day.
        case once(Timestamp)
        /// Twice, because the clock is set back: as most do on a night in autumn.
        case twice(earlier: Timestamp, later: Timestamp)
        /// Never, because the clock is set forward past it at an instant, as on a night in spring; `reckoned` is the instant that it would
        /// be had the clock not been set yet.
        case never(jump: Timestamp, reckoned: Timestamp)
    }

    /// What the clock shows at an instant; its fraction of a second is dropped. Times beyond the years 0 to 9999 are shown as the first or
    /// the last of those.
    public mutating func wallTime(at instant: Timestamp) -> WallTime {
        let seconds = WallTime(nearest: instant.wholeSeconds).secondsSince1970
        return WallTime(nearest: seconds + offset(at: seconds))
    }

    /// When, and how often, the clock shows a wall time.
    public mutating func occurrence(of wall: WallTime) -> Occurrence {
        let target = wall.secondsSince1970
        // No clock is a day and a half away from UTC.
        let reach: Int64 = 129_600
        var begin = target - reach
        var before: Int64?
        var shown: [Int64] = []
        var gap: (jump: Int64, reckoned: Int64)?
        while begin <= target + reach {
            let offset = offset(at: begin)
            let end = endOfOffset(at: begin)
            let candidate = target - offset
            if (begin..<end).contains(candidate) {
                shown.append(candidate)
            } else if let before, candidate < begin, target - before >= begin, gap == nil {
                gap = (begin, target - before)
            }
            before = offset
            begin = end
        }
        if let first = shown.first, let last = shown.last {
            return first == last
                ? .once(Timestamp(seconds: first))
                : .twice(earlier: Timestamp(seconds: first), later: Timestamp(seconds: last))
        }
        // Without an offset that shows it there is a change that leaves it out; the other side of ?? is for a zone that contradicts itself.
        let left = gap ?? (target - offset(at: target), target - offset(at: target))
        return .never(jump: Timestamp(seconds: left.jump), reckoned: Timestamp(seconds: left.reckoned))
    }

    /// The one instant that a wall time means, by the rule of iCalendar (RFC 5545, section 3.3.5): of a time that comes twice the first; a
    /// time that is left out as it would be had the clock not been set yet. In Berlin 02:30 on the last Sunday of March is therefore the
    /// instant at which the clock shows 03:30, and what is booked from 02:30 to 03:30 of that night is over as soon as it begins: compare
    /// instants before you store them.
    ///
    /// `next(_:after:)` answers another question, when an alarm rings that is set to a minute: there a minute that is left out comes as
    /// soon as the clock jumps past it, and one that comes twice rings twice.
    public mutating func instant(of wall: WallTime) -> Timestamp {
        switch occurrence(of: wall) {
        case .once(let instant), .twice(let instant, _), .never(_, let instant): instant
        }
    }

    /// A day of the calendar from its first instant to the next day's, which is 23 or 25 hours where the clock is changed. Of a day that the
    /// calendar leaves out (Samoa's 2011-12-30) the range is empty.
    /// - Parameter date: of a year from 0 to 9999.
    public mutating func day(_ date: CivilDate) -> Range<Timestamp> { days(from: date, count: 1) }

    /// The week of the calendar that a date is in.
    /// - Parameter date: of a year from 0 to 9999.
    public mutating func week(of date: CivilDate, from first: Weekday = .monday) -> Range<Timestamp> {
        days(from: date.beginOfWeek(from: first), count: 7)
    }

    /// Days of the calendar, from the first instant of the first to that of the day behind the last.
    /// - Parameters:
    ///   - date: of a year from 0 to 9999.
    ///   - count: 0 or more.
    public mutating func days(from date: CivilDate, count: Int) -> Range<Timestamp> {
        let first = Int64(date.daysSince1970)
        let begin = midnight(ofDay: first)
        return begin..<max(begin, midnight(ofDay: first + Int64(count)))
    }

    /// The day of the calendar that an instant is in.
    public mutating func date(at instant: Timestamp) -> CivilDate { wallTime(at: instant).date }
}
