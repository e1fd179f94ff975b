internal import HubModel
internal import SQL
internal import SolutionKit

extension Reservation {
    /// A row of `parking_reservation`.
    init(_ row: Row) throws {
        guard let lot = LotID(try row.text("lot")), let spot = DeviceID(try row.text("spot")),
            let state = ReservationState(rawValue: try row.text("state"))
        else { throw SQLFailure(.wrongType, "a reservation's row is not one") }
        func instant(_ name: String) throws -> Timestamp? {
            try row.optionalInteger(name).map(Timestamp.init(microseconds:))
        }
        self.init(
            id: try row.text("id"), lot: lot, spot: spot, account: try row.optionalText("account"),
            name: try row.optionalText("name"),
            time: TimeSlots(
                from: Timestamp(microseconds: try row.integer("begins_at")),
                to: Timestamp(microseconds: try row.integer("ends_at"))),
            createdAt: Timestamp(microseconds: try row.integer("created_at")))
        releaseAt = Timestamp(microseconds: try row.integer("release_at"))
        self.state = state
        isHeld = try row.boolean("is_held")
        dueAt = try instant("due_at")
        arrivedAt = try instant("arrived_at")
        endedAt = try instant("ended_at")
    }
}

/// The rows of `parking_reservation` and of the quarters they take.
enum ReservationTable {
    /// Which reservation has which spot when.
    static let calendar = BookingCalendar(
        table: "parking_reserved_quarter", resource: "spot", slot: "quarter", holder: "reservation")

    /// Writes a new one, without the quarters that it takes.
    static func insert(_ reservation: Reservation, for holder: BookingHolder, in transaction: Transaction) throws {
        var address: String?
        var codeHash: [UInt8]?
        if case .stranger(let from, let hash) = holder { (address, codeHash) = (from, hash) }
        try transaction.execute(
            """
            INSERT INTO parking_reservation (id, lot, spot, account, name, address, code_hash, begins_at, ends_at,
                release_at, state, is_held, due_at, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .text(reservation.id), .text(reservation.lot.text), .text(reservation.spot.text),
                SQLValue(reservation.account), SQLValue(reservation.name), SQLValue(address), SQLValue(codeHash),
                .integer(reservation.beginsAt.microseconds), .integer(reservation.endsAt.microseconds),
                .integer(reservation.releaseAt.microseconds), .text(reservation.state.rawValue),
                SQLValue(reservation.isHeld), SQLValue(reservation.dueAt?.microseconds),
                .integer(reservation.createdAt.microseconds),
            ])
    }

    /// Writes what has become of one. Once it is over its quarters are free, and where it came from is forgotten.
    static func update(_ reservation: Reservation, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE parking_reservation SET release_at = $2, state = $3, is_held = $4, due_at = $5, arrived_at = $6,
                ended_at = $7, address = CASE WHEN CAST($5 AS BIGINT) IS NULL THEN NULL ELSE address END
            WHERE id = $1
            """,
            [
                .text(reservation.id), .integer(reservation.releaseAt.microseconds), .text(reservation.state.rawValue),
                SQLValue(reservation.isHeld), SQLValue(reservation.dueAt?.microseconds),
                SQLValue(reservation.arrivedAt?.microseconds), SQLValue(reservation.endedAt?.microseconds),
            ])
        guard !reservation.isOpen else { return }
        try calendar.release(reservation.id, in: transaction)
    }

    /// One reservation; nil if there is none of that name.
    static func one(_ id: String, in reader: some SQLReading) throws -> Reservation? {
        try reader.queryFirst("SELECT * FROM parking_reservation WHERE id = $1", [.text(id)]).map(Reservation.init)
    }

    /// One reservation with the SHA-256 of its code; nil if there is none of that name, or it has no code.
    static func withCode(_ id: String, in reader: some SQLReading) throws -> (Reservation, codeHash: [UInt8])? {
        let row = try reader.queryFirst("SELECT * FROM parking_reservation WHERE id = $1", [.text(id)])
        guard let row, let hash = try row.optionalBlob("code_hash") else { return nil }
        return (try Reservation(row), hash)
    }

    /// Whether a spot has a reservation that is not over.
    static func hasOpen(of spot: DeviceID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst(
            "SELECT 1 FROM parking_reservation WHERE spot = $1 AND due_at IS NOT NULL LIMIT 1", [.text(spot.text)]
        ) != nil
    }

    /// Somebody's, the latest first.
    /// - Parameter after: only those behind this one; none if they have no such reservation.
    static func all(
        of account: String, after: String? = nil, limit: Int, in reader: some SQLReading
    ) throws -> [Reservation] {
        var conditions = Conditions()
        conditions.add("r.account", .equals, .text(account))
        if let after {
            conditions.add(
                """
                EXISTS (SELECT 1 FROM parking_reservation p WHERE p.id = \(conditions.place(.text(after)))
                    AND p.account = r.account
                    AND (r.begins_at < p.begins_at OR (r.begins_at = p.begins_at AND r.id > p.id)))
                """)
        }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT r.* FROM parking_reservation r WHERE \(conditions.text)
            ORDER BY r.begins_at DESC, r.id LIMIT \(most)
            """, conditions.arguments
        ).map(Reservation.init)
    }

    /// Those of a lot that touch a time, in order of their beginning.
    /// - Parameter after: only those behind this one; none if there is no such reservation.
    static func all(
        in lot: LotID, from: Timestamp, to: Timestamp, state: ReservationState?, after: String? = nil, limit: Int,
        in reader: some SQLReading
    ) throws -> [Reservation] {
        // None is longer than twelve hours, rounded out to quarters: so far back the index is looked at.
        let longest = BookingRules.lengthSeconds.upperBound + 1_800
        var conditions = Conditions()
        conditions.add("lot", .equals, .text(lot.text))
        conditions.add("begins_at", .isAtLeast, .integer(from.advanced(bySeconds: -longest).microseconds))
        conditions.add("begins_at", .isLess, .integer(to.microseconds))
        conditions.add("ends_at", .isGreater, .integer(from.microseconds))
        if let state { conditions.add("state", .equals, .text(state.rawValue)) }
        if let after {
            let id = conditions.place(.text(after))
            conditions.add(
                "(begins_at, id) > (SELECT begins_at, id FROM parking_reservation WHERE id = \(id))")
        }
        let most = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "SELECT * FROM parking_reservation WHERE \(conditions.text) ORDER BY begins_at, id LIMIT \(most)",
            conditions.arguments
        ).map(Reservation.init)
    }
}
