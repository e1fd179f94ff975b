package import HubModel
package import SQL
package import SolutionKit

/// What a reservation does to its spot.
package struct BookingStep: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// It begins to hold its spot.
        case begins
        /// It lets go of it.
        case ends
    }

    package var kind: Kind
    package var spot: DeviceID
    package var reservation: String
    /// When it was due; a hub that was away does it later.
    package var at: Timestamp

    package init(_ kind: Kind, spot: DeviceID, reservation: String, at: Timestamp) {
        self.kind = kind
        self.spot = spot
        self.reservation = reservation
        self.at = at
    }
}

/// The reservations, as the line sees them. All that is known is in the tables: after a restart, and after a batch that was undone,
/// everything goes on where it was.
package struct Bookings: Sendable {
    /// At most so many reservations are brought forward in one call; the rest in the next.
    static let stepsAtOnce: Int64 = 1_000

    let limits: BookingLimits

    /// Reservations under these settings.
    package init(_ settings: SettingValues = SettingValues()) {
        limits = BookingLimits(settings)
    }

    /// Whose reservation holds a spot; nil: nobody's. What has come due since the last `steps` holds and lets go with the next ones.
    package func holds(_ spot: DeviceID, in reader: some SQLReading) throws -> String? {
        try reader.queryFirst(
            "SELECT id FROM parking_reservation WHERE spot = $1 AND due_at IS NOT NULL AND is_held LIMIT 1",
            [.text(spot.text)]
        ).map { try $0.text("id") }
    }

    /// The spots that are held, of one lot or of all, with the reservation that holds each: what a handler that has just read its spots
    /// asks instead of `holds` for each of them.
    package func held(in lot: LotID? = nil, in reader: some SQLReading) throws -> [DeviceID: String] {
        var found: [DeviceID: String] = [:]
        try reader.queryEach(
            """
            SELECT id, spot FROM parking_reservation
            WHERE due_at IS NOT NULL AND is_held AND (CAST($1 AS TEXT) IS NULL OR lot = $1)
            """,
            [SQLValue(lot?.text)]
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
            if let step {
                steps.append(
                    BookingStep(step.kind, spot: reservation.spot, reservation: reservation.id, at: step.at))
            }
        }
        // Where one reservation follows the other, the spot must not look free to whoever takes the steps in their order.
        return steps.filter { $0.kind == .ends } + steps.filter { $0.kind == .begins }
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
