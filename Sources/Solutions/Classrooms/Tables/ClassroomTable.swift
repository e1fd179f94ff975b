internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom`, and which device is in which room.
enum ClassroomTable {
    private static let columns = """
        id, site, name, building, capacity, equipment, zone, hours, buffer_minutes, needs_approval, is_automatic,
        idle_after, report_after, off_after, hold_after, pre_power, fail_safe, watts, releases, warn_after,
        release_after, exempt_from, created_at
        """

    /// The rooms at these sites, in the order of their names in addresses.
    static func all(
        at sites: SiteScope = .all, after: ClassroomID? = nil, limit: Int? = nil, in reader: some SQLReading
    ) throws -> [Classroom] {
        var conditions = Conditions()
        conditions.add("removed_at IS NULL")
        conditions.add("site", isOneOf: sites.names)
        if let after { conditions.add("id", .isGreater, .text(after.text)) }
        let bound = limit.map { " LIMIT \(conditions.place(.integer(Int64($0))))" } ?? ""
        return try reader.query(
            "SELECT \(columns) FROM classroom WHERE \(conditions.text) ORDER BY id\(bound)", conditions.arguments
        ).map(classroom)
    }

    /// One room; nil when there is none.
    static func one(_ id: ClassroomID, in reader: some SQLReading) throws -> Classroom? {
        try reader.queryFirst(
            "SELECT \(columns) FROM classroom WHERE id = $1 AND removed_at IS NULL", [.text(id.text)]
        ).map(classroom)
    }

    /// What people call a room, also one that was removed; nil when there never was one.
    static func name(of id: ClassroomID, in reader: some SQLReading) throws -> String? {
        try reader.queryFirst("SELECT name FROM classroom WHERE id = $1", [.text(id.text)]).map { try $0.text(0) }
    }

    /// Where a room is, also one that was removed; nil when there never was one.
    static func site(of id: ClassroomID, in reader: some SQLReading) throws -> SiteID? {
        try reader.queryFirst("SELECT site FROM classroom WHERE id = $1", [.text(id.text)]).flatMap {
            SiteID(try $0.text(0))
        }
    }

    /// Whether a name was ever a room's: it is given to no other, for its history is kept under it.
    static func wasUsed(_ id: ClassroomID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst("SELECT 1 FROM classroom WHERE id = $1", [.text(id.text)]) != nil
    }

    /// The room of a building that people call so; nil when there is none.
    static func named(
        _ name: String, in building: String, at site: SiteID, in reader: some SQLReading
    ) throws -> ClassroomID? {
        try reader.queryFirst(
            """
            SELECT id FROM classroom WHERE site = $1 AND building = $2 AND name = $3 AND removed_at IS NULL ORDER BY id
            """, [.text(site.text), .text(building), .text(name)]
        ).flatMap { ClassroomID(try $0.text(0)) }
    }

    /// Writes all of a room, a new one or one that is there.
    static func write(_ room: Classroom, in transaction: Transaction) throws {
        let names = columns.split { $0 == "," || $0.isWhitespace }.map(String.init)
        let places = (1...names.count).map { "$\($0)" }.joined(separator: ", ")
        let changes = names.dropFirst().filter { $0 != "created_at" }.map { "\($0) = excluded.\($0)" }
        try transaction.execute(
            """
            INSERT INTO classroom (\(columns)) VALUES (\(places))
            ON CONFLICT (id) DO UPDATE SET \(changes.joined(separator: ", "))
            """,
            [
                .text(room.id.text), .text(room.site.text), .text(room.name), .text(room.building),
                .integer(room.capacity), .text(room.equipment.joined(separator: "\n")), .text(room.zone),
                .text(room.hours.text), .integer(room.bufferMinutes), SQLValue(room.needsApproval),
                SQLValue(room.policy.isAutomatic), .integer(room.policy.idleAfter), .integer(room.policy.reportAfter),
                .integer(room.policy.offAfter), .integer(room.policy.holdAfter), .integer(room.policy.prePower),
                .text(room.policy.failSafe.rawValue), .integer(room.policy.watts), SQLValue(room.presence.releases),
                .integer(room.presence.warnAfter), .integer(room.presence.releaseAfter),
                .integer(room.presence.exemptFrom), .integer(room.createdAt.microseconds),
            ])
    }

    /// Removes a room. Its row stays: what is known of its past keeps its name.
    static func remove(_ id: ClassroomID, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_device WHERE classroom = $1", [.text(id.text)])
        try transaction.execute(
            "UPDATE classroom SET removed_at = $2 WHERE id = $1", [.text(id.text), .integer(instant.microseconds)])
    }

    private static func classroom(_ row: Row) throws -> Classroom {
        guard let id = ClassroomID(try row.text("id")), let site = SiteID(try row.text("site")),
            let hours = OpeningHours(text: try row.text("hours")),
            let failSafe = PowerPolicy.FailSafe(rawValue: try row.text("fail_safe"))
        else { throw SQLFailure(.wrongType, "a row of classroom holds no classroom") }
        var room = Classroom(
            id, site: site, name: try row.text("name"), zone: try row.text("zone"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")))
        room.building = try row.text("building")
        room.capacity = try row.integer("capacity")
        room.equipment = try row.text("equipment").split(separator: "\n").map(String.init)
        room.hours = hours
        room.bufferMinutes = try row.integer("buffer_minutes")
        room.needsApproval = try row.boolean("needs_approval")
        room.policy.isAutomatic = try row.boolean("is_automatic")
        room.policy.idleAfter = try row.integer("idle_after")
        room.policy.reportAfter = try row.integer("report_after")
        room.policy.offAfter = try row.integer("off_after")
        room.policy.holdAfter = try row.integer("hold_after")
        room.policy.prePower = try row.integer("pre_power")
        room.policy.failSafe = failSafe
        room.policy.watts = try row.integer("watts")
        room.presence.releases = try row.boolean("releases")
        room.presence.warnAfter = try row.integer("warn_after")
        room.presence.releaseAfter = try row.integer("release_after")
        room.presence.exemptFrom = try row.integer("exempt_from")
        return room
    }
}

/// The table `classroom_device`: one device a room, one room a device.
enum ClassroomDeviceTable {
    /// The devices of these rooms.
    static func devices(
        of rooms: some Sequence<ClassroomID>, in reader: some SQLReading
    ) throws -> [ClassroomID: DeviceID] {
        var conditions = Conditions()
        conditions.add("classroom", isOneOf: rooms.map(\.text))
        var devices: [ClassroomID: DeviceID] = [:]
        try reader.queryEach(
            "SELECT classroom, device FROM classroom_device WHERE \(conditions.text)", conditions.arguments
        ) { row in
            guard let room = ClassroomID(try row.text(0)), let device = DeviceID(try row.text(1)) else { return }
            devices[room] = device
        }
        return devices
    }

    /// The rooms of these devices.
    static func rooms(
        of devices: some Sequence<DeviceID>, in reader: some SQLReading
    ) throws -> [DeviceID: ClassroomID] {
        var conditions = Conditions()
        conditions.add("device", isOneOf: devices.map(\.text))
        var rooms: [DeviceID: ClassroomID] = [:]
        try reader.queryEach(
            "SELECT device, classroom FROM classroom_device WHERE \(conditions.text)", conditions.arguments
        ) { row in
            if let device = DeviceID(try row.text(0)) { rooms[device] = ClassroomID(try row.text(1)) }
        }
        return rooms
    }

    /// Puts a device in a room. The keys of the table see to it that neither has another.
    /// - Throws: `SQLFailure` with `uniqueViolation`.
    static func insert(
        _ device: DeviceID, in room: ClassroomID, at instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            "INSERT INTO classroom_device (device, classroom, since) VALUES ($1, $2, $3)",
            [.text(device.text), .text(room.text), .integer(instant.microseconds)])
    }

    /// Takes whatever device is in a room out of it.
    static func empty(_ room: ClassroomID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_device WHERE classroom = $1", [.text(room.text)])
    }

    /// Takes a device out of its room.
    static func remove(_ device: DeviceID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_device WHERE device = $1", [.text(device.text)])
    }
}
