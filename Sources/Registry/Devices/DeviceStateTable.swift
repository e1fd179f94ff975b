public import HubModel
public import SQL

/// How a device, or what it watches, is, as its solution said last.
public struct DeviceStanding: Hashable, Sendable {
    /// What of the device.
    public let subject: StateSubject
    /// The state, in the solution's word.
    public let state: String
    /// Since when.
    public let since: Timestamp
    /// What it means.
    public let severity: StateSeverity

    /// A standing.
    public init(subject: StateSubject, state: String, since: Timestamp, severity: StateSeverity) {
        self.subject = subject
        self.state = state
        self.since = since
        self.severity = severity
    }
}

/// The states of all devices: table `device_state`, with a row for each device and subject. Nobody but the observer of states writes it.
public struct DeviceStateTable: Sendable {
    static let migration = Migration(
        "0016-device-states",
        [
            """
            CREATE TABLE device_state (
                device TEXT NOT NULL REFERENCES device (id) ON DELETE CASCADE,
                subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 64),
                state TEXT NOT NULL CHECK (length(state) BETWEEN 1 AND 32),
                since BIGINT NOT NULL,
                severity TEXT NOT NULL CHECK (severity IN ('good', 'attention', 'unknown')),
                PRIMARY KEY (device, subject))
            """
        ])

    /// A table of `RegistryTables`.
    public init() {}

    /// Everything that is known of the devices of the hub.
    /// - Throws: `SQLFailure`.
    public func all(
        in reader: some SQLReading
    ) throws -> [(device: DeviceID, kind: DeviceKind, standing: DeviceStanding)] {
        try reader.query(
            """
            SELECT s.device, s.subject, s.state, s.since, s.severity, d.kind
            FROM device_state s JOIN device d ON d.id = s.device WHERE d.state <> 'removed'
            """
        ).compactMap { row in
            guard let device = DeviceID(try row.text(0)), let kind = DeviceKind(named: try row.text(5)) else {
                return nil
            }
            return (device, kind, try DeviceStateTable.standing(row))
        }
    }

    /// What is known of each of these devices, in the order of the subjects.
    /// - Throws: `SQLFailure`.
    public func standings(
        of devices: [DeviceID], in reader: some SQLReading
    ) throws -> [DeviceID: [DeviceStanding]] {
        var conditions = Conditions()
        conditions.add("device", isOneOf: devices.map(\.text))
        var found: [DeviceID: [DeviceStanding]] = [:]
        for row in try reader.query(
            """
            SELECT device, subject, state, since, severity FROM device_state WHERE \(conditions.text)
            ORDER BY device, subject
            """, conditions.arguments)
        {
            guard let device = DeviceID(try row.text(0)) else { continue }
            found[device, default: []].append(try DeviceStateTable.standing(row))
        }
        return found
    }

    /// Writes how a device is.
    /// - Returns: whether it is a device of the hub; nothing is kept of any other.
    /// - Throws: `SQLFailure`.
    public func write(_ standing: DeviceStanding, of device: DeviceID, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO device_state (device, subject, state, since, severity)
            SELECT id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
            FROM device WHERE id = $1 AND state <> 'removed'
            ON CONFLICT (device, subject) DO UPDATE SET
                state = excluded.state, since = excluded.since, severity = excluded.severity
            """,
            [
                .text(device.text), .text(standing.subject.name), .text(standing.state),
                .integer(standing.since.microseconds), .text(standing.severity.rawValue),
            ]) == 1
    }

    /// Drops what was known of a device's subject.
    /// - Throws: `SQLFailure`.
    public func drop(_ subject: StateSubject, of device: DeviceID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM device_state WHERE device = $1 AND subject = $2", [.text(device.text), .text(subject.name)])
    }

    /// A row that begins with device, subject, state, since, severity.
    private static func standing(_ row: Row) throws -> DeviceStanding {
        guard let subject = StateSubject(named: try row.text(1)),
            let severity = StateSeverity(rawValue: try row.text(4))
        else { throw SQLFailure(.corrupt, "a row of device_state cannot be read") }
        return DeviceStanding(
            subject: subject, state: try row.text(2), since: Timestamp(microseconds: try row.integer(3)),
            severity: severity)
    }
}
