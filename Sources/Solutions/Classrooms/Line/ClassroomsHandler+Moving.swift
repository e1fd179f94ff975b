internal import HubModel
internal import SQL
internal import SolutionKit

extension ClassroomsHandler {
    /// Moves one time of a booking, and leaves the others where they are. Of one that has begun the end can be moved.
    /// - Parameter recurrenceID: which, by the rule.
    /// - Throws: `value_out_of_range`; `conflict` with what is in the way, for a time that is over or was given up, and where somebody
    ///   has to approve; `limit_reached`.
    func move(
        _ known: Booking, _ recurrenceID: WallTime, to wish: BookingWish, in entry: ClassroomEntry, for booker: Booker,
        in line: inout LineContext
    ) throws -> Booking {
        let (transaction, now) = (try line.transaction(), line.now)
        let all = try OccurrenceTable.all(of: known.id, in: transaction)
        let found = all.first { $0.recurrenceID == recurrenceID && !$0.isCancelled && $0.time.upperBound > now }
        guard known.status.holdsTime, var occurrence = found else {
            throw Refusal(.conflict, "That time of the booking is over, or was given up.")
        }
        guard wish.rule == nil else { throw Refusal(.valueOutOfRange, "One time has no rule: leave rrule out.") }
        var single = wish
        single.purpose = known.purpose
        if known.rule == nil, all.count == 1 { return try change(known, to: single, in: entry, for: booker, in: &line) }
        guard !entry.room.needsApproval || booker.isManager else {
            throw Refusal(
                .conflict, "Bookings of \(entry.room.name) are approved: cancel this time, and ask for another.")
        }
        var booking = known
        booking.sequence += 1
        booking.changedAt = now
        if occurrence.begin <= now {
            try changeEnd(of: occurrence, booking, to: single, in: entry, for: booker, in: &line)
        } else {
            let plan = try BookingPlan(single, in: entry.room, limits(of: booker), at: now)
            guard let time = plan.times.first else { return known }
            try desk.giveBack([occurrence], from: occurrence.begin, in: transaction)
            (occurrence.begin, occurrence.end) = (time.begin, time.end)
            occurrence.isMoved = true
            (occurrence.presence, occurrence.presenceSince) = (.awaited, now)
            try desk.take(occurrence, in: entry.room, for: booker, in: transaction)
            try desk.checkWeeks(of: booker, with: [occurrence.time], in: entry.room, in: transaction)
        }
        let last = try OccurrenceTable.all(of: known.id, in: transaction).lazy.map(\.end).max()
        try BookingTable.write(booking, lastEnd: last ?? now, in: transaction)
        try bookingsChanged(of: entry, booking, in: &line)
        return booking
    }
}
