public import HubModel
public import SQL

/// What is known of failed sign-ins: of a name from an address, of an address, of a name from everywhere.
public struct FailureCount: Hashable, Sendable {
    /// Whose failures are counted.
    public enum Scope: String, CaseIterable, Sendable {
        case pair
        case address
        case name
    }

    /// Failures since the window began.
    public var failures: Int64
    /// When the first of them was.
    public var windowStart: Timestamp
    /// When the last of them was.
    public var lastAt: Timestamp
    /// Until when nobody is listened to; nil: they are.
    public var lockedUntil: Timestamp?

    /// A count.
    public init(failures: Int64, windowStart: Timestamp, lastAt: Timestamp, lockedUntil: Timestamp?) {
        self.failures = failures
        self.windowStart = windowStart
        self.lastAt = lastAt
        self.lockedUntil = lockedUntil
    }
}

/// Tables `sign_in_guard` and `known_address`, both bounded.
public enum GuardTable {
    /// Rows of `sign_in_guard` at most: about 3 MB.
    public static let limit: Int64 = 20_000
    /// Rows are kept so long after the last failure.
    private static let keptMicroseconds: Int64 = 86_400_000_000
    /// Addresses that are known of one account at most.
    private static let knownAddresses: Int64 = 20

    /// The count of a key; nil if nothing failed.
    /// - Throws: `SQLFailure`.
    public static func count(
        _ scope: FailureCount.Scope, _ key: [UInt8], in reader: some SQLReading
    ) throws -> FailureCount? {
        try reader.queryFirst(
            "SELECT failures, window_start, last_at, locked_until FROM sign_in_guard WHERE scope = $1 AND key = $2",
            [.text(scope.rawValue), .blob(key)]
        ).map { row in
            FailureCount(
                failures: try row.integer(0), windowStart: Timestamp(microseconds: try row.integer(1)),
                lastAt: Timestamp(microseconds: try row.integer(2)),
                lockedUntil: try row.optionalInteger("locked_until").map(Timestamp.init(microseconds:)))
        }
    }

    /// Keeps the count of a key. When there are too many rows, those whose last failure is longest ago go.
    /// - Throws: `SQLFailure`.
    public static func set(
        _ count: FailureCount, _ scope: FailureCount.Scope, _ key: [UInt8], in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO sign_in_guard (scope, key, failures, window_start, last_at, locked_until)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (scope, key) DO UPDATE SET failures = excluded.failures, window_start = excluded.window_start,
                last_at = excluded.last_at, locked_until = excluded.locked_until
            """,
            [
                .text(scope.rawValue), .blob(key), .integer(count.failures), .integer(count.windowStart.microseconds),
                .integer(count.lastAt.microseconds), SQLValue(count.lockedUntil?.microseconds),
            ])
    }

    /// Removes what is too old, and what is too much: a lock that still holds goes last.
    /// - Parameter limit: how many rows may stay.
    /// - Throws: `SQLFailure`.
    public static func prune(at instant: Timestamp, limit: Int64 = limit, in transaction: Transaction) throws {
        let now = instant.microseconds
        try transaction.execute("DELETE FROM sign_in_guard WHERE last_at < $1", [.integer(now - keptMicroseconds)])
        let count = try transaction.queryOne("SELECT COUNT(*) FROM sign_in_guard").integer(0)
        guard count > limit else { return }
        // A tenth more than must: so that not every failure has to make room.
        try transaction.execute(
            """
            DELETE FROM sign_in_guard WHERE (scope, key) IN (SELECT scope, key FROM sign_in_guard
                ORDER BY CASE WHEN COALESCE(locked_until, 0) > $1 THEN 1 ELSE 0 END, last_at LIMIT $2)
            """,
            [.integer(now), .integer(count - limit + limit / 10)])
    }

    /// Forgets the failures of a key.
    /// - Throws: `SQLFailure`.
    public static func clear(_ scope: FailureCount.Scope, _ key: [UInt8], in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM sign_in_guard WHERE scope = $1 AND key = $2", [.text(scope.rawValue), .blob(key)])
    }

    /// Whether an account signed in from an address since an instant.
    /// - Throws: `SQLFailure`.
    public static func isKnown(
        _ address: String, to account: String, since instant: Timestamp, in reader: some SQLReading
    ) throws -> Bool {
        try reader.queryFirst(
            "SELECT 1 FROM known_address WHERE account = $1 AND address = $2 AND last_at >= $3",
            [.text(account), .text(address), .integer(instant.microseconds)]) != nil
    }

    /// Notes from where an account signed in; the addresses used longest ago are forgotten.
    /// - Throws: `SQLFailure`.
    public static func know(
        _ address: String, of account: String, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO known_address (account, address, last_at) VALUES ($1, $2, $3)
            ON CONFLICT (account, address) DO UPDATE SET last_at = excluded.last_at
            """,
            [.text(account), .text(address), .integer(instant.microseconds)])
        try transaction.execute(
            """
            DELETE FROM known_address WHERE account = $1 AND address NOT IN
                (SELECT address FROM known_address WHERE account = $1 ORDER BY last_at DESC, address LIMIT $2)
            """,
            [.text(account), .integer(knownAddresses)])
    }
}
