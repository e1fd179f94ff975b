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
        try ReservationTable.holding(spot, in: reader)
    }

    /// The spots that are held, of one lot or of all, with the reservation that holds each: what a handler that has just read its spots
    /// asks instead of `holds` for each of them.
    package func held(in lot: LotID? = nil, in reader: some SQLReading) throws -> [DeviceID: String] {
        try ReservationTable.held(in: lot, in: reader)
    }

    /// What time has done to the reservations up to an instant, each thing once: what was given is noted in the same transaction.
    /// Ask after silence was judged in this tick: a spot of which nothing is known is not released.
    package func steps(upTo now: Timestamp, in transaction: Transaction) throws -> [BookingStep] {
        let due = try ReservationTable.due(by: now, limit: Bookings.stepsAtOnce, in: transaction)
        var steps: [BookingStep] = []
        for (known, status) in due {
            var reservation = known
            let step = reservation.advance(to: now, status: status)
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
        let until = instant.advanced(bySeconds: BookingRules.earlySeconds)
        guard var reservation = try ReservationTable.waiting(in: spot, at: instant, beginningBy: until, in: transaction)
        else { return nil }
        if reservation.state == .active {
            reservation.arrive(at: instant)
            try ReservationTable.update(reservation, in: transaction)
        }
        return reservation.id
    }
}
