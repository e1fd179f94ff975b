package import HubModel
package import SQL

/// What reservations do to a spot.
package enum BookingStep: Hashable, Sendable {
    /// A reservation begins to hold its spot.
    case begins(spot: DeviceID, reservation: String)
    /// It lets go of it.
    case ends(spot: DeviceID, reservation: String)
}

/// The reservations, as the line sees them. All that is known is in the tables: after a restart, and after a batch that was undone,
/// everything goes on where it was.
package struct Bookings: Sendable {
    /// At most so many reservations are brought forward in one call; the rest in the next.
    static let stepsAtOnce: Int64 = 1_000

    package init() {}

    /// Whose reservation holds a spot at an instant; nil: nobody's.
    package func holds(_ spot: DeviceID, at instant: Timestamp, in reader: some SQLReading) throws -> String? {
        try reader.queryFirst(
            """
            SELECT id FROM parking_reservation
            WHERE spot = $1 AND due_at IS NOT NULL AND begins_at <= $2 AND ends_at > $2 ORDER BY begins_at LIMIT 1
            """,
            [.text(spot.text), .integer(instant.microseconds)]
        ).map { try $0.text("id") }
    }

    /// The spots that are held at an instant, of one lot or of all, with the reservation that holds each: what a handler that has
    /// just read its spots asks instead of `holds` for each of them.
    package func held(in lot: LotID? = nil, at instant: Timestamp, in reader: some SQLReading) throws -> [DeviceID:
        String]
    {
        var found: [DeviceID: String] = [:]
        try reader.queryEach(
            """
            SELECT id, spot FROM parking_reservation
            WHERE due_at IS NOT NULL AND begins_at <= $1 AND ends_at > $1 AND (CAST($2 AS TEXT) IS NULL OR lot = $2)
            """,
            [.integer(instant.microseconds), SQLValue(lot?.text)]
        ) { row in
            if let spot = DeviceID(try row.text("spot")) { found[spot] = try row.text("id") }
        }
        return found
    }

    /// What time has done to the reservations up to an instant, each thing once: what was given is noted in the same transaction.
    /// Ask after silence was judged in this tick: a spot of which nothing is known is not released.
    package func steps(upTo now: Timestamp, in transaction: Transaction) throws -> [BookingStep] {
        let due = try transaction.query(
            """
            SELECT r.*, s.status AS spot_status FROM parking_reservation r LEFT JOIN parking_spot s ON s.id = r.spot
            WHERE r.due_at <= $1 ORDER BY r.due_at, r.id LIMIT $2
            """,
            [.integer(now.microseconds), .integer(Bookings.stepsAtOnce)])
        var steps: [BookingStep] = []
        for row in due {
            var reservation = try Reservation(row)
            let step = reservation.advance(
                to: now, status: try row.optionalText("spot_status").flatMap(SpotStatus.init(rawValue:)))
            try ReservationTable.update(reservation, in: transaction)
            switch step {
            case .begins: steps.append(.begins(spot: reservation.spot, reservation: reservation.id))
            case .ends: steps.append(.ends(spot: reservation.spot, reservation: reservation.id))
            case nil: break
            }
        }
        // Where one reservation follows the other, the spot must not look free to whoever takes the steps in their order.
        return steps.filter(\.isEnd) + steps.filter { !$0.isEnd }
    }

    /// A car came to a spot: whose reservation it is, is used from now on. A car that comes a little before a reservation counts too.
    /// - Returns: the reservation; nil if none waits for a car there.
    package func arrived(_ spot: DeviceID, at instant: Timestamp, in transaction: Transaction) throws -> String? {
        let row = try transaction.queryFirst(
            """
            SELECT * FROM parking_reservation
            WHERE spot = $1 AND due_at IS NOT NULL AND begins_at <= $2 AND ends_at > $3 ORDER BY begins_at LIMIT 1
            """,
            [
                .text(spot.text), .integer(instant.advanced(bySeconds: BookingRules.earlySeconds).microseconds),
                .integer(instant.microseconds),
            ])
        guard let row else { return nil }
        var reservation = try Reservation(row)
        if reservation.state == .active {
            reservation.arrive(at: instant)
            try ReservationTable.update(reservation, in: transaction)
        }
        return reservation.id
    }
}

extension BookingStep {
    fileprivate var isEnd: Bool {
        if case .ends = self { return true }
        return false
    }
}
