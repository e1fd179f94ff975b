public import HubModel
public import SQL
internal import SolutionKit

/// The rows of files: `blob` for each that is kept, `blob_use` for each thing that it is kept for.
public struct BlobTable: Sendable {
    /// The tables, owner `blobs`. They come after the registry's.
    public static let migrations = Migrations(
        owner: "blobs",
        [
            Migration(
                "0001-blobs",
                [
                    """
                    CREATE TABLE blob (
                        hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
                        bytes BIGINT NOT NULL CHECK (bytes >= 0),
                        media_type TEXT NOT NULL CHECK (length(media_type) BETWEEN 1 AND 64),
                        created_at BIGINT NOT NULL,
                        missing_since BIGINT)
                    """,
                    """
                    CREATE TABLE blob_use (
                        owner TEXT NOT NULL CHECK (length(owner) BETWEEN 1 AND 64),
                        device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                        hash TEXT NOT NULL REFERENCES blob (hash),
                        created_at BIGINT NOT NULL,
                        PRIMARY KEY (owner, name, device))
                    """,
                    "CREATE INDEX blob_use_hash ON blob_use (hash)",
                ])
        ])

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

    /// Keeps a file, in the place of what was kept for the same.
    /// - Returns: hashes that nothing names any more.
    /// - Throws: `limit_reached`; `SQLFailure`.
    func keep(
        _ blob: ReceivedBlob, as purpose: BlobPurpose, of device: DeviceID, _ settings: SettingValues,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> [String] {
        let use = purpose.use(of: device)
        let before = try hash(of: use, in: transaction)
        try transaction.execute(
            """
            INSERT INTO blob (hash, bytes, media_type, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (hash) DO UPDATE SET missing_since = NULL
            """,
            [.text(blob.hash), .integer(blob.bytes), .text(blob.mediaType), .integer(instant.microseconds)])
        try transaction.execute(
            """
            INSERT INTO blob_use (owner, device, name, hash, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (owner, name, device) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at
            """,
            [
                .text(use.owner), .text(use.device.text), .text(use.name), .text(blob.hash),
                .integer(instant.microseconds),
            ])
        var freed = try before.map { try dropUnused($0, in: transaction) } ?? []
        freed += try makeRoom(for: device, of: purpose, settings, in: transaction)
        let total = try transaction.queryOne(
            """
            SELECT COALESCE(SUM(b.bytes), 0) FROM blob_use u JOIN blob b ON b.hash = u.hash
            WHERE u.owner = $1 AND u.name = $2
            """, [.text(use.owner), .text(use.name)]
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
        guard let hash = try hash(of: use, in: transaction) else { return nil }
        try transaction.execute(
            "DELETE FROM blob_use WHERE owner = $1 AND name = $2 AND device = $3",
            [.text(use.owner), .text(use.name), .text(use.device.text)])
        return try dropUnused(hash, in: transaction)
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
        try transaction.execute("DELETE FROM blob_use WHERE device = $1", [.text(device.text)])
        for hash in Set(hashes) { _ = try dropUnused(hash, in: transaction) }
    }

    func kept(as use: BlobUse, in reader: some SQLReading) throws -> KeptBlob? {
        try reader.queryFirst(
            """
            SELECT b.hash, b.bytes, b.media_type, u.created_at FROM blob_use u JOIN blob b ON b.hash = u.hash
            WHERE u.owner = $1 AND u.name = $2 AND u.device = $3
            """, [.text(use.owner), .text(use.name), .text(use.device.text)]
        ).map { row in
            KeptBlob(
                ReceivedBlob(hash: try row.text(0), bytes: try row.integer(1), mediaType: try row.text(2)),
                since: Timestamp(microseconds: try row.integer(3)))
        }
    }

    func hashes(
        of name: String, owner: String, among devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: String] {
        var conditions = Conditions()
        conditions.add("owner", .equals, .text(owner))
        conditions.add("name", .equals, .text(name))
        conditions.add("device", isOneOf: devices.map(\.text))
        var hashes: [DeviceID: String] = [:]
        for row in try reader.query(
            "SELECT device, hash FROM blob_use WHERE \(conditions.text)", conditions.arguments)
        {
            if let device = DeviceID(try row.text(0)) { hashes[device] = try row.text(1) }
        }
        return hashes
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
        try transaction.execute("DELETE FROM blob_use WHERE hash = $1", [.text(hash)])
        try transaction.execute("DELETE FROM blob WHERE hash = $1", [.text(hash)])
    }

    private func hash(of use: BlobUse, in transaction: Transaction) throws -> String? {
        try transaction.queryFirst(
            "SELECT hash FROM blob_use WHERE owner = $1 AND name = $2 AND device = $3",
            [.text(use.owner), .text(use.name), .text(use.device.text)]
        )?.text(0)
    }

    /// - Returns: the hash, if nothing names it any more.
    private func dropUnused(_ hash: String, in transaction: Transaction) throws -> [String] {
        let dropped = try transaction.execute(
            "DELETE FROM blob WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM blob_use WHERE hash = $1)", [.text(hash)])
        return dropped > 0 ? [hash] : []
    }
}
