package import HubModel
package import SQL
internal import SolutionKit

extension Bookings {
    /// Reserves a spot, or one of the spots of a kind.
    /// - Parameter id: what it will be called, made by `RandomName`.
    /// - Throws: `Refusal`: `value_out_of_range` for a time that may not be reserved, `not_found` for a spot that the lot
    ///   has not, `conflict` when the time is taken, `limit_reached` when the holder has too many.
    package func make(
        _ wanted: BookingRequest, in lot: LotID, for holder: BookingHolder, id: String, at now: Timestamp,
        in transaction: Transaction
    ) throws -> Reservation {
        try BookingRules.check(from: wanted.from, to: wanted.to, by: holder, at: now)
        let candidates = try candidates(for: wanted, in: lot, at: now, in: transaction)
        try count(holder, in: lot, in: transaction)
        let time = TimeSlots(from: wanted.from, to: wanted.to)
        var account: String?
        if case .account(let name, _) = holder { account = name }
        func reservation(of spot: DeviceID) -> Reservation {
            Reservation(
                id: id, lot: lot, spot: spot, account: account, name: wanted.name, time: time, createdAt: now)
        }
        let spot = try ReservationTable.calendar.claimFirst(
            of: candidates, named: \.text, time, for: id, in: transaction
        ) { try ReservationTable.insert(reservation(of: $0), for: holder, in: transaction) }
        if let spot { return reservation(of: spot) }
        throw try taken(time, wanted, in: lot, in: transaction)
    }

    /// Gives a reservation up.
    /// - Throws: `Refusal` with `conflict` when it is over already, `not_found` when there is none.
    package func cancel(_ id: String, at now: Timestamp, in transaction: Transaction) throws -> Reservation {
        guard var reservation = try ReservationTable.one(id, in: transaction) else {
            throw Refusal(.notFound, "There is no such reservation.")
        }
        try reservation.cancel(at: now)
        try ReservationTable.update(reservation, in: transaction)
        return reservation
    }

    /// The spots of a lot that can be reserved for a time, those first that are the best guess to be free then.
    package func free(
        in lot: LotID, from: Timestamp, to: Timestamp, at now: Timestamp, in reader: some SQLReading
    ) throws -> [(spot: DeviceID, kind: SpotKind)] {
        try ReservationTable.free(in: lot, time: TimeSlots(from: from, to: to), at: now, in: reader)
    }

    /// The spots to try, in order: enough of them that another writer who took some leaves one.
    private func candidates(
        for wanted: BookingRequest, in lot: LotID, at now: Timestamp, in transaction: Transaction
    ) throws -> [DeviceID] {
        guard let spot = wanted.spot else {
            let kind = wanted.kind ?? .standard
            let free = try free(in: lot, from: wanted.from, to: wanted.to, at: now, in: transaction)
            return Array(free.lazy.filter { $0.kind == kind }.map(\.spot).prefix(20))
        }
        guard let found = try SpotTable.one(spot, in: transaction), found.lot == lot else {
            throw Refusal(.notFound, "\(lot) has no spot \(spot).")
        }
        if let kind = wanted.kind, found.facts.kind != kind {
            throw Refusal(.identifierMismatch, "\(spot) is \(found.facts.kind.rawValue), not \(kind.rawValue).")
        }
        guard !found.state.isOutOfService else { throw Refusal(.conflict, "\(spot) is out of service.") }
        // What begins now needs a spot that is known to be free now.
        guard TimeSlots(from: wanted.from, to: wanted.to).begin <= now else { return [spot] }
        switch found.status(at: now) {
        case .free, .reserved: break
        case .occupied:
            throw Refusal(.conflict, "\(spot) is occupied now; reserve it for later, or take another one.")
        case .unknown, .outOfService: throw Refusal(.conflict, "Nothing is known of \(spot) now.")
        }
        return [spot]
    }

    /// Holds the number of reservations that are not over within bounds.
    private func count(_ holder: BookingHolder, in lot: LotID, in transaction: Transaction) throws {
        switch holder {
        case .account(let account, let isStaff):
            let limit = isStaff ? limits.perStaff : limits.perAccount
            let open = try ReservationTable.countOpen(ofAccount: account, in: transaction)
            guard open < limit else {
                throw Refusal(
                    .limitReached, "You have \(open) reservations that are not over; give one up to make another.")
            }
        case .stranger(let address, _):
            let open = try ReservationTable.countOpen(fromAddress: address, in: transaction)
            guard open < limits.perAddress else {
                throw Refusal(
                    .limitReached, "\(open) spots are reserved from your address; sign in to reserve more.")
            }
            let spots = try SpotTable.count(of: lot, in: transaction)
            let byStrangers = try ReservationTable.countSpotsOfStrangers(in: lot, in: transaction)
            guard byStrangers < max(1, spots / BookingRules.spotsPerStranger) else {
                throw Refusal(.limitReached, "No more spots of \(lot) can be reserved without signing in.")
            }
        }
    }

    /// Says which time is in the way.
    private func taken(
        _ time: TimeSlots, _ wanted: BookingRequest, in lot: LotID, in transaction: Transaction
    ) throws -> Refusal {
        let kind = (wanted.kind ?? .standard).rawValue
        let known = try ReservationTable.inTheWay(of: time, wanted.spot, kind: kind, in: lot, in: transaction)
        guard let known else { return Refusal(.conflict, "No \(kind) spot of \(lot) is free at that time.") }
        let span = "from \(known.from) to \(known.to)"
        let detail =
            wanted.spot.map { "\($0) is reserved \(span)." }
            ?? "No \(kind) spot of \(lot) is free at that time; the first that is, \(known.spot), is reserved \(span)."
        let conflict = RefusalMember("conflict") { json in
            json.object { json in
                json.member("spot_id", known.spot)
                json.member("from", known.from)
                json.member("to", known.to)
            }
        }
        return Refusal(.conflict, detail, members: [conflict])
    }
}
