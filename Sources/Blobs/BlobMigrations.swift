public import SQL

extension BlobTable {
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
                ]),
            keys,
        ])

    /// Several files of one holder, and files of a site. A primary key is changed by a new table in both engines' dialect.
    private static let keys = Migration(
        "0002-keys",
        [
            """
            CREATE TABLE blob_use_keyed (
                owner TEXT NOT NULL CHECK (length(owner) BETWEEN 1 AND 64),
                name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                device TEXT REFERENCES device (id) ON DELETE CASCADE,
                site TEXT REFERENCES site (id) ON DELETE CASCADE,
                key TEXT NOT NULL CHECK (length(key) <= 64),
                hash TEXT NOT NULL REFERENCES blob (hash),
                created_at BIGINT NOT NULL,
                CHECK ((device IS NULL) <> (site IS NULL)),
                UNIQUE (device, owner, name, key),
                UNIQUE (site, owner, name, key))
            """,
            """
            INSERT INTO blob_use_keyed (owner, name, device, key, hash, created_at)
            SELECT owner, name, device, '', hash, created_at FROM blob_use
            """,
            "DROP TABLE blob_use",
            "ALTER TABLE blob_use_keyed RENAME TO blob_use",
            "CREATE INDEX blob_use_hash ON blob_use (hash)",
            "CREATE INDEX blob_use_age ON blob_use (owner, name, created_at)",
            "CREATE INDEX blob_use_of_device ON blob_use (device, owner, name, created_at, key)",
            "CREATE INDEX blob_use_of_site ON blob_use (site, owner, name, created_at, key)",
            // A camera has tens of thousands of files, and with each new one it is asked how many bytes its site has.
            """
            CREATE TABLE blob_sum (
                owner TEXT NOT NULL,
                name TEXT NOT NULL,
                device TEXT REFERENCES device (id) ON DELETE CASCADE,
                site TEXT REFERENCES site (id) ON DELETE CASCADE,
                bytes BIGINT NOT NULL CHECK (bytes >= 0),
                CHECK ((device IS NULL) <> (site IS NULL)),
                UNIQUE (device, owner, name),
                UNIQUE (site, owner, name))
            """,
            """
            INSERT INTO blob_sum (owner, name, device, bytes)
            SELECT u.owner, u.name, u.device, CAST(SUM(b.bytes) AS BIGINT)
            FROM blob_use u JOIN blob b ON b.hash = u.hash GROUP BY u.owner, u.name, u.device
            """,
        ])
}
