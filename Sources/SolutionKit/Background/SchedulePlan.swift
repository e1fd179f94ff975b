public import HubModel

/// When a schedule's next run is due. It is asked about once a second, with the time of both clocks: of the one on the wall, which somebody
/// may set, and of one that nobody sets.
public struct SchedulePlan: Sendable {
    private enum Due {
        case uptime(Duration, interval: Duration)
        case wall(Timestamp?, CalendarRecurrence)
    }

    private var due: Due
    /// Whether a run is due that the recurrence does not know: one that was missed, or the one of each start.
    private var isOwed: Bool
    /// When the last run was taken; later runs only.
    private var taken: Timestamp?
    /// The wall's time when it was last asked.
    private var asked: Timestamp

    /// How far a last run may lie in the future and count: the clock was set back by no more than that. One that lies further ahead is of a
    /// time when the clock was wrong.
    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// A plan.
    /// - Parameter last: when the last run began that has ended, before the hub was started; nil: there was none.
    public init(_ when: Recurrence, start: Schedule.Start, last: Timestamp?, now: Timestamp, uptime: Duration) {
        let last = last.flatMap { $0.microseconds(since: now) > SchedulePlan.dayMicroseconds ? nil : $0 }
        taken = last
        asked = now
        isOwed = start == .always
        switch when {
        case .every(let interval):
            let interval = max(interval, .seconds(1))
            due = .uptime(uptime + interval, interval: interval)
            guard start == .catchesUp, let last else { return }
            let passed = Duration.microseconds(now.microseconds(since: last))
            due = .uptime(uptime + min(max(.zero, interval - passed), interval), interval: interval)
        case .calendar(var recurrence):
            if start == .catchesUp, let last, let next = recurrence.next(after: last) { isOwed = next <= now }
            due = .wall(recurrence.next(after: max(now, last ?? now)), recurrence)
        }
    }

    /// Whether a run is due. It counts as taken then, and so does all that was due before this moment.
    public mutating func take(now: Timestamp, uptime: Duration) -> Bool {
        let wasSetBack = now < asked
        asked = now
        var isDue = isOwed
        switch due {
        case .uptime(let next, let interval):
            isDue = isDue || uptime >= next
            if isDue { due = .uptime(uptime + interval, interval: interval) }
        case .wall(var next, var recurrence):
            // What was far away may be near now, or the other way round.
            if wasSetBack { next = recurrence.next(after: floor(now)) }
            if let instant = next, instant <= now {
                isDue = true
                next = recurrence.next(after: now)
            }
            due = .wall(next, recurrence)
        }
        if isDue {
            isOwed = false
            taken = now
        }
        return isDue
    }

    /// When the next run will be due; nil: never.
    public func next(now: Timestamp, uptime: Duration) -> Timestamp? {
        guard !isOwed else { return now }
        switch due {
        case .uptime(let next, _):
            return now.advanced(byMicroseconds: Int64(max(.zero, next - uptime) / .microseconds(1)))
        case .wall(let next, _): return next
        }
    }

    /// What is due up to then has had its run: a clock that is set back a little makes no run come twice.
    private func floor(_ now: Timestamp) -> Timestamp {
        guard let taken, taken.microseconds(since: now) <= SchedulePlan.dayMicroseconds else { return now }
        return max(now, taken)
    }
}
