public import HubModel
public import SQL

extension DeviceRegistry {
    /// Changes a device's state to active or disabled.
    /// - Returns: whether there was something to change.
    /// - Throws: `SQLFailure`.
    public func setState(
        _ state: DeviceState, of device: DeviceID, in transaction: Transaction
    ) throws -> Bool {
        precondition(state != .removed, "BUG: a device is removed by remove(_:at:in:)")
        let changed = try transaction.execute(
            "UPDATE device SET state = $2 WHERE id = $1 AND state <> $2 AND state <> 'removed'",
            [.text(device.text), .text(state.rawValue)])
        guard changed == 1 else { return false }
        try stamp(device, in: transaction)
        return true
    }

    /// Moves a device to a site.
    /// - Throws: `SQLFailure`.
    public func setSite(_ site: SiteID, of device: DeviceID, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE device SET site = $2 WHERE id = $1", [.text(device.text), .text(site.text)])
        try stamp(device, in: transaction)
    }

    /// Gives a device a controller, or none.
    /// - Throws: `SQLFailure`.
    public func setController(_ controller: DeviceID?, of device: DeviceID, in transaction: Transaction) throws {
        // The one that loses it, and the one that gets it.
        try stamp(device, in: transaction)
        try transaction.execute(
            "UPDATE device SET controller = $2 WHERE id = $1", [.text(device.text), SQLValue(controller?.text)])
        try stamp(device, in: transaction)
    }

    /// Takes a device out of the hub: its credentials are gone, its certificates revoked, its open commands ended; its row stays.
    /// - Throws: `SQLFailure`.
    public func remove(_ device: DeviceID, at instant: Timestamp, in transaction: Transaction) throws {
        try stamp(device, in: transaction)
        let epoch = try TrustEpoch.current(in: transaction)
        let removed = try transaction.execute(
            "UPDATE device SET state = 'removed', removed_at = $2, controller = NULL WHERE id = $1 AND state <> 'removed'",
            [.text(device.text), .integer(instant.microseconds)])
        guard removed == 1 else { return }
        try unmade(device, in: transaction)
        try transaction.execute(
            "UPDATE device SET controller = NULL, trust_epoch = $2 WHERE controller = $1",
            [.text(device.text), .integer(epoch)])
        try dropCredentials(of: device, at: instant, in: transaction)
        // What was meant for this device is not for the next one of its name.
        try CommandRegistry().end(of: device, at: instant, in: transaction)
        // Nor is what this device sent while it waited a message of the next one.
        try JoinRegistry().dropAside(of: device, in: transaction)
        // What was to be seen of this device is not to be seen of the next one.
        try LinkTable.revokeAll(of: device, at: instant, in: transaction)
        for table in ["device_refusal", "device_state"] {
            try transaction.execute("DELETE FROM \(table) WHERE device = $1", [.text(device.text)])
        }
        try transaction.execute("UPDATE registry_count SET value = value - 1 WHERE name = 'device' AND value > 0")
    }

    /// Takes a device's key or password and revokes its certificates.
    /// - Throws: `SQLFailure`.
    public func dropCredentials(of device: DeviceID, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM device_credential WHERE device = $1", [.text(device.text)])
        try transaction.execute(
            "UPDATE device_certificate SET revoked_at = $2 WHERE device = $1 AND revoked_at IS NULL",
            [.text(device.text), .integer(instant.microseconds)])
        try stamp(device, in: transaction)
    }

    /// Notes that the rights of a device, and so those of its controller, have changed.
    /// - Throws: `SQLFailure`.
    public func stamp(_ device: DeviceID, in transaction: Transaction) throws {
        let epoch = try TrustEpoch.advance(in: transaction)
        try transaction.execute(
            """
            UPDATE device SET trust_epoch = $2
            WHERE id = $1 OR id = (SELECT controller FROM device WHERE id = $1)
            """, [.text(device.text), .integer(epoch)])
    }
}
