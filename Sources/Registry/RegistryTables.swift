public import SQL

/// The tables of this room: `device`, `command`, `command_step` and the counter that bounds the devices are here; those of the audit, of
/// people and of devices' credentials beside what uses them.
public enum RegistryTables {
    /// The migrations, owner `registry`. Solutions may refer to `device (id)`: theirs come after these.
    public static let migrations = Migrations(
        owner: "registry",
        [
            Migration(
                "0001-devices",
                [
                    """
                    CREATE TABLE device (
                        id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
                        kind TEXT NOT NULL CHECK (kind IN ('node', 'parking', 'classroom', 'busstop', 'module')),
                        first_seen BIGINT NOT NULL,
                        last_seen BIGINT NOT NULL,
                        address TEXT CHECK (length(address) <= 64),
                        firmware TEXT CHECK (length(firmware) <= 64))
                    """,
                    // Counting 100,000 rows at each first contact would make a fleet's first minute quadratic.
                    """
                    CREATE TABLE registry_count (
                        name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL CHECK (value >= 0))
                    """,
                    "INSERT INTO registry_count (name, value) VALUES ('device', 0)",
                ]),
            Migration(
                "0002-commands",
                [
                    // due_at is the instant at which time alone ends an open command; a final one has none.
                    """
                    CREATE TABLE command (
                        id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 20 AND 64),
                        device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                        sequence BIGINT NOT NULL CHECK (sequence > 0),
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                        parameters TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN
                            ('queued', 'sent', 'delivered', 'done', 'failed', 'timed_out', 'expired')),
                        created_at BIGINT NOT NULL,
                        updated_at BIGINT NOT NULL,
                        expires_at BIGINT NOT NULL,
                        timeout_seconds BIGINT NOT NULL CHECK (timeout_seconds > 0),
                        answer_due_at BIGINT,
                        due_at BIGINT,
                        result TEXT,
                        error TEXT,
                        UNIQUE (device, sequence),
                        CHECK ((due_at IS NULL) = (state IN ('done', 'failed', 'timed_out', 'expired'))),
                        CHECK (state NOT IN ('sent', 'delivered') OR answer_due_at IS NOT NULL))
                    """,
                    "CREATE INDEX command_open ON command (device, sequence) WHERE due_at IS NOT NULL",
                    "CREATE INDEX command_due ON command (due_at) WHERE due_at IS NOT NULL",
                    "CREATE INDEX command_made ON command (created_at)",
                    "CREATE INDEX command_closed ON command (updated_at) WHERE due_at IS NULL",
                    """
                    CREATE TABLE command_step (
                        command TEXT NOT NULL REFERENCES command (id) ON DELETE CASCADE,
                        position BIGINT NOT NULL CHECK (position >= 0),
                        state TEXT NOT NULL CHECK (state IN
                            ('queued', 'sent', 'delivered', 'done', 'failed', 'timed_out', 'expired')),
                        at BIGINT NOT NULL,
                        PRIMARY KEY (command, position))
                    """,
                ]),
            TrustEpoch.migration,
        ] + AuditTables.migrations + PeopleTables.migrations + DeviceTables.migrations
            + [
                CommandRegistry.holders, DeviceRegistry.refusals, KnownBrowserTable.migration,
                DeviceCredentials.authorities, DeviceRegistry.makers, kindsByCatalogue, DeviceStateTable.migration,
                LinkTable.migration, ScheduleTable.migration, LinkTable.ofSites, LinkTable.ofThings,
                LinkTable.ofOwners,
            ])

    /// Which kinds there are, the solutions declare; a new one needs no change of a table.
    private static let kindsByCatalogue = Migration(
        "0015-device-kinds",
        dropping: ["device", "device_request"].map { table in
            ColumnCheck(
                table: table, column: "kind",
                text: "CHECK (kind IN ('node', 'parking', 'classroom', 'busstop', 'module'))")
        })
}
