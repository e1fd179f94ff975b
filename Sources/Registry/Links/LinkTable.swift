public import Credentials
public import HubModel
public import SQL

/// The links: table `link`. What solutions may do with them is SolutionKit's `LinkBook`.
public struct LinkTable: Sendable {
    /// The most links of one device, of one kind of one thing, and of one site as a whole, that open something.
    public static let maximumPerSubject = 20
    /// The most links that are kept, also those that are over.
    public let limit: Int64
    /// The most links at one site, of whatever is there, that open something: who may make links at one site leaves room for the others.
    public let limitOfSite: Int64
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

    /// A link is of a device or, without one, of a site: a column that may be null takes a table of its own.
    static let ofSites = Migration(
        "0019-links-of-sites",
        [
            """
            CREATE TABLE link_again (
                id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 20 AND 64),
                kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
                hash BYTEA NOT NULL UNIQUE,
                device TEXT REFERENCES device (id) ON DELETE CASCADE,
                site TEXT NOT NULL,
                purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 200),
                maker TEXT NOT NULL CHECK (length(maker) <= 64),
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT,
                last_used_at BIGINT,
                uses BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0))
            """,
            """
            INSERT INTO link_again (
                id, kind, hash, device, site, purpose, maker, created_at, expires_at, revoked_at, last_used_at, uses)
            SELECT id, kind, hash, device, site, purpose, maker, created_at, expires_at, revoked_at, last_used_at, uses
            FROM link
            """,
            "DROP TABLE link",
            "ALTER TABLE link_again RENAME TO link",
            "CREATE INDEX link_device ON link (device, created_at)",
            "CREATE INDEX link_made ON link (created_at, id)",
        ])

    /// A link is of a device, or of a thing that its kind's solution knows by this name, or of a site as a whole.
    static let ofThings = Migration(
        "0020-links-of-things",
        [
            """
            ALTER TABLE link ADD COLUMN thing TEXT
                CHECK (thing IS NULL OR (device IS NULL AND length(thing) BETWEEN 1 AND 64))
            """,
            "CREATE INDEX link_thing ON link (thing, created_at)",
        ])

    /// A link of what is a person's own goes with their account.
    static let ofOwners = Migration(
        "0021-links-of-owners",
        [
            "ALTER TABLE link ADD COLUMN owner TEXT REFERENCES account (id) ON DELETE CASCADE",
            "CREATE INDEX link_owner ON link (owner)",
        ])

    private static let columns = """
        id, kind, device, thing, site, purpose, owner, maker, created_at, expires_at, revoked_at, last_used_at, uses
        """

    /// A table of `RegistryTables`.
    public init(limit: Int64 = 10_000, limitOfSite: Int64 = 1_000) {
        self.limit = limit
        self.limitOfSite = limitOfSite
    }

