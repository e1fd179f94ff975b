public import SQL

/// The tables in which the broker's sessions, queues and retained messages survive a restart.
///
/// They live in the hub's database, so that an acknowledged message and what the solution made of it are one
/// transaction.
public enum SessionMigrations {
    /// Named and append-only.
    public static let all = Migrations(
        owner: "mqtt",
        [
            Migration(
                "sessions",
                [
                    """
                    CREATE TABLE mqtt_session (
                        client TEXT NOT NULL PRIMARY KEY,
                        expiry_interval BIGINT NOT NULL CHECK (expiry_interval BETWEEN 0 AND 4294967295),
                        disconnected_at BIGINT
                    )
                    """,
                    """
                    CREATE TABLE mqtt_subscription (
                        client TEXT NOT NULL REFERENCES mqtt_session (client) ON DELETE CASCADE,
                        filter TEXT NOT NULL,
                        options BIGINT NOT NULL CHECK (options BETWEEN 0 AND 63),
                        identifier BIGINT CHECK (identifier BETWEEN 1 AND 268435455),
                        PRIMARY KEY (client, filter)
                    )
                    """,
                    """
                    CREATE TABLE mqtt_inbound (
                        client TEXT NOT NULL REFERENCES mqtt_session (client) ON DELETE CASCADE,
                        packet_identifier BIGINT NOT NULL CHECK (packet_identifier BETWEEN 1 AND 65535),
                        PRIMARY KEY (client, packet_identifier)
                    )
                    """,
                    """
                    CREATE TABLE mqtt_message (
                        id BIGINT NOT NULL PRIMARY KEY,
                        received_at BIGINT NOT NULL,
                        qos BIGINT NOT NULL CHECK (qos BETWEEN 0 AND 2),
                        packet BYTEA NOT NULL
                    )
                    """,
                    """
                    CREATE TABLE mqtt_delivery (
                        client TEXT NOT NULL REFERENCES mqtt_session (client) ON DELETE CASCADE,
                        packet_identifier BIGINT NOT NULL CHECK (packet_identifier BETWEEN 1 AND 65535),
                        message BIGINT NOT NULL REFERENCES mqtt_message (id),
                        qos BIGINT NOT NULL CHECK (qos BETWEEN 1 AND 2),
                        retain BOOLEAN NOT NULL,
                        subscription_identifiers TEXT NOT NULL,
                        is_received BOOLEAN NOT NULL,
                        PRIMARY KEY (client, packet_identifier)
                    )
                    """,
                    "CREATE INDEX mqtt_delivery_message ON mqtt_delivery (message)",
                    """
                    CREATE TABLE mqtt_retained (
                        topic TEXT NOT NULL PRIMARY KEY,
                        id BIGINT NOT NULL,
                        received_at BIGINT NOT NULL,
                        qos BIGINT NOT NULL CHECK (qos BETWEEN 0 AND 2),
                        packet BYTEA NOT NULL
                    )
                    """,
                ]),
            Migration(
                "retained-expiry",
                [
                    // Microseconds since 1970; NULL: never.
                    "ALTER TABLE mqtt_retained ADD COLUMN expires_at BIGINT",
                    "CREATE INDEX mqtt_retained_expiry ON mqtt_retained (expires_at) WHERE expires_at IS NOT NULL",
                ]),
            // Whose session it is; NULL: nobody's. Nobody else may take it over.
            Migration("session-owner", ["ALTER TABLE mqtt_session ADD COLUMN owner TEXT"]),
            // From here on `client` is the name of a session: before the client identifier stands whose it is. What waits to be approved has
            // no sessions that are kept.
            Migration(
                "session-name",
                [
                    "DELETE FROM mqtt_inbound WHERE client IN (SELECT client FROM mqtt_session WHERE owner LIKE 'pending:%')",
                    "DELETE FROM mqtt_session WHERE owner LIKE 'pending:%'",
                    """
                    INSERT INTO mqtt_session (client, expiry_interval, disconnected_at, owner)
                    SELECT owner || '\(mark)' || client, expiry_interval, disconnected_at, owner
                    FROM mqtt_session WHERE owner IS NOT NULL
                    """,
                ] + ["mqtt_subscription", "mqtt_inbound", "mqtt_delivery"].map(renaming) + [
                    "DELETE FROM mqtt_session WHERE owner IS NOT NULL AND client NOT LIKE '%\(mark)%'"
                ]),
            // Under which name the hub wants to hear what becomes of a message of its own; NULL: not at all.
            Migration("message-token", ["ALTER TABLE mqtt_message ADD COLUMN token TEXT"]),
            // Whom the bounds count a session and a retained message for. NULL: the owner of the session; nobody.
            Migration(
                "quota",
                [
                    "ALTER TABLE mqtt_session ADD COLUMN quota_address TEXT",
                    "ALTER TABLE mqtt_retained ADD COLUMN publisher TEXT",
                ]),
            // The wills that are owed. `client` is the name of a session that need not be kept. `packet` is the will as a PUBLISH; its delay,
            // in seconds, has no place in one. `due_at`, in microseconds since 1970: NULL while its connection is open.
            Migration(
                "wills",
                [
                    """
                    CREATE TABLE mqtt_will (
                        client TEXT NOT NULL PRIMARY KEY,
                        identifier TEXT NOT NULL,
                        owner TEXT,
                        session_owner TEXT,
                        user_name TEXT,
                        address TEXT NOT NULL,
                        version BIGINT NOT NULL CHECK (version BETWEEN 3 AND 5),
                        keep_alive BIGINT NOT NULL CHECK (keep_alive BETWEEN 0 AND 65535),
                        delay BIGINT NOT NULL CHECK (delay BETWEEN 0 AND 4294967295),
                        qos BIGINT NOT NULL CHECK (qos BETWEEN 0 AND 2),
                        packet BYTEA NOT NULL,
                        quota_address TEXT,
                        due_at BIGINT
                    )
                    """
                ]),
            // The order within a queue, and whether a message was sent on a connection that has ended. Of what was queued before this nobody
            // knows: it counts as sent.
            Migration(
                "delivery-place",
                [
                    "ALTER TABLE mqtt_delivery ADD COLUMN place BIGINT NOT NULL DEFAULT 0",
                    "ALTER TABLE mqtt_delivery ADD COLUMN is_sent BOOLEAN NOT NULL DEFAULT TRUE",
                    // How many may be on their way at once; NULL: not known.
                    "ALTER TABLE mqtt_session ADD COLUMN in_flight BIGINT CHECK (in_flight BETWEEN 0 AND 65535)",
                ]),
            // Which one of the owner's name had it: a device that is removed and added again is another. NULL: not known.
            Migration(
                "owner-generation",
                [
                    "ALTER TABLE mqtt_session ADD COLUMN generation BIGINT",
                    "ALTER TABLE mqtt_will ADD COLUMN generation BIGINT",
                ]),
        ])

    /// Stands between owner and client identifier in the name of a session.
    private static let mark = "\u{1F}"

    private static func renaming(_ table: String) -> String {
        """
        UPDATE \(table) SET client = (
            SELECT s.owner || '\(mark)' || s.client FROM mqtt_session s WHERE s.client = \(table).client)
        WHERE client IN (SELECT client FROM mqtt_session WHERE owner IS NOT NULL AND client NOT LIKE '%\(mark)%')
        """
    }
}
