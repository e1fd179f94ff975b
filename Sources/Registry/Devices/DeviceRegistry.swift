public import HubModel
public import SQL

/// The hub's devices: table `device`. Its methods are those of SolutionKit's `DeviceBook`.
public struct DeviceRegistry: Sendable {
    /// The most devices that are admitted, 1 or more.
    public let limit: Int

    /// A registry over the tables of `RegistryTables`.
    /// - Parameter limit: the most devices that are admitted.
    public init(limit: Int = 100_000) {
        self.limit = max(1, limit)
    }

    /// Notes a device's existence: makes its row on first contact.
    /// - Returns: whether it was unknown until now.
    /// - Throws: `Refusal` with `conflict` when the name belongs to a device of another kind, `limit_reached` when there are too
    ///   many; `SQLFailure`.
    public func admit(
        _ device: DeviceID, kind: DeviceKind, at instant: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        let inserted = try transaction.execute(
            """
            INSERT INTO device (id, kind, first_seen, last_seen) VALUES ($1, $2, $3, $3) ON CONFLICT (id) DO NOTHING
            """,
            [.text(device.text), .text(kind.rawValue), .integer(instant.microseconds)])
        guard inserted == 0 else {
            let counted = try transaction.execute(
                "UPDATE registry_count SET value = value + 1 WHERE name = 'device' AND value < $1",
                [.integer(Int64(limit))])
            guard counted == 1 else { throw Refusal(.limitReached, "there are \(limit) devices already") }
            return true
        }
        let known = try transaction.queryOne("SELECT kind FROM device WHERE id = $1", [.text(device.text)])
        guard try known.text(0) == kind.rawValue else {
            throw Refusal(.conflict, "the name \(device) belongs to a device of another kind")
        }
        return false
    }

    /// Notes when a device was last heard of, from which address, with which firmware; nil leaves what is known.
    /// A device that was not admitted is left out.
    /// - Throws: `SQLFailure`.
    public func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE device SET last_seen = $2, address = COALESCE($3, address), firmware = COALESCE($4, firmware) WHERE id = $1
            """,
            [.text(device.text), .integer(instant.microseconds), SQLValue(address), SQLValue(firmware)])
    }
}
