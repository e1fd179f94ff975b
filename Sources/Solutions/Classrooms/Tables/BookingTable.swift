internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom_booking`: bookings as people made them.
enum BookingTable {
    private static let columns = """
        id, classroom, holder, purpose, rule, start, minutes, zone, status, source, uid, sequence, remark, created_at,
        changed_at
        """

    /// One booking; nil when there is none.
    static func one(_ id: String, in reader: some SQLReading) throws -> Booking? {
        try reader.queryFirst("SELECT \(columns) FROM classroom_booking WHERE id = $1", [.text(id)]).map(booking)
    }

    /// Writes all of a booking, a new one or one that is there.
    /// - Parameter lastEnd: when its last occurrence ends.
    static func write(_ booking: Booking, lastEnd: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_booking (\(columns), last_end)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (id) DO UPDATE SET classroom = $2, purpose = $4, rule = $5, start = $6, minutes = $7, zone = $8,
                status = $9, sequence = $12, remark = $13, changed_at = $15, last_end = $16
            """,
            [
                .text(booking.id), .text(booking.classroom.text), SQLValue(booking.holder), .text(booking.purpose),
                SQLValue(booking.rule), .text(booking.start.description), .integer(booking.minutes),
                .text(booking.zone), .text(booking.status.rawValue), .text(booking.source.rawValue),
                .text(booking.uid), .integer(booking.sequence), .text(booking.remark),
                .integer(booking.createdAt.microseconds), .integer(booking.changedAt.microseconds),
                .integer(lastEnd.microseconds),
            ])
    }

    /// How many bookings of somebody that hold time are not over; the lessons that timetables give them are not counted.
    static func countOpen(of holder: String, at now: Timestamp, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            """
            SELECT COUNT(*) FROM classroom_booking
            WHERE holder = $1 AND last_end > $2 AND status IN ('requested', 'confirmed') AND source <> 'import'
            """, [.text(holder), .integer(now.microseconds)]
        ).integer(0)
    }

    /// The names of the bookings of a room that hold time and are not over.
    static func open(in room: ClassroomID, at now: Timestamp, in reader: some SQLReading) throws -> [String] {
        try reader.query(
            """
            SELECT id FROM classroom_booking
            WHERE classroom = $1 AND last_end > $2 AND status IN ('requested', 'confirmed') ORDER BY id
            """, [.text(room.text), .integer(now.microseconds)]
        ).map { try $0.text(0) }
    }

    /// The names of the bookings of somebody that hold time and are not over.
    static func open(of holder: String, at now: Timestamp, in reader: some SQLReading) throws -> [String] {
        try reader.query(
            """
            SELECT id FROM classroom_booking
            WHERE holder = $1 AND last_end > $2 AND status IN ('requested', 'confirmed') ORDER BY id
            """, [.text(holder), .integer(now.microseconds)]
        ).map { try $0.text(0) }
    }

    /// Bookings that are asked for and of which a time has begun since, without anybody having approved them. What was asked for when it had
    /// begun has until its end.
    static func requestsDue(by now: Timestamp, limit: Int, in reader: some SQLReading) throws -> [Booking] {
        try reader.query(
            """
            SELECT \(columns) FROM classroom_booking WHERE status = 'requested' AND EXISTS (
                SELECT 1 FROM classroom_occurrence o
                WHERE o.booking = classroom_booking.id AND NOT o.is_cancelled
                    AND (o.begin <= $1 AND o.begin > classroom_booking.changed_at
                        OR o.finish <= $1 AND o.finish > classroom_booking.changed_at))
            ORDER BY id LIMIT $2
            """, [.integer(now.microseconds), .integer(Int64(limit))]
        ).map(booking)
    }

    /// Bookings of somebody, the latest end first.
    /// - Parameters:
    ///   - holder: by `Person.id`; nil: those that somebody without an account made, on an open hub.
    ///   - after: those behind this one.
    static func all(
        of holder: String?, after: String?, limit: Int, in reader: some SQLReading
    ) throws -> [Booking] {
        var conditions = Conditions()
        if let holder {
            conditions.add("holder", .equals, .text(holder))
        } else {
            conditions.add("holder IS NULL AND source <> 'import'")
        }
        if let after {
            let place = conditions.place(.text(after))
            conditions.add(
                "(last_end, id) < (SELECT last_end, id FROM classroom_booking WHERE id = \(place))")
        }
        let bound = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT \(columns) FROM classroom_booking WHERE \(conditions.text)
            ORDER BY last_end DESC, id DESC LIMIT \(bound)
            """, conditions.arguments
        ).map(booking)
    }

    /// The bookings of a room that were not over at an instant, or were changed since, by their beginnings in the table.
    static func all(
        in room: ClassroomID, since instant: Timestamp, limit: Int, in reader: some SQLReading
    ) throws -> [Booking] {
        try reader.query(
            """
            SELECT \(columns) FROM classroom_booking
            WHERE classroom = $1 AND (last_end > $2 OR changed_at > $2) ORDER BY last_end DESC, id LIMIT $3
            """, [.text(room.text), .integer(instant.microseconds), .integer(Int64(limit))]
        ).map(booking)
    }

    /// The same of somebody.
    static func all(
        of holder: String, since instant: Timestamp, limit: Int, in reader: some SQLReading
    ) throws -> [Booking] {
        try reader.query(
            """
            SELECT \(columns) FROM classroom_booking
            WHERE holder = $1 AND (last_end > $2 OR changed_at > $2) ORDER BY last_end DESC, id LIMIT $3
            """, [.text(holder), .integer(instant.microseconds), .integer(Int64(limit))]
        ).map(booking)
    }

    /// Bookings that wait to be approved, the oldest first.
    static func requested(
        at sites: SiteScope, after: String?, limit: Int, in reader: some SQLReading
    ) throws -> [Booking] {
        var conditions = Conditions()
        conditions.add("status = 'requested'")
        conditions.add("(SELECT site FROM classroom c WHERE c.id = classroom_booking.classroom)", isOneOf: sites.names)
        if let after {
            let place = conditions.place(.text(after))
            conditions.add(
                "(created_at, id) > (SELECT created_at, id FROM classroom_booking WHERE id = \(place))")
        }
        let bound = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "SELECT \(columns) FROM classroom_booking WHERE \(conditions.text) ORDER BY created_at, id LIMIT \(bound)",
            conditions.arguments
        ).map(booking)
    }

    /// How many bookings wait to be approved.
    static func countRequested(at sites: SiteScope, in reader: some SQLReading) throws -> Int64 {
        var conditions = Conditions()
        conditions.add("status = 'requested'")
        conditions.add("(SELECT site FROM classroom c WHERE c.id = classroom_booking.classroom)", isOneOf: sites.names)
        return try reader.queryOne(
            "SELECT COUNT(*) FROM classroom_booking WHERE \(conditions.text)", conditions.arguments
        ).integer(0)
    }

    static func booking(_ row: Row) throws -> Booking {
        guard let room = ClassroomID(try row.text("classroom")),
            let start = WallTime(iso8601: try row.text("start")),
            let status = Booking.Status(rawValue: try row.text("status")),
            let source = Booking.Source(rawValue: try row.text("source"))
        else { throw SQLFailure(.wrongType, "a row of classroom_booking holds no booking") }
        var booking = Booking(
            id: try row.text("id"), classroom: room, holder: try row.optionalText("holder"),
            purpose: try row.text("purpose"), rule: try row.optionalText("rule"), start: start,
            minutes: try row.integer("minutes"), zone: try row.text("zone"), status: status, source: source,
            uid: try row.text("uid"), createdAt: Timestamp(microseconds: try row.integer("created_at")))
        booking.sequence = try row.integer("sequence")
        booking.remark = try row.text("remark")
        booking.changedAt = Timestamp(microseconds: try row.integer("changed_at"))
        return booking
    }
}
