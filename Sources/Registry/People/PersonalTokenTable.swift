public import HubModel
public import SQL

/// A personal access token: what a person's program signs in with. The token itself is not kept.
public struct PersonalToken: Hashable, Sendable {
    /// The identifier, which is no secret.
    public let id: String
    /// Whose it is.
    public let account: String
    /// What it is for, in its owner's words.
    public let name: String
    /// What it may be used for, as far as its owner may.
    public let scopes: Set<Permission>
    /// When it was made.
    public let createdAt: Timestamp
    /// When it ends.
    public let expiresAt: Timestamp
    /// When it was used last, to the minute; nil: never.
    public let lastUsedAt: Timestamp?

    /// A token.
    public init(
        id: String, account: String, name: String, scopes: Set<Permission>, createdAt: Timestamp, expiresAt: Timestamp,
        lastUsedAt: Timestamp?
    ) {
        self.id = id
        self.account = account
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Table `personal_token`. One that was revoked is deleted.
public enum PersonalTokenTable {
    private static let columns = "id, account, name, scopes, created_at, expires_at, last_used_at"

    /// The token of a hash; nil if there is none.
    /// - Throws: `SQLFailure`.
    public static func token(hash: [UInt8], in reader: some SQLReading) throws -> PersonalToken? {
        try reader.queryFirst("SELECT \(columns) FROM personal_token WHERE hash = $1", [.blob(hash)]).map(token)
    }

    /// A token by its identifier; nil if there is none.
    /// - Throws: `SQLFailure`.
    public static func token(_ id: String, in reader: some SQLReading) throws -> PersonalToken? {
        try reader.queryFirst("SELECT \(columns) FROM personal_token WHERE id = $1", [.text(id)]).map(token)
    }

    /// The tokens of an account, oldest first; those that have expired too.
    /// - Throws: `SQLFailure`.
    public static func all(of account: String, in reader: some SQLReading) throws -> [PersonalToken] {
        try reader.query(
            "SELECT \(columns) FROM personal_token WHERE account = $1 ORDER BY created_at, id", [.text(account)]
        ).map(token)
    }

    /// Adds a token.
    /// - Throws: `SQLFailure`.
    public static func insert(_ token: PersonalToken, hash: [UInt8], in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO personal_token (id, account, name, hash, scopes, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(token.id), .text(token.account), .text(token.name), .blob(hash),
                .text(token.scopes.map(\.name).sorted().joined(separator: ",")),
                .integer(token.createdAt.microseconds), .integer(token.expiresAt.microseconds),
            ])
    }

    /// Removes a token.
    /// - Returns: whether it was there.
    /// - Throws: `SQLFailure`.
    public static func delete(_ id: String, of account: String, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "DELETE FROM personal_token WHERE id = $1 AND account = $2", [.text(id), .text(account)]) == 1
    }

    /// Notes that a token was used.
    /// - Throws: `SQLFailure`.
    public static func used(_ id: String, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE personal_token SET last_used_at = $2 WHERE id = $1", [.text(id), .integer(instant.microseconds)])
    }

    private static func token(_ row: Row) throws -> PersonalToken {
        // A scope that this program does not know any more allows nothing.
        let scopes = try row.text("scopes").split(separator: ",").compactMap { Permission(named: String($0)) }
        return PersonalToken(
            id: try row.text("id"), account: try row.text("account"), name: try row.text("name"),
            scopes: Set(scopes), createdAt: Timestamp(microseconds: try row.integer("created_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            lastUsedAt: try row.optionalInteger("last_used_at").map(Timestamp.init(microseconds:)))
    }
}
