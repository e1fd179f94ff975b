public import HubModel
public import SQL

/// Table `hub_secret`: keys that the hub makes for itself once, the same for all that share the database.
public enum HubSecretTable {
    /// The secret of a name; `candidate` if there was none until now.
    /// - Throws: `SQLFailure`.
    public static func secret(
        named name: String, orElse candidate: [UInt8], at instant: Timestamp, in transaction: Transaction
    ) throws -> [UInt8] {
        try transaction.execute(
            "INSERT INTO hub_secret (name, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
            [.text(name), .blob(candidate), .integer(instant.microseconds)])
        return try transaction.queryOne("SELECT secret FROM hub_secret WHERE name = $1", [.text(name)]).blob(0)
    }
}
