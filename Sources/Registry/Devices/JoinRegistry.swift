public import Credentials
public import HubModel
public import SQL

/// What is kept of devices that nobody knows yet, at most.
public struct JoinLimits: Sendable {
    /// Devices that wait to be approved.
    public var devices: Int64 = 1_000
    /// Of them, those that came from one address (`AddressGroup`); those whose address is not known count together.
    public var devicesPerAddress: Int64 = 250
    /// Seconds without a sign of life after which a waiting device makes room for another one.
    public var idleSeconds: Int64 = 600
    /// Messages of one device.
    public var messagesPerDevice: Int64 = 200
    /// Bytes of topics and payloads of one device.
    public var bytesPerDevice: Int64 = 256 << 10
    /// Messages of all of them.
    public var messages: Int64 = 20_000
    /// Bytes of all of them.
    public var bytes: Int64 = 64 << 20

    /// The defaults.
    public init() {}
}

/// The join window and the devices that wait to be approved: tables `join_window`, `device_request` and `device_aside`.
public struct JoinRegistry: Sendable {
    /// What is kept at most.
    public let limits: JoinLimits

    /// A registry over the tables of `RegistryTables`.
    public init(limits: JoinLimits = JoinLimits()) {
        self.limits = limits
    }

    /// The longest that the window is opened for, in minutes.
    public static let longestMinutes: Int64 = 60

    /// Until when the window was opened; nil: it was closed or never opened. The time may be over.
    /// - Throws: `SQLFailure`.
    public func openUntil(in reader: some SQLReading) throws -> Timestamp? {
        try reader.queryOne("SELECT open_until FROM join_window WHERE name = 'join'").optionalInteger("open_until")
            .map { Timestamp(microseconds: $0) }
    }

    /// Until when unknown devices may ask to be let in; nil: they may not. An end that is farther away than any window lasts comes from
    /// another time, before the clock was set back: nobody meant that the window be open now.
    /// - Throws: `SQLFailure`.
    public func openUntil(at now: Timestamp, in reader: some SQLReading) throws -> Timestamp? {
        guard let until = try openUntil(in: reader) else { return nil }
        let longest = JoinRegistry.longestMinutes * 60_000_000
        let (rest, isBeyond) = until.microseconds.subtractingReportingOverflow(now.microseconds)
        return !isBeyond && rest > 0 && rest <= longest ? until : nil
    }

    /// Closes a window whose time is over or cannot be, so that no clock that is set back opens it again.
    /// - Returns: whether there was one to close.
    /// - Throws: `SQLFailure`.
    @discardableResult
    public func closeIfOver(at now: Timestamp, in transaction: Transaction) throws -> Bool {
        guard try openUntil(in: transaction) != nil, try openUntil(at: now, in: transaction) == nil else {
            return false
        }
        try setOpen(until: nil, in: transaction)
        return true
    }

    /// Opens the window until an instant, or closes it.
    /// - Throws: `SQLFailure`.
    public func setOpen(until instant: Timestamp?, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE join_window SET open_until = $1 WHERE name = 'join'", [SQLValue(instant?.microseconds)])
    }

    /// One waiting device.
    /// - Throws: `SQLFailure`.
    public func pending(_ device: DeviceID, in reader: some SQLReading) throws -> PendingDevice? {
        try reader.queryFirst(
            "SELECT \(PendingDevice.columns) FROM device_request WHERE device = $1", [.text(device.text)]
        ).map { try PendingDevice($0) }
    }

