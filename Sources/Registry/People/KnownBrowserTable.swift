public import HubModel
public import SQL

/// Table `known_browser`: from which browsers an account has signed in. Each has a key of its own for each account, of which the hash is
/// kept. It gives no right; it says that what is tried there is tried where the person is known.
public enum KnownBrowserTable {
    static let migration = Migration(
        "0012-known-browsers",
        [
            """
            CREATE TABLE known_browser (
                hash BYTEA NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
                account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
                generation BIGINT NOT NULL CHECK (generation > 0),
                last_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL)
            """,
            "CREATE INDEX known_browser_account ON known_browser (account, last_at)",
            "CREATE INDEX known_browser_expiry ON known_browser (expires_at)",
        ])

    /// Whether a key counts for an account of this generation.
    /// - Throws: `SQLFailure`.
    public static func isKnown(
        _ hash: [UInt8], to account: String, generation: Int64, at instant: Timestamp, in reader: some SQLReading
    ) throws -> Bool {
        try reader.queryFirst(
            "SELECT 1 FROM known_browser WHERE hash = $1 AND account = $2 AND generation = $3 AND expires_at > $4",
            [.blob(hash), .text(account), .integer(generation), .integer(instant.microseconds)]) != nil
    }

    /// Knows an account in a browser.
    /// - Throws: `SQLFailure`.
    public static func know(
        _ hash: [UInt8], of account: String, generation: Int64, at instant: Timestamp, until end: Timestamp,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO known_browser (hash, account, generation, last_at, expires_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .blob(hash), .text(account), .integer(generation), .integer(instant.microseconds),
                .integer(end.microseconds),
            ])
    }

    /// Notes that an account is still used in a browser, if it is known there.
    /// - Throws: `SQLFailure`.
    public static func used(
        _ hash: [UInt8], of account: String, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "UPDATE known_browser SET last_at = $3 WHERE hash = $1 AND account = $2",
            [.blob(hash), .text(account), .integer(instant.microseconds)])
    }

    /// Whose a key is; nil if it counts for nobody.
    /// - Throws: `SQLFailure`.
    public static func owner(of hash: [UInt8], in reader: some SQLReading) throws -> String? {
        try reader.queryFirst("SELECT account FROM known_browser WHERE hash = $1", [.blob(hash)]).map { try $0.text(0) }
    }

    /// Forgets a key.
    /// - Throws: `SQLFailure`.
    public static func forget(_ hash: [UInt8], in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM known_browser WHERE hash = $1", [.blob(hash)])
    }

    /// Forgets all browsers of an account.
    /// - Throws: `SQLFailure`.
    public static func forgetAll(of account: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM known_browser WHERE account = $1", [.text(account)])
    }

    /// Removes what has expired, and of an account all but the `limit` browsers that were used last.
    /// - Parameter newest: stays whatever the clock says.
    /// - Throws: `SQLFailure`.
    public static func prune(
        _ account: String, keeping newest: [UInt8], limit: Int, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute("DELETE FROM known_browser WHERE expires_at <= $1", [.integer(instant.microseconds)])
        try transaction.execute(
            """
            DELETE FROM known_browser WHERE account = $1 AND hash <> $2 AND hash NOT IN
                (SELECT hash FROM known_browser WHERE account = $1 AND hash <> $2
                    ORDER BY last_at DESC, expires_at DESC, hash LIMIT $3)
            """,
            [.text(account), .blob(newest), .integer(Int64(max(0, limit - 1)))])
    }
}
