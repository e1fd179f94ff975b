public import HubModel
public import SQL
internal import SolutionKit

/// The rows of files: `blob` for each that is kept, `blob_use` for each thing that it is kept for, and `blob_sum` for the bytes that each holder
/// has of a sort.
public struct BlobTable: Sendable {
    /// A file as its row has it.
    public struct Record: Hashable, Sendable {
        /// Its hash.
        public let hash: String
        /// Its length.
        public let bytes: Int64
        /// When it was found missing, or of another length; nil: it was not.
        public let missingSince: Timestamp?
    }

    /// A table of `migrations`.
    public init() {}

    /// Keeps a file, in the place of what was kept for the same use.
    /// - Returns: hashes that nothing names any more.
    /// - Throws: `limit_reached`; `SQLFailure`.
    func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of holder: BlobHolder, key: BlobKey, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String] {
        let use = purpose.use(of: holder, key: key)
        let before = try entry(of: use, in: transaction)
        try transaction.execute(
            """
            INSERT INTO blob (hash, bytes, media_type, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (hash) DO UPDATE SET missing_since = NULL
            """,
            [.text(blob.hash), .integer(blob.bytes), .text(blob.mediaType), .integer(instant.microseconds)])
        try transaction.execute(
            """
            INSERT INTO blob_use (owner, name, \(holder.column), key, hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (\(holder.column), owner, name, key)
                DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at
            """, use.arguments + [.text(blob.hash), .integer(instant.microseconds)])
        var freed: [String] = []
        if let before {
            try add(-before.bytes, to: use, in: transaction)
            freed = try dropUnused(before.hash, in: transaction)
        }
        try add(blob.bytes, to: use, in: transaction)
        freed += try makeRoom(for: use, of: purpose, settings, in: transaction)
        let total = try transaction.queryOne(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM blob_sum WHERE owner = $1 AND name = $2",
            [.text(use.owner), .text(use.name)]
        ).integer(0)
        guard total <= purpose.maximumBytes else {
            throw Refusal(
                .limitReached,
                "The hub keeps at most \(purpose.maximumBytes >> 20) MiB of \(purpose.title): remove some first.")
        }
        return freed
    }

    /// Keeps the file of a use no longer.
    /// - Returns: nil: there was none; else hashes that nothing names any more.
    func drop(_ use: BlobUse, in transaction: Transaction) throws -> [String]? {
        guard let entry = try entry(of: use, in: transaction) else { return nil }
        try transaction.execute("DELETE FROM blob_use WHERE \(use.condition)", use.arguments)
        try add(-entry.bytes, to: use, in: transaction)
        return try dropUnused(entry.hash, in: transaction)
    }

    /// Which of these files a row names.
    func named(among hashes: Set<String>, in reader: some SQLReading) throws -> Set<String> {
        var conditions = Conditions()
        conditions.add("hash", isOneOf: hashes)
        return Set(
            try reader.query("SELECT hash FROM blob WHERE \(conditions.text)", conditions.arguments).map {
                try $0.text(0)
            })
    }

    /// Keeps nothing any more of a device that is removed.
    /// - Throws: `SQLFailure`.
    public func drop(allOf device: DeviceID, in transaction: Transaction) throws {
        let hashes = try transaction.query("SELECT hash FROM blob_use WHERE device = $1", [.text(device.text)])
            .map { try $0.text(0) }
        for table in ["blob_use", "blob_sum"] {
            try transaction.execute("DELETE FROM \(table) WHERE device = $1", [.text(device.text)])
        }
        for hash in Set(hashes) { _ = try dropUnused(hash, in: transaction) }
    }

    /// The files whose hashes begin so.
    /// - Throws: `SQLFailure`.
    public func records(beginning: String, in reader: some SQLReading) throws -> [Record] {
        try reader.query(
            "SELECT hash, bytes, missing_since FROM blob WHERE hash >= $1 AND hash < $2 ORDER BY hash",
            // Behind all digits.
            [.text(beginning), .text(beginning + "g")]
        ).map { row in
            Record(
                hash: try row.text(0), bytes: try row.integer(1),
                missingSince: try row.optionalInteger("missing_since").map { Timestamp(microseconds: $0) })
        }
    }

    /// Notes that a file is missing since an instant, or with nil that it is there again.
    func mark(_ hash: String, missingSince instant: Timestamp?, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE blob SET missing_since = $2 WHERE hash = $1",
            [.text(hash), instant.map { .integer($0.microseconds) } ?? .null])
    }

    /// Takes a file out of the tables, with all that it is kept for: of a copy of the tables that is to agree with a copy of the files.
    /// - Throws: `SQLFailure`.
    public func forget(_ hash: String, in transaction: Transaction) throws {
        let rows = try transaction.query(
            "SELECT owner, name, device, site, key FROM blob_use WHERE hash = $1", [.text(hash)])
        for row in rows {
            _ = try drop(
                BlobTable.use(row, owner: try row.text("owner"), name: try row.text("name")), in: transaction)
        }
        try transaction.execute("DELETE FROM blob WHERE hash = $1", [.text(hash)])
    }

    /// The use of a row with the columns `device`, `site` and `key`.
    static func use(_ row: Row, owner: String, name: String) throws -> BlobUse {
        let holder: BlobHolder
        if let device = try row.optionalText("device").flatMap(DeviceID.init) {
            holder = .device(device)
        } else if let site = try row.optionalText("site").flatMap(SiteID.init) {
            holder = .site(site)
        } else {
            throw SQLFailure(.corrupt, "a row of blob_use names neither a device nor a site")
        }
        return BlobUse(owner: owner, name: name, of: holder, key: BlobKey(known: try row.text("key")))
    }

    private func entry(of use: BlobUse, in transaction: Transaction) throws -> (hash: String, bytes: Int64)? {
        try transaction.queryFirst(
            """
            SELECT blob.hash, blob.bytes FROM blob_use JOIN blob ON blob.hash = blob_use.hash WHERE \(use.condition)
            """, use.arguments
        ).map { (try $0.text(0), try $0.integer(1)) }
    }

    /// Counts bytes to what the holder has of this sort, or with a negative number takes them off.
    private func add(_ bytes: Int64, to use: BlobUse, in transaction: Transaction) throws {
        let column = use.holder.column
        let sum: [SQLValue] = [.text(use.owner), .text(use.name), .text(use.holder.text), .integer(bytes)]
        let isKnown = try transaction.execute(
            "UPDATE blob_sum SET bytes = bytes + $4 WHERE owner = $1 AND name = $2 AND \(column) = $3", sum)
        guard isKnown == 0 else { return }
        try transaction.execute(
            """
            INSERT INTO blob_sum (owner, name, \(column), bytes) VALUES ($1, $2, $3, $4)
            ON CONFLICT (\(column), owner, name) DO UPDATE SET bytes = blob_sum.bytes + excluded.bytes
            """, sum)
    }

    /// - Returns: the hash, if nothing names it any more.
    private func dropUnused(_ hash: String, in transaction: Transaction) throws -> [String] {
        let dropped = try transaction.execute(
            "DELETE FROM blob WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM blob_use WHERE hash = $1)", [.text(hash)])
        return dropped > 0 ? [hash] : []
    }
}

extension BlobHolder {
    /// The column that names it.
    var column: String {
        switch self {
        case .device: "device"
        case .site: "site"
        }
    }

    /// Its name.
    var text: String {
        switch self {
        case .device(let device): device.text
        case .site(let site): site.text
        }
    }
}

extension BlobUse {
    /// The one row of the use, with `arguments`.
    var condition: String { "owner = $1 AND name = $2 AND \(holder.column) = $3 AND key = $4" }

    /// Owner, name, holder and key, as `$1` to `$4`.
    var arguments: [SQLValue] { [.text(owner), .text(name), .text(holder.text), .text(key.text)] }
}
