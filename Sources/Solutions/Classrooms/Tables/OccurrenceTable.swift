internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom_occurrence`: the times that bookings take of their rooms.
enum OccurrenceTable {
    private static let columns = """
        o.id, o.booking, o.classroom, o.recurrence_id, o.begin, o.finish, o.ended_at, o.is_cancelled, o.is_moved,
        o.presence, o.presence_since, o.made_at
        """

    /// Writes all of an occurrence, a new one or one that is there.
    static func write(_ occurrence: BookingOccurrence, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_occurrence (id, booking, classroom, recurrence_id, begin, finish, ended_at,
                is_cancelled, is_moved, presence, presence_since, made_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (id) DO UPDATE SET begin = $5, finish = $6, ended_at = $7, is_cancelled = $8, is_moved = $9,
                presence = $10, presence_since = $11
            """,
            [
                .text(occurrence.id), .text(occurrence.booking), .text(occurrence.classroom.text),
                .text(occurrence.recurrenceID.description), .integer(occurrence.begin.microseconds),
                .integer(occurrence.end.microseconds), SQLValue(occurrence.endedAt?.microseconds),
                SQLValue(occurrence.isCancelled), SQLValue(occurrence.isMoved), .text(occurrence.presence.rawValue),
                .integer(occurrence.presenceSince.microseconds), .integer(occurrence.madeAt.microseconds),
            ])
    }

    /// Removes the occurrences of a booking that have not begun, for others to take their place.
    static func removeFuture(of booking: String, from instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM classroom_occurrence WHERE booking = $1 AND begin >= $2",
            [.text(booking), .integer(instant.microseconds)])
    }

    /// One occurrence; nil when there is none.
    static func one(_ id: String, in reader: some SQLReading) throws -> BookingOccurrence? {
        try reader.queryFirst("SELECT \(columns) FROM classroom_occurrence o WHERE o.id = $1", [.text(id)])
            .map(occurrence)
    }

    /// The occurrences of a booking, in order.
    static func all(
        of booking: String, from: Timestamp? = nil, limit: Int = 1_000, in reader: some SQLReading
    ) throws -> [BookingOccurrence] {
        try reader.query(
            """
            SELECT \(columns) FROM classroom_occurrence o WHERE o.booking = $1 AND o.finish > $2
            ORDER BY o.begin, o.id LIMIT $3
            """,
            [.text(booking), .integer(from?.microseconds ?? .min), .integer(Int64(limit))]
        ).map(occurrence)
    }

    /// What takes time of a room, or of all rooms, between two instants, in order: what was cancelled and what was declined is left out.
    static func items(
        of room: ClassroomID?, from: Timestamp, to: Timestamp, in reader: some SQLReading
    ) throws -> [RoomWindow.Item] {
        var conditions = Conditions()
        if let room { conditions.add("o.classroom", .equals, .text(room.text)) }
        // No booking is longer than a fortnight: the index finds the rows by their beginning.
        conditions.add("o.begin", .isGreater, .integer(from.advanced(bySeconds: -1_209_600).microseconds))
        conditions.add("o.begin", .isLess, .integer(to.microseconds))
        conditions.add("COALESCE(o.ended_at, o.finish)", .isGreater, .integer(from.microseconds))
        return try reader.query(
            """
            SELECT \(columns), b.holder, b.purpose, b.status FROM classroom_occurrence o
            JOIN classroom_booking b ON b.id = o.booking
            WHERE \(conditions.text) AND NOT o.is_cancelled AND b.status IN ('requested', 'confirmed')
            ORDER BY o.begin, o.id
            """, conditions.arguments
        ).map { row in
            RoomWindow.Item(
                try occurrence(row), holder: try row.optionalText("holder"), purpose: try row.text("purpose"),
                isRequested: try row.text("status") == Booking.Status.requested.rawValue)
        }
    }

    static func occurrence(_ row: Row) throws -> BookingOccurrence {
        guard let room = ClassroomID(try row.text("classroom")),
            let recurrenceID = WallTime(iso8601: try row.text("recurrence_id")),
            let presence = PresenceState(rawValue: try row.text("presence"))
        else { throw SQLFailure(.wrongType, "a row of classroom_occurrence holds no occurrence") }
        var occurrence = BookingOccurrence(
            id: try row.text("id"), booking: try row.text("booking"), classroom: room, recurrenceID: recurrenceID,
            begin: Timestamp(microseconds: try row.integer("begin")),
            end: Timestamp(microseconds: try row.integer("finish")),
            madeAt: Timestamp(microseconds: try row.integer("made_at")))
        occurrence.endedAt = try row.optionalInteger("ended_at").map(Timestamp.init(microseconds:))
        occurrence.isCancelled = try row.boolean("is_cancelled")
        occurrence.isMoved = try row.boolean("is_moved")
        occurrence.presence = presence
        occurrence.presenceSince = Timestamp(microseconds: try row.integer("presence_since"))
        return occurrence
    }
}

/// The table `classroom_proof`: what the sensor saw when the rest of a booking was given away.
enum ProofTable {
    /// Keeps a proof.
    static func insert(_ proof: ReleaseProof, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_proof
                (occurrence, device, warned_at, released_at, last_occupied, seen_since, last_seen)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(proof.occurrence), .text(proof.device.text), .integer(proof.warnedAt.microseconds),
                .integer(proof.releasedAt.microseconds), SQLValue(proof.lastOccupied?.microseconds),
                .integer(proof.seenSince.microseconds), .integer(proof.lastSeen.microseconds),
            ])
    }

    /// The proof of an occurrence; nil: its rest was not given away.
    static func one(_ occurrence: String, in reader: some SQLReading) throws -> ReleaseProof? {
        try reader.queryFirst(
            """
            SELECT device, warned_at, released_at, last_occupied, seen_since, last_seen FROM classroom_proof
            WHERE occurrence = $1
            """, [.text(occurrence)]
        ).flatMap { row in
            guard let device = DeviceID(try row.text(0)) else { return nil }
            return ReleaseProof(
                occurrence: occurrence, device: device, warnedAt: Timestamp(microseconds: try row.integer(1)),
                releasedAt: Timestamp(microseconds: try row.integer(2)),
                lastOccupied: try row.optionalInteger("last_occupied").map(Timestamp.init(microseconds:)),
                seenSince: Timestamp(microseconds: try row.integer(4)),
                lastSeen: Timestamp(microseconds: try row.integer(5)))
        }
    }
}
