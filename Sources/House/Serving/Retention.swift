internal import HubModel
internal import SQL
internal import SolutionKit
internal import Trust

/// What is deleted when it is old, of the tables of the hub and its solutions. Readings have a way of their own: they are deleted by whole
/// months (`MARTLET_RETENTION_DAYS`).
struct Retention: Sendable {
    /// All that may go, in the order in which it does.
    let tasks: [RetentionTask]
    /// How the days are set.
    let settings: SettingValues

    /// At most so many rows go in one transaction: others may write between two.
    private static let portion = 1_000

    /// The hub's own rule.
    static let ofCommands = RetentionRule(
        "hub.commands", "Commands that are over, with their steps",
        days: .days(
            "MARTLET_COMMAND_DAYS", "Days for which commands that are over are kept; 0: for ever", standard: 90),
        table: "command", time: "updated_at", condition: "due_at IS NULL")

    /// What a task is about to do, or has done.
    struct Work: Sendable {
        let task: RetentionTask
        /// What its setting says: days, or MiB of a site.
        let bound: Int
        /// What is older goes; nil: nothing does by its age.
        let cutoff: Timestamp?
        var rows: Int64

        /// For how many days it is kept; 0: for ever; nil: it goes by other rules.
        var days: Int? { task.isByAge ? bound : nil }
    }

    /// How many rows each task would delete now.
    /// - Throws: `SQLFailure`.
    func due(at now: Timestamp, in reader: some SQLReading) throws -> [Work] {
        try tasks.map { task in
            Work(
                task: task, bound: settings[task.setting], cutoff: task.cutoff(settings, at: now),
                rows: try task.count(settings, at: now, in: reader))
        }
    }

    /// Deletes what is due: counted beside the writer, so that it searches for no more than there is.
    /// - Parameter write: does one piece in a transaction.
    /// - Returns: what was deleted.
    /// - Throws: `SQLFailure`, and what `write` throws.
    func apply(
        at now: Timestamp, _ database: Database,
        write: (@escaping @Sendable (Transaction) throws -> Int) async throws -> Int
    ) async throws -> [Work] {
        var done = try await database.read { try due(at: now, in: $0) }
        for index in done.indices {
            let (task, settings, counted) = (done[index].task, settings, done[index].rows)
            done[index].rows = 0
            while done[index].rows < counted {
                let limit = Int(min(Int64(Retention.portion), counted - done[index].rows))
                let deleted = try await write { try task.delete(settings, at: now, atMost: limit, in: $0) }
                done[index].rows += Int64(deleted)
                if deleted < limit { break }
            }
        }
        return done
    }
}
