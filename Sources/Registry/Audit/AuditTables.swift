internal import SQL

/// The tables of the audit.
enum AuditTables {
    static let migrations: [Migration] = [
        Migration(
            "0004-audit",
            [
                """
                CREATE TABLE audit (
                    sequence BIGINT NOT NULL PRIMARY KEY CHECK (sequence > 0),
                    at BIGINT NOT NULL,
                    identity TEXT NOT NULL CHECK (identity IN
                        ('anonymous', 'open', 'person', 'token', 'device', 'shell', 'hub')),
                    name TEXT NOT NULL,
                    address TEXT,
                    action TEXT NOT NULL,
                    target TEXT,
                    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
                    facts TEXT NOT NULL,
                    hash BYTEA NOT NULL)
                """,
                "CREATE INDEX audit_action ON audit (action, sequence)",
                "CREATE INDEX audit_name ON audit (name, sequence)",
                "CREATE INDEX audit_target ON audit (target, sequence)",
                // The end of the chain: so a row that was cut off at the end is missed, and two writers wait for each other.
                """
                CREATE TABLE audit_head (
                    name TEXT NOT NULL PRIMARY KEY CHECK (name = 'head'), sequence BIGINT NOT NULL, hash BYTEA)
                """,
                "INSERT INTO audit_head (name, sequence) VALUES ('head', 0)",
            ])
    ]
}