    /// The waiting devices by name.
    /// - Parameters:
    ///   - text: only those whose name holds it, whatever the case of its letters.
    ///   - after: only those behind this name.
    /// - Throws: `SQLFailure`.
    public func pending(
        text: String? = nil, kind: DeviceKind? = nil, after: String? = nil, limit: Int, in reader: some SQLReading
    ) throws -> [PendingDevice] {
        var conditions = Conditions()
        if let text {
            let pattern = conditions.place(.text("%\(JoinRegistry.literal(text))%"))
            conditions.add("lower(device) LIKE \(pattern) ESCAPE '\\'")
        }
        if let kind { conditions.add("kind", .equals, .text(kind.name)) }
        if let after { conditions.add("device", .isGreater, .text(after)) }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT \(PendingDevice.columns) FROM device_request WHERE \(conditions.text) ORDER BY device LIMIT \(most)
            """, conditions.arguments
        ).map { try PendingDevice($0) }
    }

    /// How many devices wait.
    /// - Throws: `SQLFailure`.
    public func count(in reader: some SQLReading) throws -> Int64 {
        try count("device_request", in: reader)
    }

    /// Notes that an unknown device is there and wants to be let in. When there is no room, the one that has been silent for the longest
    /// goes, if it has been silent for long enough; when its address has too many, the one of them.
    /// - Parameter offered: scrypt over the password it shows; only the first time it counts.
    /// - Throws: `Refusal` with `limit_reached`; `SQLFailure`.
    public func knock(
        _ device: DeviceID, offered: PasswordHash?, clientID: String?, address: String?, at instant: Timestamp,
        in transaction: Transaction
    ) throws {
        let known = try transaction.execute(
            """
            UPDATE device_request SET last_seen = $2, address = COALESCE($3, address), client = COALESCE($4, client)
            WHERE device = $1
            """,
            [.text(device.text), .integer(instant.microseconds), SQLValue(address), SQLValue(clientID)])
        guard known == 0 else { return }
        try makeRoom(for: address, at: instant, in: transaction)
        try transaction.execute(
            """
            INSERT INTO device_request (device, secret, first_seen, last_seen, address, client, topics)
            VALUES ($1, $2, $3, $3, $4, $5, '[]')
            """,
            [
                .text(device.text), SQLValue(offered.map { Array($0.text.utf8) }), .integer(instant.microseconds),
                SQLValue(address), SQLValue(clientID),
            ])
        try add(1, to: "device_request", in: transaction)
    }

    /// Forgets a waiting device with what it sent.
    /// - Returns: whether it was there.
    /// - Throws: `SQLFailure`.
    public func forget(_ device: DeviceID, in transaction: Transaction) throws -> Bool {
        guard try release(device, in: transaction) else { return false }
        try dropAside(of: device, in: transaction)
        return true
    }

    /// Drops what is kept of a device, also what was released and not yet taken in.
    /// - Throws: `SQLFailure`.
    func dropAside(of device: DeviceID, in transaction: Transaction) throws {
        let rows = try transaction.query(
            "DELETE FROM device_aside WHERE device = $1 RETURNING bytes", [.text(device.text)])
        try subtract(rows, in: transaction)
    }

    /// Ends the waiting of a device and leaves what it sent, under the name that it has from now on.
    /// - Returns: whether it was there.
    /// - Throws: `SQLFailure`.
    public func release(_ device: DeviceID, as name: DeviceID? = nil, in transaction: Transaction) throws -> Bool {
        guard try transaction.execute("DELETE FROM device_request WHERE device = $1", [.text(device.text)]) == 1 else {
            return false
        }
        try add(-1, to: "device_request", in: transaction)
        if let name, name != device {
            try transaction.execute(
                "UPDATE device_aside SET device = $2 WHERE device = $1", [.text(device.text), .text(name.text)])
        }
        return true
    }

    /// A text as part of a pattern of LIKE, in small letters, in which every character stands for itself.
    static func literal(_ text: String) -> String {
        text.lowercased().map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }

    private func makeRoom(for address: String?, at instant: Timestamp, in transaction: Transaction) throws {
        let waiting = try count("device_request", in: transaction)
        guard waiting >= min(limits.devices, limits.devicesPerAddress) else { return }
        let rows = try transaction.query(
            "SELECT device, last_seen, address FROM device_request ORDER BY last_seen, device")
        let group = AddressGroup.of(address)
        let own = try rows.filter { AddressGroup.of(try $0.optionalText("address")) == group }
        if own.count >= limits.devicesPerAddress {
            try forget(own.first, at: instant, in: transaction)
        } else if waiting >= limits.devices {
            try forget(rows.first, at: instant, in: transaction)
        }
    }

    /// Forgets a waiting device for another one, if it has been silent for long enough.
    private func forget(_ silent: Row?, at instant: Timestamp, in transaction: Transaction) throws {
        guard let silent, let device = DeviceID(try silent.text(0)),
            instant.microseconds(since: Timestamp(microseconds: try silent.integer(1))) >= limits.idleSeconds
                * 1_000_000
        else { throw Refusal(.limitReached, "Too many unknown devices wait to be approved.") }
        _ = try forget(device, in: transaction)
    }

    func count(_ name: String, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT value FROM registry_count WHERE name = $1", [.text(name)]).integer(0)
    }

    func add(_ number: Int64, to name: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE registry_count SET value = value + $2 WHERE name = $1", [.text(name), .integer(number)])
    }

    func subtract(_ rows: [Row], in transaction: Transaction) throws {
        guard !rows.isEmpty else { return }
        try add(-Int64(rows.count), to: "device_aside", in: transaction)
        try add(-(try rows.reduce(0) { $0 + (try $1.integer(0)) }), to: "device_aside_bytes", in: transaction)
    }
}
