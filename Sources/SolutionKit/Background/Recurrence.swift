public import HubModel

/// When work comes due again and again.
public enum Recurrence: Sendable {
    /// With so much time between the beginnings of two runs, at least a second, by a clock that nobody sets.
    case every(Duration)
    /// On days of a place's calendar, at a time of its clock.
    case calendar(CalendarRecurrence)

    /// Each day at a time of a place's clock: 0...23 and 0...59.
    public static func daily(hour: Int, minute: Int, in clock: LocalClock) -> Recurrence {
        .calendar(CalendarRecurrence(Set(Weekday.allCases), hour: hour, minute: minute, in: clock))
    }

    /// On these days of each week, of which there must be one, at a time of a place's clock: 0...23 and 0...59.
    public static func weekly(on days: Set<Weekday>, hour: Int, minute: Int, in clock: LocalClock) -> Recurrence {
        .calendar(CalendarRecurrence(days, hour: hour, minute: minute, in: clock))
    }
}

/// Days of the week and a time of a place's clock. Each such day has one run: a time that the clock shows twice, because it is set back,
/// counts the first time; one that is left out, because it is set forward, is when the clock jumps past it.
public struct CalendarRecurrence: Sendable {
    private let days: Set<Weekday>
    /// Minutes since midnight.
    private let minute: Int
    private var clock: LocalClock

    init(_ days: Set<Weekday>, hour: Int, minute: Int, in clock: LocalClock) {
        precondition(!days.isEmpty && (0..<24).contains(hour) && (0..<60).contains(minute), "a time that never comes")
        self.days = days
        self.minute = hour * 60 + minute
        self.clock = clock
    }

    /// The first run after an instant; nil where the calendar ends, with the year 9999.
    public mutating func next(after instant: Timestamp) -> Timestamp? {
        // All times of the days before have come: the clock shows a later one. Within a week each day of the week comes; one day more for
        // today's run that is over, and one for a day that the calendar leaves out.
        let today = clock.reading(at: instant).day
        for day in today...(today + 8) {
            let date = CivilDate(daysSince1970: Int(day))
            guard days.contains(date.weekday), let wall = WallTime(date, second: minute * 60) else { continue }
            let run = run(at: wall)
            if run > instant { return run }
        }
        return nil
    }

    private mutating func run(at wall: WallTime) -> Timestamp {
        switch clock.occurrence(of: wall) {
        case .once(let instant), .twice(let instant, _), .never(let instant, _): instant
        }
    }
}
