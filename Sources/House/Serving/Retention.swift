internal import HubModel
internal import SQL
internal import SolutionKit

/// What is deleted when it is old, of the tables of the hub and its solutions. Readings have a way of their own: they are deleted by whole
/// months (`MARTLET_RETENTION_DAYS`).
struct Retention: Sendable {
    /// The hub's own first.
    let rules: [RetentionRule]
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

    /// What a rule is about to do, or has done.
    struct Work: Sendable {
        let rule: RetentionRule
        /// For how many days its rows are kept; 0: for ever.
        let days: Int
        /// Older rows go; nil: none do.
        let cutoff: Timestamp?
        var rows: Int64
    }

    /// How many rows each rule would delete now.
    /// - Throws: `SQLFailure`.
    func due(at now: Timestamp, in reader: some SQLReading) throws -> [Work] {
        try rules.map { rule in
            let cutoff = rule.cutoff(settings, at: now)
            return Work(
                rule: rule, days: settings[rule.days], cutoff: cutoff,
                rows: try cutoff.map { try rule.count(before: $0, in: reader) } ?? 0)
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
            guard let cutoff = done[index].cutoff else { continue }
            let (rule, counted) = (done[index].rule, done[index].rows)
            done[index].rows = 0
            while done[index].rows < counted {
                let limit = Int(min(Int64(Retention.portion), counted - done[index].rows))
                let deleted = try await write { try rule.delete(before: cutoff, atMost: limit, in: $0) }
                done[index].rows += Int64(deleted)
                if deleted < limit { break }
            }
        }
        return done
    }
}
