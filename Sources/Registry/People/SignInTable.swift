public import HubModel
public import SQL

/// One sign-in of a person: an access token now and then, each got with a refresh token that works once.
public struct SignIn: Hashable, Sendable {
    /// The identifier; it is in access tokens.
    public let id: String
    /// Whose it is.
    public let account: String
    /// The account's generation when it began.
    public let generation: Int64
    /// When it began.
    public let createdAt: Timestamp
    /// When it was refreshed last.
    public let lastUsedAt: Timestamp
    /// When it ends unless it is refreshed before.
    public let expiresAt: Timestamp
    /// From where it was used last.
    public let address: String?
    /// With what it began.
    public let userAgent: String?
    /// Which of its refresh tokens, counted from 1, may be used next.
    public let step: Int64
    /// When that one was given out first.
    public let openedAt: Timestamp
    /// How often it was given out: to two tabs that asked at once, for one.
    public let issued: Int64

    /// A sign-in.
    public init(
        id: String, account: String, generation: Int64, createdAt: Timestamp, lastUsedAt: Timestamp,
        expiresAt: Timestamp,
        address: String?, userAgent: String?, step: Int64, openedAt: Timestamp, issued: Int64
    ) {
        self.id = id
        self.account = account
        self.generation = generation
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.address = address
        self.userAgent = userAgent
        self.step = step
        self.openedAt = openedAt
        self.issued = issued
    }
}

/// Tables `sign_in` and `refresh_token`. A sign-in that has ended is deleted.
public enum SignInTable {
    /// Used refresh tokens are known for so many steps, a day's at least: one that comes again ends its sign-in.
    private static let rememberedSteps: Int64 = 100

    /// A sign-in; nil if it has ended.
    /// - Throws: `SQLFailure`.
    public static func signIn(_ id: String, in reader: some SQLReading) throws -> SignIn? {
        try reader.queryFirst("SELECT * FROM sign_in WHERE id = $1", [.text(id)]).map(signIn)
    }

    /// The sign-in that a refresh token belongs to, and the token's own step; nil if there is none.
    /// - Throws: `SQLFailure`.
    public static func signIn(
        refreshHash hash: [UInt8], in reader: some SQLReading
    ) throws -> (signIn: SignIn, step: Int64)? {
        let found = try reader.queryFirst("SELECT sign_in, step FROM refresh_token WHERE hash = $1", [.blob(hash)])
        guard let row = found, let signIn = try signIn(row.text(0), in: reader) else { return nil }
        return (signIn, try row.integer(1))
    }

    /// The sign-ins of an account, the one used last first.
    /// - Throws: `SQLFailure`.
    public static func all(of account: String, in reader: some SQLReading) throws -> [SignIn] {
        try reader.query(
            "SELECT * FROM sign_in WHERE account = $1 ORDER BY last_used_at DESC, id", [.text(account)]
        ).map(signIn)
    }

    /// Begins a sign-in with its first refresh token.
    /// - Throws: `SQLFailure`.
    public static func insert(_ signIn: SignIn, refreshHash: [UInt8], in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO sign_in (id, account, generation, created_at, last_used_at, expires_at, address, user_agent, step,
                opened_at, issued)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(signIn.id), .text(signIn.account), .integer(signIn.generation),
                .integer(signIn.createdAt.microseconds), .integer(signIn.lastUsedAt.microseconds),
                .integer(signIn.expiresAt.microseconds), SQLValue(signIn.address), SQLValue(signIn.userAgent),
                .integer(signIn.step), .integer(signIn.openedAt.microseconds), .integer(signIn.issued),
            ])
        try add(refreshHash, to: signIn, in: transaction)
    }

    /// Notes that a sign-in was refreshed, with the token that was given out for it.
    /// - Throws: `SQLFailure`.
    public static func refresh(_ signIn: SignIn, refreshHash: [UInt8], in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE sign_in SET last_used_at = $2, expires_at = $3, address = $4, step = $5, opened_at = $6, issued = $7
            WHERE id = $1
            """,
            [
                .text(signIn.id), .integer(signIn.lastUsedAt.microseconds), .integer(signIn.expiresAt.microseconds),
                SQLValue(signIn.address), .integer(signIn.step), .integer(signIn.openedAt.microseconds),
                .integer(signIn.issued),
            ])
        try add(refreshHash, to: signIn, in: transaction)
        try transaction.execute(
            "DELETE FROM refresh_token WHERE sign_in = $1 AND step < $2",
            [.text(signIn.id), .integer(signIn.step - rememberedSteps)])
    }

    /// Ends a sign-in.
    /// - Returns: whether it was there.
    /// - Throws: `SQLFailure`.
    @discardableResult
    public static func end(_ id: String, of account: String, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "DELETE FROM sign_in WHERE id = $1 AND account = $2", [.text(id), .text(account)]) == 1
    }

    /// Ends all sign-ins of an account but one.
    /// - Throws: `SQLFailure`.
    public static func endAll(of account: String, but kept: String? = nil, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM sign_in WHERE account = $1 AND id <> $2", [.text(account), .text(kept ?? "")])
    }

    /// Makes a sign-in one of the account's present generation.
    /// - Throws: `SQLFailure`.
    public static func keep(_ id: String, of account: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE sign_in SET generation = (SELECT generation FROM account WHERE account.id = $2) WHERE id = $1",
            [.text(id), .text(account)])
    }

    /// Removes what has expired, and of an account all but the `limit` sign-ins that were used last.
    /// - Returns: whether there were more than that, which have not expired.
    /// - Throws: `SQLFailure`.
    public static func prune(
        _ account: String, limit: Int, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        try transaction.execute("DELETE FROM sign_in WHERE expires_at <= $1", [.integer(instant.microseconds)])
        return try transaction.execute(
            """
            DELETE FROM sign_in WHERE account = $1 AND id NOT IN
                (SELECT id FROM sign_in WHERE account = $1 ORDER BY last_used_at DESC, created_at DESC, id LIMIT $2)
            """,
            [.text(account), .integer(Int64(limit))]) > 0
    }

    private static func add(_ hash: [UInt8], to signIn: SignIn, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO refresh_token (hash, sign_in, step) VALUES ($1, $2, $3)",
            [.blob(hash), .text(signIn.id), .integer(signIn.step)])
    }

    private static func signIn(_ row: Row) throws -> SignIn {
        SignIn(
            id: try row.text("id"), account: try row.text("account"), generation: try row.integer("generation"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            lastUsedAt: Timestamp(microseconds: try row.integer("last_used_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            address: try row.optionalText("address"), userAgent: try row.optionalText("user_agent"),
            step: try row.integer("step"), openedAt: Timestamp(microseconds: try row.integer("opened_at")),
            issued: try row.integer("issued"))
    }
}