    /// Keeps a link, by the hash of its key. Those that have been over for long are dropped.
    /// - Throws: `Refusal` with `limit_reached`; `SQLFailure`.
    public func insert(_ link: LinkRecord, _ key: SecretKey, in transaction: Transaction) throws {
        let now = SQLValue.integer(link.createdAt.microseconds)
        let site = SQLValue.text(link.grant.site.text)
        try transaction.execute(
            "DELETE FROM link WHERE COALESCE(revoked_at, expires_at) < $1",
            [.integer(link.createdAt.advanced(bySeconds: -LinkTable.daysAfterEnd * 86_400).microseconds)])
        var subject = Conditions()
        if let device = link.grant.device {
            subject.add("device", .equals, .text(device.text))
        } else if let thing = link.grant.thing {
            // What a name means, the kind says: a room and a person may have the same.
            subject.add("thing", .equals, .text(thing))
            subject.add("kind", .equals, .text(link.grant.kind.name))
        } else {
            subject.add("device IS NULL AND thing IS NULL")
        }
        // Those of a site where a device was before are nobody's here to revoke, and open nothing.
        subject.add("site", .equals, site)
        subject.add("revoked_at IS NULL")
        subject.add("expires_at", .isGreater, now)
        let open = try transaction.queryOne("SELECT COUNT(*) FROM link WHERE \(subject.text)", subject.arguments)
            .integer(0)
        guard open < LinkTable.maximumPerSubject else {
            throw Refusal(
                .limitReached,
                "\(link.grant.device?.text ?? link.grant.thing ?? "The site \(link.grant.site)") has \(LinkTable.maximumPerSubject) links already: revoke one first."
            )
        }
        let atSite = try transaction.queryOne(
            "SELECT COUNT(*) FROM link WHERE site = $1 AND revoked_at IS NULL AND expires_at > $2", [site, now]
        ).integer(0)
        guard atSite < limitOfSite else {
            throw Refusal(
                .limitReached,
                "\(limitOfSite) links of what is at the site \(link.grant.site) are open already: revoke one first.")
        }
        if try transaction.queryOne("SELECT COUNT(*) FROM link").integer(0) >= limit {
            // One that is over is only remembered.
            try transaction.execute(
                """
                DELETE FROM link WHERE id = (SELECT id FROM link WHERE revoked_at IS NOT NULL OR expires_at <= $1
                    ORDER BY COALESCE(revoked_at, expires_at), id LIMIT 1)
                """, [now])
        }
        guard try transaction.queryOne("SELECT COUNT(*) FROM link").integer(0) < limit else {
            throw Refusal(.limitReached, "The hub keeps at most \(limit) links: revoke one first.")
        }
        try transaction.execute(
            """
            INSERT INTO link (id, kind, hash, device, thing, site, purpose, owner, maker, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .text(link.grant.id), .text(link.grant.kind.name), .blob(key.hash),
                SQLValue(link.grant.device?.text), SQLValue(link.grant.thing), site,
                .text(link.purpose), SQLValue(link.owner), .text(link.maker), now,
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

    /// Links, the newest first, also those that are over.
    /// - Throws: `Refusal` with `invalid_parameter` when there is no link that they are to come behind; `SQLFailure`.
    public func links(_ selection: LinkSelection, in reader: some SQLReading) throws -> [LinkRecord] {
        var conditions = Conditions()
        if let device = selection.device { conditions.add("device", .equals, .text(device.text)) }
        if let thing = selection.thing { conditions.add("thing", .equals, .text(thing)) }
        if let site = selection.site { conditions.add("site", .equals, .text(site.text)) }
        conditions.add(selection.kinds(&conditions))
        if let after = selection.after {
            let last =
                after.utf8.contains(0)
                ? nil : try reader.queryFirst("SELECT created_at FROM link WHERE id = $1", [.text(after)])
            guard let last else { throw Refusal(.invalidParameter, "Give after the id of a link.") }
            let (made, id) = (conditions.place(.integer(try last.integer(0))), conditions.place(.text(after)))
            conditions.add("(created_at < \(made) OR (created_at = \(made) AND id > \(id)))")
        }
        let limit = conditions.place(.integer(Int64(selection.limit)))
        return try reader.query(
            """
            SELECT \(LinkTable.columns) FROM link WHERE \(conditions.text)
            ORDER BY created_at DESC, id LIMIT \(limit)
            """, conditions.arguments
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

    /// Ends all links of a thing, at whatever site they were made.
    /// - Throws: `SQLFailure`.
    public func end(
        of thing: String, kinds: [LinkKind], at instant: Timestamp, in transaction: Transaction
    ) throws {
        for kind in kinds {
            try transaction.execute(
                "UPDATE link SET revoked_at = $3 WHERE thing = $1 AND kind = $2 AND revoked_at IS NULL",
                [.text(thing), .text(kind.name), .integer(instant.microseconds)])
        }
    }

    /// Counts uses of a link, of which the last was at an instant.
    /// - Throws: `SQLFailure`.
    public func used(_ id: String, times: Int64, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE link SET uses = uses + $2, last_used_at = $3 WHERE id = $1",
            [.text(id), .integer(times), .integer(instant.microseconds)])
    }

    private static func record(_ row: Row) throws -> LinkRecord {
        let name = try row.optionalText("device")
        let (device, thing) = (name.flatMap(DeviceID.init), try row.optionalText("thing"))
        guard let kind = LinkKind(named: try row.text("kind")), (device == nil) == (name == nil),
            device == nil || thing == nil, let site = SiteID(try row.text("site"))
        else { throw SQLFailure(.corrupt, "a row of link cannot be read") }
        return LinkRecord(
            LinkGrant(id: try row.text("id"), kind: kind, device: device, thing: thing, site: site),
            purpose: try row.text("purpose"), owner: try row.optionalText("owner"), maker: try row.text("maker"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            revokedAt: try row.optionalInteger("revoked_at").map(Timestamp.init(microseconds:)),
            lastUsedAt: try row.optionalInteger("last_used_at").map(Timestamp.init(microseconds:)),
            uses: try row.integer("uses"))
    }
}
