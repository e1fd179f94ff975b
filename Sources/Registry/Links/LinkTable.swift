public import Credentials
public import HubModel
public import SQL

/// A link as it is kept. Its key is not.
public struct LinkRecord: Hashable, Sendable {
    /// What its bearer may see, and the identifier.
    public let grant: LinkGrant
    /// What it is for, in its maker's words.
    public let purpose: String
    /// Who made it.
    public let maker: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it ends by itself.
    public let expiresAt: Timestamp
    /// When it was revoked; nil: it was not.
    public let revokedAt: Timestamp?
    /// When it was used last; nil: never.
    public let lastUsedAt: Timestamp?
    /// How often it was used.
    public let uses: Int64

    /// A link that was not used yet.
    public init(_ grant: LinkGrant, purpose: String, maker: String, createdAt: Timestamp, expiresAt: Timestamp) {
        self.init(
            grant, purpose: purpose, maker: maker, createdAt: createdAt, expiresAt: expiresAt, revokedAt: nil,
            lastUsedAt: nil, uses: 0)
    }

    init(
        _ grant: LinkGrant, purpose: String, maker: String, createdAt: Timestamp, expiresAt: Timestamp,
        revokedAt: Timestamp?, lastUsedAt: Timestamp?, uses: Int64
    ) {
        self.grant = grant
        self.purpose = purpose
        self.maker = maker
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.uses = uses
    }

    /// Whether it opens anything at an instant.
    public func isOpen(at instant: Timestamp) -> Bool { revokedAt == nil && instant < expiresAt }
}

/// The links: table `link`.
public struct LinkTable: Sendable {
    /// The most links of one device that open something.
    public static let maximumPerDevice = 20
    /// The most links that are kept, also those that are over.
    public let limit: Int64
    /// Days for which a link that is over stays in the lists.
    static let daysAfterEnd: Int64 = 90

    static let migration = Migration(
        "0017-links",
        [
            """
            CREATE TABLE link (
                id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 20 AND 64),
                kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
                hash BYTEA NOT NULL UNIQUE,
                device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                site TEXT NOT NULL,
                purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 200),
                maker TEXT NOT NULL CHECK (length(maker) <= 64),
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT,
                last_used_at BIGINT,
                uses BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0))
            """,
            "CREATE INDEX link_device ON link (device, created_at)",
        ])

    private static let columns = """
        id, kind, device, site, purpose, maker, created_at, expires_at, revoked_at, last_used_at, uses
        """

    /// A table of `RegistryTables`.
    public init(limit: Int64 = 10_000) {
        self.limit = limit
    }

    /// Keeps a link, by the hash of its key. Those that have been over for long are dropped.
    /// - Throws: `Refusal` with `limit_reached`; `SQLFailure`.
    public func insert(_ link: LinkRecord, _ key: SecretKey, in transaction: Transaction) throws {
        let now = SQLValue.integer(link.createdAt.microseconds)
        try transaction.execute(
            "DELETE FROM link WHERE COALESCE(revoked_at, expires_at) < $1",
            [.integer(link.createdAt.advanced(bySeconds: -LinkTable.daysAfterEnd * 86_400).microseconds)])
        let open = try transaction.queryOne(
            "SELECT COUNT(*) FROM link WHERE device = $1 AND revoked_at IS NULL AND expires_at > $2",
            [.text(link.grant.device.text), now]
        ).integer(0)
        guard open < LinkTable.maximumPerDevice else {
            throw Refusal(
                .limitReached,
                "\(link.grant.device) has \(LinkTable.maximumPerDevice) links already: revoke one first.")
        }
        guard try transaction.queryOne("SELECT COUNT(*) FROM link").integer(0) < limit else {
            throw Refusal(.limitReached, "The hub keeps at most \(limit) links.")
        }
        try transaction.execute(
            """
            INSERT INTO link (id, kind, hash, device, site, purpose, maker, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(link.grant.id), .text(link.grant.kind.name), .blob(key.hash), .text(link.grant.device.text),
                .text(link.grant.site.text), .text(link.purpose), .text(link.maker), now,
                .integer(link.expiresAt.microseconds),
            ])
    }

    /// The link of a key, also one that is over; nil when there is none.
    /// - Throws: `SQLFailure`.
    public func link(_ key: SecretKey, in reader: some SQLReading) throws -> LinkRecord? {
        // By what nobody can choose: how long the index takes tells nothing of a key.
        let row = try reader.queryFirst(
            "SELECT \(LinkTable.columns), hash FROM link WHERE hash = $1", [.blob(key.hash)])
        guard let row, key.matches(try row.blob("hash")) else { return nil }
        return try LinkTable.record(row)
    }

    /// A link by its identifier; nil when there is none.
    /// - Throws: `SQLFailure`.
    public func link(_ id: String, in reader: some SQLReading) throws -> LinkRecord? {
        try reader.queryFirst("SELECT \(LinkTable.columns) FROM link WHERE id = $1", [.text(id)])
            .map(LinkTable.record)
    }

    /// The links of a device, or with nil all, the newest first, also those that are over; `limit` bounds them.
    /// - Throws: `SQLFailure`.
    public func links(of device: DeviceID?, in reader: some SQLReading) throws -> [LinkRecord] {
        var conditions = Conditions()
        if let device { conditions.add("device", .equals, .text(device.text)) }
        return try reader.query(
            "SELECT \(LinkTable.columns) FROM link WHERE \(conditions.text) ORDER BY created_at DESC, id",
            conditions.arguments
        ).map(LinkTable.record)
    }

    /// Ends a link.
    /// - Returns: whether it opened something until now.
    /// - Throws: `SQLFailure`.
    public func revoke(_ id: String, at instant: Timestamp, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            "UPDATE link SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            [.text(id), .integer(instant.microseconds)]) == 1
    }

    /// Ends all links of a device.
    static func revokeAll(of device: DeviceID, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE link SET revoked_at = $2 WHERE device = $1 AND revoked_at IS NULL",
            [.text(device.text), .integer(instant.microseconds)])
    }

    /// Counts uses of a link.
    /// - Throws: `SQLFailure`.
    public func used(_ id: String, times: Int64, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE link SET uses = uses + $2, last_used_at = $3 WHERE id = $1",
            [.text(id), .integer(times), .integer(instant.microseconds)])
    }

    private static func record(_ row: Row) throws -> LinkRecord {
        guard let kind = LinkKind(named: try row.text("kind")), let device = DeviceID(try row.text("device")),
            let site = SiteID(try row.text("site"))
        else { throw SQLFailure(.corrupt, "a row of link cannot be read") }
        return LinkRecord(
            LinkGrant(id: try row.text("id"), kind: kind, device: device, site: site),
            purpose: try row.text("purpose"), maker: try row.text("maker"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            revokedAt: try row.optionalInteger("revoked_at").map(Timestamp.init(microseconds:)),
            lastUsedAt: try row.optionalInteger("last_used_at").map(Timestamp.init(microseconds:)),
            uses: try row.integer("uses"))
    }
}
