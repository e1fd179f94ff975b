internal import HubModel
internal import SQL
internal import SolutionKit

/// The tables `node` and `node_field`. The first migration refers to the registry's table `device`, and stays as it is: migrations are only
/// appended. No statement reads that table; what is to be known of devices, `DeviceBook` says.
enum NodeTable {
    static let migrations = Migrations(
        owner: "nodes",
        [
            Migration(
                "0001-nodes",
                [
                    """
                    CREATE TABLE node (
                        device TEXT NOT NULL PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,
                        wire_id TEXT NOT NULL CHECK (length(wire_id) BETWEEN 1 AND 64),
                        state TEXT NOT NULL CHECK (state IN ('online', 'offline', 'unknown')),
                        state_since BIGINT NOT NULL,
                        first_seen BIGINT NOT NULL,
                        last_seen BIGINT NOT NULL,
                        telemetry_at BIGINT,
                        telemetry_received_at BIGINT,
                        status_at BIGINT,
                        interval_us BIGINT CHECK (interval_us > 0),
                        client_id TEXT,
                        address TEXT CHECK (length(address) <= 64),
                        firmware TEXT CHECK (length(firmware) <= 64),
                        wifi_rssi BIGINT,
                        uptime_seconds BIGINT,
                        heap_bytes BIGINT)
                    """,
                    """
                    CREATE TABLE node_field (
                        device TEXT NOT NULL REFERENCES node (device) ON DELETE CASCADE,
                        position BIGINT NOT NULL CHECK (position >= 0),
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                        PRIMARY KEY (device, name))
                    """,
                ]),
            Migration(
                "0002-asleep",
                [
                    // A node that is asleep has the state 'offline', which it had in versions before this, and this time.
                    "ALTER TABLE node ADD COLUMN asleep_since BIGINT",
                    "ALTER TABLE node ADD COLUMN nap_us BIGINT CHECK (nap_us > 0)",
                ]),
            // What is known of a node's clock beside its newest stamp (`DeviceClock`), and what a field's values are.
            Migration(
                "0003-clocks-and-types",
                [
                    "ALTER TABLE node ADD COLUMN telemetry_clock TEXT CHECK (length(telemetry_clock) <= 120)",
                    "ALTER TABLE node ADD COLUMN status_received_at BIGINT",
                    "ALTER TABLE node ADD COLUMN status_clock TEXT CHECK (length(status_clock) <= 120)",
                    "ALTER TABLE node_field ADD COLUMN type TEXT CHECK (type IN ('number', 'boolean', 'text'))",
                    """
                    ALTER TABLE node_field ADD COLUMN
                        refused_type TEXT CHECK (refused_type IN ('number', 'boolean', 'text'))
                    """,
                    "ALTER TABLE node_field ADD COLUMN refused_at BIGINT",
                    "ALTER TABLE node_field ADD COLUMN refused_count BIGINT NOT NULL DEFAULT 0",
                ]),
            // The last times of which `interval_us` and `nap_us` are the medians (`UsualInterval`).
            Migration(
                "0004-intervals",
                [
                    "ALTER TABLE node ADD COLUMN intervals TEXT CHECK (length(intervals) <= 140)",
                    "ALTER TABLE node ADD COLUMN naps TEXT CHECK (length(naps) <= 140)",
                ]),
        ])

    /// The state in the words of the table.
    private static func word(_ state: NodeState) -> SQLValue {
        .text((state == .asleep ? NodeState.offline : state).rawValue)
    }

