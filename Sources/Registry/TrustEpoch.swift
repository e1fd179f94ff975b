public import SQL

/// Counts the changes to rights: of people, tokens, sessions, devices. Whoever keeps something open by them (connections over MQTT, live
/// sockets) looks at the number a few times a second, and looks closer when it has grown; so a change by the command line, or by
/// another replica, reaches everybody. What ends by time alone (a token, a sign-in) is not counted: they keep that time beside it.
public enum TrustEpoch {
    static let migration = Migration(
        "0003-trust-epoch",
        [
            "CREATE TABLE trust_epoch (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL CHECK (value >= 0))",
            "INSERT INTO trust_epoch (name, value) VALUES ('rights', 0)",
        ])

    /// Notes a change, in its own transaction.
    /// - Returns: the new number, for the rows that changed.
    /// - Throws: `SQLFailure`.
    @discardableResult
    public static func advance(in transaction: Transaction) throws -> Int64 {
        try transaction.queryOne(
            "UPDATE trust_epoch SET value = value + 1 WHERE name = 'rights' RETURNING value"
        ).integer(0)
    }

    /// The number as it is now.
    /// - Throws: `SQLFailure`.
    public static func current(in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT value FROM trust_epoch WHERE name = 'rights'").integer(0)
    }

    /// The number up to which a hub has carried out what follows from changes; nil: none ever has.
    /// - Throws: `SQLFailure`.
    public static func watched(in reader: some SQLReading) throws -> Int64? {
        try reader.queryFirst("SELECT value FROM trust_epoch WHERE name = 'watched'")?.integer(0)
    }

    /// Notes that everything up to a number has been carried out.
    /// - Throws: `SQLFailure`.
    public static func noteWatched(_ epoch: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO trust_epoch (name, value) VALUES ('watched', $1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """, [.integer(epoch)])
    }
}
