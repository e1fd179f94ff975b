package import HubModel
internal import ICalendar
internal import SolutionKit

/// When a booking takes its room: a wish, checked and worked out. A value; whether the room is free then, only the calendar's table says.
package struct BookingPlan: Hashable, Sendable {
    /// One time that is to be taken.
    package struct Time: Hashable, Sendable {
        /// By which wall time the rule has it.
        package let recurrenceID: WallTime
        package let begin: Timestamp
        package let end: Timestamp
    }

    /// By the wall clock of the room.
    package let start: WallTime
    /// How long each time is.
    package let minutes: Int64
    /// The rule as RFC 5545 writes it; nil: it is once.
    package let rule: String?
    /// When, in order; one or more.
    package let times: [Time]

    /// What may be booked.
    package struct Limits: Hashable, Sendable {
        /// How many days ahead.
        package var horizonDays: Int64
        /// How long one time may be, in minutes.
        package var longestMinutes: Int64
        /// How many times one booking may have.
        package var mostTimes: Int
        /// Whether opening hours count.
        package var keepsHours: Bool

        package init(horizonDays: Int64, longestMinutes: Int64, mostTimes: Int, keepsHours: Bool) {
            self.horizonDays = horizonDays
            self.longestMinutes = longestMinutes
            self.mostTimes = mostTimes
            self.keepsHours = keepsHours
        }
    }

    /// How far back a beginning may lie, in seconds: somebody who books the room that they are in picks the full five minutes.
    private static let pastSeconds: Int64 = 300
    /// What is shorter is no booking, in minutes.
    private static let shortestMinutes: Int64 = 5

    /// Checks a wish, and works out when it takes the room.
    /// - Throws: `Refusal` with `value_out_of_range`, and a sentence that says what to do.
    package init(_ wish: BookingWish, in room: Classroom, _ limits: Limits, at now: Timestamp) throws(Refusal) {
        guard var clock = LocalClock(room.zone) else {
            throw Refusal(.valueOutOfRange, "The classroom's time zone \(room.zone) is not known here: set another.")
        }
        let (begin, wallStart) = BookingPlan.resolve(wish.start, &clock)
        let (end, _) = BookingPlan.resolve(wish.end, &clock)
        let length = end.microseconds(since: begin)
        guard length > 0 else { throw Refusal(.valueOutOfRange, "end lies after start.") }
        guard wallStart.second % 60 == 0, length % 60_000_000 == 0 else {
            throw Refusal(.valueOutOfRange, "start and end are whole minutes.")
        }
        let minutes = length / 60_000_000
        guard minutes >= BookingPlan.shortestMinutes, minutes <= limits.longestMinutes else {
            throw Refusal(
                .valueOutOfRange,
                "A booking is \(BookingPlan.shortestMinutes) minutes to \(limits.longestMinutes / 60) hours long.")
        }
        guard begin >= now.advanced(bySeconds: -BookingPlan.pastSeconds) else {
            throw Refusal(.valueOutOfRange, "start lies in the past.")
        }
        start = wallStart
        self.minutes = minutes
        let horizon = now.advanced(bySeconds: limits.horizonDays * 86_400)
        let beyond = Refusal(.valueOutOfRange, "Classrooms are booked at most \(limits.horizonDays) days ahead.")
        guard begin <= horizon else { throw beyond }
        var times: [Time] = []
        if let text = wish.rule {
            let (rule, starts) = try BookingPlan.expand(text, from: wallStart, until: horizon, limits, &clock)
            self.rule = rule
            for wall in starts where !wish.exceptions.contains(wall) {
                let begin = wall == wallStart ? begin : clock.instant(of: wall)
                times.append(Time(recurrenceID: wall, begin: begin, end: begin.advanced(bySeconds: minutes * 60)))
            }
        } else {
            rule = nil
            times = [Time(recurrenceID: wallStart, begin: begin, end: end)]
        }
        guard let last = times.last else {
            throw Refusal(.valueOutOfRange, "The recurrence has no time left: take an exception away.")
        }
        guard last.begin <= horizon else { throw beyond }
        // Wall times in order are instants in order, but for those that a change of the clock moves together.
        guard zip(times, times.dropFirst()).allSatisfy({ $0.end <= $1.begin }) else {
            throw Refusal(.valueOutOfRange, "The recurrence overlaps itself: make it shorter, or less often.")
        }
        if limits.keepsHours { try BookingPlan.check(times, against: room, &clock) }
        self.times = times
    }

    private static func resolve(_ time: BookingWish.Time, _ clock: inout LocalClock) -> (Timestamp, WallTime) {
        switch time {
        case .wall(let wall): (clock.instant(of: wall), wall)
        case .instant(let instant): (instant, clock.wallTime(at: instant))
        }
    }

    private static func expand(
        _ text: String, from start: WallTime, until horizon: Timestamp, _ limits: Limits, _ clock: inout LocalClock
    ) throws(Refusal) -> (rule: String, starts: [WallTime]) {
        do throws(RecurrenceFailure) {
            let rule = try RecurrenceRule(text)
            guard rule.isFinite else { throw .endless }
            let end = clock.wallTime(at: horizon.advanced(bySeconds: 86_400))
            var walk = RecurrenceInstances(try rule.ending(by: &clock), start: start).walk()
            var starts: [WallTime] = []
            while let time = try walk.next() {
                guard starts.count < limits.mostTimes else { throw .tooMany(limit: limits.mostTimes) }
                starts.append(time)
                // The first that lies beyond the horizon is kept, so that the booking is refused and not cut short.
                if time > end { break }
            }
            return (rule.description, starts)
        } catch {
            throw Refusal(.valueOutOfRange, error.description)
        }
    }

    private static func check(
        _ times: [Time], against room: Classroom, _ clock: inout LocalClock
    ) throws(Refusal) {
        guard room.hours != .always else { return }
        for time in times {
            let (begin, end) = (clock.wallTime(at: time.begin), clock.wallTime(at: time.end))
            guard room.hours.contain(from: begin, to: end) else {
                throw Refusal(
                    .valueOutOfRange, "\(room.name) is closed at \(begin): choose a time within its opening hours.")
            }
        }
    }
}

extension RecurrenceRule {
    /// The same rule with an end in UTC as the room's clock shows it.
    func ending(by clock: inout LocalClock) throws(RecurrenceFailure) -> RecurrenceRule {
        guard case .untilInstant(let instant) = end else { return self }
        return try RecurrenceRule(
            frequency, interval: interval, end: .untilWall(clock.wallTime(at: instant)), seconds: seconds,
            minutes: minutes, hours: hours, days: days, monthDays: monthDays, yearDays: yearDays, weeks: weeks,
            months: months, positions: positions, weekStart: weekStart)
    }
}