    /// Makes a node's row, its fields left out; a row that is there stays.
    static func insert(_ node: Node, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO node (device, wire_id, state, state_since, first_seen, last_seen) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (device) DO NOTHING
            """,
            [
                .text(node.name.device.text), .text(node.wireID), word(node.liveness.state),
                .integer(node.liveness.since.microseconds), .integer(node.firstSeen.microseconds),
                .integer(node.liveness.lastSeen.microseconds),
            ])
    }

    /// Writes what changed of a node, its fields left out.
    static func update(_ node: Node, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE node SET wire_id = $2, state = $3, state_since = $4, last_seen = $5, telemetry_at = $6,
                telemetry_received_at = $7, status_at = $8, interval_us = $9, client_id = $10, address = $11, firmware = $12,
                wifi_rssi = $13, uptime_seconds = $14, heap_bytes = $15, asleep_since = $16, nap_us = $17,
                telemetry_clock = $18, status_received_at = $19, status_clock = $20,
                intervals = $21, naps = $22
            WHERE device = $1
            """,
            [
                .text(node.name.device.text), .text(node.wireID), word(node.liveness.state),
                .integer(node.liveness.since.microseconds), .integer(node.liveness.lastSeen.microseconds),
                SQLValue(node.telemetryClock.newest?.microseconds), SQLValue(node.telemetryClock.heardAt?.microseconds),
                SQLValue(node.statusClock.newest?.microseconds), SQLValue(node.liveness.interval.median),
                SQLValue(node.clientID),
                SQLValue(node.address), SQLValue(node.firmware), SQLValue(node.rssi), SQLValue(node.uptimeSeconds),
                SQLValue(node.heapBytes), SQLValue(node.liveness.asleepSince?.microseconds),
                SQLValue(node.liveness.nap.median), SQLValue(node.telemetryClock.text),
                SQLValue(node.statusClock.heardAt?.microseconds), SQLValue(node.statusClock.text),
                .text(node.liveness.interval.text), .text(node.liveness.nap.text),
            ])
    }

    /// Writes fields of a node, new ones and such as are there.
    /// - Parameter places: which of its fields, by position.
    static func write(fields places: some Collection<Int>, of node: Node, in transaction: Transaction) throws {
        for place in places where node.fields.indices.contains(place) {
            let field = node.fields[place]
            try transaction.execute(
                """
                INSERT INTO node_field (device, position, name, type, refused_type, refused_at, refused_count)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (device, name) DO UPDATE SET type = excluded.type, refused_type = excluded.refused_type,
                    refused_at = excluded.refused_at, refused_count = excluded.refused_count
                """,
                [
                    .text(node.name.device.text), .integer(Int64(place)), .text(field.name),
                    SQLValue(field.type?.rawValue), SQLValue(field.refusal?.came.rawValue),
                    SQLValue(field.refusal?.at.microseconds), .integer(field.refusal?.count ?? 0),
                ])
        }
    }

    /// A field out of its row.
    static func field(_ row: Row) throws -> NodeField {
        var field = NodeField(name: try row.text("name"))
        field.type = try row.optionalText("type").flatMap(FieldType.init)
        if let came = try row.optionalText("refused_type").flatMap(FieldType.init),
            let at = try row.optionalInteger("refused_at")
        {
            field.refusal = FieldRefusal(
                came: came, at: Timestamp(microseconds: at), count: try row.integer("refused_count"))
        }
        return field
    }

    /// A node out of its row.
    /// - Parameter site: where its device is.
    static func node(_ row: Row, at site: SiteID) throws -> Node {
        guard let name = NodeName(try row.text("device")), let kept = NodeState(rawValue: try row.text("state"))
        else { throw SQLFailure(.wrongType, "a row of node holds no node's name or state") }
        func instant(_ column: String) throws -> Timestamp? {
            try row.optionalInteger(column).map(Timestamp.init(microseconds:))
        }
        let asleepSince = try instant("asleep_since")
        let state = kept == .offline && asleepSince != nil ? NodeState.asleep : kept
        var node = Node(
            name, site: site, wireID: try row.text("wire_id"),
            firstSeen: Timestamp(microseconds: try row.integer("first_seen")),
            liveness: Liveness(
                state: state, since: Timestamp(microseconds: try row.integer("state_since")),
                lastSeen: Timestamp(microseconds: try row.integer("last_seen")),
                interval: UsualInterval(
                    .awake, text: try row.optionalText("intervals"), median: try row.optionalInteger("interval_us")),
                nap: UsualInterval(
                    .asleep, text: try row.optionalText("naps"), median: try row.optionalInteger("nap_us")),
                asleepSince: asleepSince))
        node.telemetryClock = DeviceClock(
            newest: try instant("telemetry_at"), heardAt: try instant("telemetry_received_at"),
            text: try row.optionalText("telemetry_clock"))
        node.statusClock = DeviceClock(
            newest: try instant("status_at"), heardAt: try instant("status_received_at"),
            text: try row.optionalText("status_clock"))
        node.clientID = try row.optionalText("client_id")
        node.address = try row.optionalText("address")
        node.firmware = try row.optionalText("firmware")
        node.rssi = try row.optionalInteger("wifi_rssi")
        node.uptimeSeconds = try row.optionalInteger("uptime_seconds")
        node.heapBytes = try row.optionalInteger("heap_bytes")
        return node
    }
}
