public import HubModel
public import SQL

/// The hub's devices: table `device`. Its methods are those of SolutionKit's `DeviceBook`.
public struct DeviceRegistry: Sendable {
    /// How a device that nobody knows becomes one of the hub's.
    public enum Admission: Sendable {
        /// By a person only; a message from or for an unknown one is refused.
        case byPeople
        /// By its first message: the hub is open (`--open`).
        case byContact
    }

    /// The most devices that are admitted, 1 or more; removed ones do not count.
    public let limit: Int
    /// Of those that are made on contact, the most of one address; 1 or more.
    public let limitPerAddress: Int
    /// How an unknown device becomes one of the hub's.
    public let admission: Admission

    /// A registry over the tables of `RegistryTables`.
    /// - Parameters:
    ///   - limit: the most devices that are admitted.
    ///   - limitPerAddress: of those that are made on contact, the most of one address.
    public init(limit: Int = 100_000, limitPerAddress: Int = 10_000, admission: Admission = .byPeople) {
        self.limit = max(1, limit)
        self.limitPerAddress = max(1, limitPerAddress)
        self.admission = admission
    }

    /// Notes a device's existence. With `byContact` its row is made on first contact, and one that was removed comes back.
    /// - Parameter address: where its first message comes from, to which it counts.
    /// - Returns: whether it was unknown until now.
    /// - Throws: `Refusal` with `not_found` for an unknown one that people must admit, `conflict` when the name belongs to a device of another kind,
    ///   `limit_reached` when there are too many, in all or of that address; `SQLFailure`.
    public func admit(
        _ device: DeviceID, kind: DeviceKind, from address: String? = nil, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Bool {
        var site = SiteID.main
        let known = try transaction.queryFirst(
            "SELECT kind, state, site FROM device WHERE id = $1", [.text(device.text)])
        if let known {
            guard try known.text(0) == kind.name else {
                throw Refusal(.conflict, "The name \(device) belongs to a device of another kind.")
            }
            guard try known.text(1) == DeviceState.removed.rawValue else { return false }
            // Where it was, its history is.
            site = SiteID(try known.text(2)) ?? site
        }
        guard admission == .byContact else { throw Refusal(.notFound, "There is no device \(device).") }
        try insert(device, kind: kind, site: site, controller: nil, isHeard: true, at: instant, in: transaction)
        try made(device, from: address, in: transaction)
        return true
    }

    /// Notes when a device was last heard of, from which address, with which firmware; nil leaves what is known.
    /// A device that was not admitted is left out.
    /// - Throws: `SQLFailure`.
    public func seen(
        _ device: DeviceID, at instant: Timestamp, address: String?, firmware: String?, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE device SET last_seen = $2, address = COALESCE($3, address), firmware = COALESCE($4, firmware),
                first_seen = CASE WHEN is_heard THEN first_seen ELSE $2 END, is_heard = TRUE
            WHERE id = $1 AND state <> 'removed'
            """,
            [.text(device.text), .integer(instant.microseconds), SQLValue(address), SQLValue(firmware)])
    }

    /// The site a device belongs to; nil when it is not admitted.
    /// - Throws: `SQLFailure`.
    public func site(of device: DeviceID, in reader: some SQLReading) throws -> SiteID? {
        try reader.queryFirst("SELECT site FROM device WHERE id = $1 AND state <> 'removed'", [.text(device.text)])
            .flatMap { SiteID(try $0.text(0)) }
    }

    /// What is known of a device, also of one that was removed; nil when there never was one of this name, or this version does not know
    /// its kind.
    /// - Throws: `SQLFailure`.
    public func known(_ device: DeviceID, in reader: some SQLReading) throws -> KnownDevice? {
        guard
            let row = try reader.queryFirst("SELECT kind, site, state FROM device WHERE id = $1", [.text(device.text)]),
            let kind = DeviceKind(named: try row.text(0)), let site = SiteID(try row.text(1))
        else { return nil }
        return KnownDevice(id: device, kind: kind, site: site, isRemoved: try row.text(2) == "removed")
    }

    /// Whether there is a site of this name.
    /// - Throws: `SQLFailure`.
    public func hasSite(_ site: SiteID, in reader: some SQLReading) throws -> Bool {
        try SiteRegistry().exists(site, in: reader)
    }

    /// Whether a device may speak for another: it is the same, or its controller.
    /// - Throws: `SQLFailure`.
    public func maySpeak(_ device: DeviceID, for other: DeviceID, in reader: some SQLReading) throws -> Bool {
        guard device != other else { return true }
        return try reader.queryFirst(
            "SELECT 1 FROM device WHERE id = $1 AND controller = $2 AND state = 'active'",
            [.text(other.text), .text(device.text)]) != nil
    }

    /// Makes the row of a device, or brings back that of one that was removed, at the same site: the name still names what that one
    /// measured and was told, which is for nobody at another site to read. Its credentials are for others to make.
    /// - Throws: `Refusal` with `conflict` when the name is in use, or was that of a device of another kind or at another site;
    ///   `limit_reached`; `SQLFailure`.
    public func insert(
        _ device: DeviceID, kind: DeviceKind, site: SiteID, controller: DeviceID?, isHeard: Bool, at instant: Timestamp,
        in transaction: Transaction
    ) throws {
        let epoch = try TrustEpoch.advance(in: transaction)
        let values: [SQLValue] = [
            .text(device.text), .text(kind.name), .integer(instant.microseconds), .text(site.text),
            SQLValue(controller?.text), .integer(epoch),
        ]
        let heard = isHeard ? "TRUE" : "FALSE"
        var changed = try transaction.execute(
            """
            INSERT INTO device (id, kind, first_seen, last_seen, site, controller, trust_epoch, is_heard)
            VALUES ($1, $2, $3, $3, $4, $5, $6, \(heard)) ON CONFLICT (id) DO NOTHING
            """, values)
        if changed == 0 {
            changed = try transaction.execute(
                """
                UPDATE device SET state = 'active', first_seen = $3, last_seen = $3, controller = $5, trust_epoch = $6,
                    returned_epoch = $6, is_heard = \(heard), removed_at = NULL, address = NULL, firmware = NULL
                WHERE id = $1 AND kind = $2 AND site = $4 AND state = 'removed'
                """, values)
        }
        guard changed == 1 else {
            throw Refusal(
                .conflict,
                "The name \(device) is in use, or was that of a device of another kind or at another site: choose another name."
            )
        }
        if controller != nil { try stamp(device, in: transaction) }
        let counted = try transaction.execute(
            "UPDATE registry_count SET value = value + 1 WHERE name = 'device' AND value < $1", [.integer(Int64(limit))]
        )
        guard counted == 1 else { throw Refusal(.limitReached, "There are \(limit) devices already.") }
    }
}
