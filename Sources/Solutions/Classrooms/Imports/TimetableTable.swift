internal import HubModel
internal import SQL

/// The tables `classroom_timetable` and `classroom_timetable_entry`: which bookings came from which timetable.
enum TimetableTable {
    /// A timetable, as it is listed.
    struct Listed: Sendable {
        let site: SiteID
        let name: String
        let entries: Int64
        let changedAt: Timestamp
        /// By `Person.id`; nil: somebody without an account.
        let changedBy: String?
    }

    /// The timetables at these sites, by their names.
    static func all(at sites: SiteScope, in reader: some SQLReading) throws -> [Listed] {
        var conditions = Conditions()
        conditions.add("t.site", isOneOf: sites.names)
        return try reader.query(
            """
            SELECT t.site, t.name, t.changed_at, t.changed_by,
                (SELECT COUNT(*) FROM classroom_timetable_entry e WHERE e.site = t.site AND e.timetable = t.name) AS entries
            FROM classroom_timetable t WHERE \(conditions.text) ORDER BY t.site, t.name
            """, conditions.arguments
        ).compactMap { row in
            guard let site = SiteID(try row.text("site")) else { return nil }
            return Listed(
                site: site, name: try row.text("name"), entries: try row.integer("entries"),
                changedAt: Timestamp(microseconds: try row.integer("changed_at")),
                changedBy: try row.optionalText("changed_by"))
        }
    }

    /// What a timetable has booked.
    static func known(
        _ name: String, at site: SiteID, now: Timestamp, in reader: some SQLReading
    ) throws -> [TimetablePlan.Known] {
        try reader.query(
            """
            SELECT e.uid, e.booking, e.fingerprint, b.classroom, b.purpose, b.holder, b.status
            FROM classroom_timetable_entry e JOIN classroom_booking b ON b.id = e.booking
            WHERE e.site = $1 AND e.timetable = $2 ORDER BY e.uid
            """, [.text(site.text), .text(name)]
        ).compactMap { row in
            guard let room = ClassroomID(try row.text("classroom")),
                let status = Booking.Status(rawValue: try row.text("status"))
            else { return nil }
            let booking = try row.text("booking")
            let future = try reader.query(
                "SELECT id FROM classroom_occurrence WHERE booking = $1 AND begin > $2 AND NOT is_cancelled",
                [.text(booking), .integer(now.microseconds)]
            ).map { try $0.text(0) }
            return TimetablePlan.Known(
                uid: try row.text("uid"), booking: booking, room: room, purpose: try row.text("purpose"),
                holder: try row.optionalText("holder"), fingerprint: try row.text("fingerprint"),
                holdsTime: status.holdsTime, future: Set(future))
        }
    }

    /// Notes that a timetable was imported.
    static func touch(
        _ name: String, at site: SiteID, by person: String?, _ instant: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_timetable (site, name, changed_at, changed_by) VALUES ($1, $2, $3, $4)
            ON CONFLICT (site, name) DO UPDATE SET changed_at = $3, changed_by = $4
            """, [.text(site.text), .text(name), .integer(instant.microseconds), SQLValue(person)])
    }

    /// Notes which booking a lesson has.
    static func put(
        _ uid: String, booking: String, fingerprint: String, of name: String, at site: SiteID,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_timetable_entry (site, timetable, uid, booking, fingerprint) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (site, timetable, uid) DO UPDATE SET booking = $4, fingerprint = $5
            """, [.text(site.text), .text(name), .text(uid), .text(booking), .text(fingerprint)])
    }

    /// Forgets a lesson; its booking stays as it is.
    static func forget(_ uid: String, of name: String, at site: SiteID, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM classroom_timetable_entry WHERE site = $1 AND timetable = $2 AND uid = $3",
            [.text(site.text), .text(name), .text(uid)])
    }

    /// Removes a timetable with its list of lessons; their bookings stay as they are.
    static func remove(_ name: String, at site: SiteID, in transaction: Transaction) throws {
        let arguments: [SQLValue] = [.text(site.text), .text(name)]
        try transaction.execute(
            "DELETE FROM classroom_timetable_entry WHERE site = $1 AND timetable = $2", arguments)
        try transaction.execute("DELETE FROM classroom_timetable WHERE site = $1 AND name = $2", arguments)
    }
}
