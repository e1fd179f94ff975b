internal import HubModel
internal import SQL

/// The tables `node` and `node_field`.
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
                wifi_rssi = $13, uptime_seconds = $14, heap_bytes = $15, asleep_since = $16, nap_us = $17
            WHERE device = $1
            """,
            [
                .text(node.name.device.text), .text(node.wireID), word(node.liveness.state),
                .integer(node.liveness.since.microseconds), .integer(node.liveness.lastSeen.microseconds),
                SQLValue(node.telemetryAt?.microseconds), SQLValue(node.telemetryReceivedAt?.microseconds),
                SQLValue(node.statusAt?.microseconds), SQLValue(node.liveness.interval.median), SQLValue(node.clientID),
                SQLValue(node.address), SQLValue(node.firmware), SQLValue(node.rssi), SQLValue(node.uptimeSeconds),
                SQLValue(node.heapBytes), SQLValue(node.liveness.asleepSince?.microseconds),
                SQLValue(node.liveness.nap.median),
            ])
    }

    /// Adds fields behind those that a node has.
    static func add(fields: [String], to node: Node, in transaction: Transaction) throws {
        for (offset, name) in fields.enumerated() {
            try transaction.execute(
                "INSERT INTO node_field (device, position, name) VALUES ($1, $2, $3) ON CONFLICT (device, name) DO NOTHING",
                [.text(node.name.device.text), .integer(Int64(node.fields.count + offset)), .text(name)])
        }
    }

    /// A node out of its row, with the column `site` of its device.
    static func node(_ row: Row) throws -> Node {
        guard let name = NodeName(try row.text("device")), let kept = NodeState(rawValue: try row.text("state")),
            let site = SiteID(try row.text("site"))
        else { throw SQLFailure(.wrongType, "a row of node holds no node's name, state or site") }
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
                interval: UsualInterval(.awake, median: try row.optionalInteger("interval_us")),
                nap: UsualInterval(.asleep, median: try row.optionalInteger("nap_us")), asleepSince: asleepSince))
        node.telemetryAt = try instant("telemetry_at")
        node.telemetryReceivedAt = try instant("telemetry_received_at")
        node.statusAt = try instant("status_at")
        node.clientID = try row.optionalText("client_id")
        node.address = try row.optionalText("address")
        node.firmware = try row.optionalText("firmware")
        node.rssi = try row.optionalInteger("wifi_rssi")
        node.uptimeSeconds = try row.optionalInteger("uptime_seconds")
        node.heapBytes = try row.optionalInteger("heap_bytes")
        return node
    }
}
