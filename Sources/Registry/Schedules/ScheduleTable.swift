public import HubModel
public import SQL

/// A run of a schedule that has ended.
public struct ScheduleRun: Hashable, Sendable {
    /// When it began.
    public let began: Timestamp
    /// How long it took, in milliseconds.
    public let milliseconds: Int64
    /// Why it failed, of a long text the first 500 bytes; nil: it did not.
    public let error: String?

    /// A run.
    public init(began: Timestamp, milliseconds: Int64, error: String?) {
        self.began = began
        self.milliseconds = milliseconds
        self.error = error.map { String(decoding: $0.utf8.prefix(ScheduleRun.errorBytes), as: UTF8.self) }
    }

    private static let errorBytes = 500
}

/// What was done by schedules: table `schedule`, with a row for each that the hub has seen.
public struct ScheduleTable: Sendable {
    static let migration = Migration(
        "0018-schedules",
        [
            """
            CREATE TABLE schedule (
                name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
                settled BIGINT NOT NULL,
                began_at BIGINT,
                milliseconds BIGINT CHECK (milliseconds >= 0),
                error TEXT,
                CHECK ((began_at IS NULL) = (milliseconds IS NULL)))
            """
        ])

    /// What is known of a schedule.
    public struct Record: Hashable, Sendable {
        /// What was due up to then has had its run, or was due before the hub knew the schedule.
        public let settled: Timestamp
        /// The last run that ended; nil: there was none.
        public let last: ScheduleRun?
    }

    /// A table of `RegistryTables`.
    public init() {}

    /// What is known of a schedule; nil: the hub sees it for the first time.
    /// - Throws: `SQLFailure`.
    public func record(of name: String, in reader: some SQLReading) throws -> Record? {
        try reader.queryFirst(
            "SELECT settled, began_at, milliseconds, error FROM schedule WHERE name = $1", [.text(name)]
        ).map { row in
            let began = try row.optionalInteger("began_at")
            return Record(
                settled: Timestamp(microseconds: try row.integer(0)),
                last: try began.map { began in
                    ScheduleRun(
                        began: Timestamp(microseconds: began), milliseconds: try row.integer(2),
                        error: try row.optionalText("error"))
                })
        }
    }

    /// The hub sees a schedule for the first time.
    /// - Throws: `SQLFailure`.
    public func note(_ name: String, since instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO schedule (name, settled) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            [.text(name), .integer(instant.microseconds)])
    }

    /// A run of a schedule has ended.
    /// - Throws: `SQLFailure`.
    public func note(_ run: ScheduleRun, of name: String, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO schedule (name, settled, began_at, milliseconds, error) VALUES ($1, $2, $2, $3, $4)
            ON CONFLICT (name) DO UPDATE SET settled = excluded.settled, began_at = excluded.began_at,
                milliseconds = excluded.milliseconds, error = excluded.error
            """,
            [
                .text(name), .integer(run.began.microseconds), .integer(run.milliseconds),
                run.error.map { .text($0) } ?? .null,
            ])
    }
}
