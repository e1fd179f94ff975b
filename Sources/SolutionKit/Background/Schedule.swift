/// A solution with work that comes due by a clock: once an hour, every night, each Monday morning.
public protocol HasSchedules: Solution {
    /// The schedules. Called once, at the start.
    func schedules(_ services: WebServices) -> [Schedule]
}

/// Work that comes due by a clock. The house runs it beside the line, never twice at once; a run that fails is logged by the schedule's name
/// and counted, and the next one comes when it is due. At a stop a run is cancelled and has ten seconds to end.
public struct Schedule: Sendable {
    /// What comes of the runs that would have been while the hub was down.
    public enum Start: Sendable, Hashable {
        /// Nothing: the first run comes when it is due.
        case whenDue
        /// One run at once if at least one was missed or was cut off by the stop, however many there were.
        case catchesUp
        /// One run at each start, whatever was before.
        case always
    }

    /// Its name, the solution first: `valves.weekly-report`. The last run is stored under it.
    public let name: String
    /// When it is due.
    public let when: Recurrence
    /// What comes of runs that were missed.
    public let start: Start
    /// Does the work. It must end soon after its task is cancelled.
    public let work: @Sendable () async throws -> Void

    /// A schedule.
    public init(
        _ name: String, when: Recurrence, start: Start = .whenDue, work: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.when = when
        self.start = start
        self.work = work
    }
}
