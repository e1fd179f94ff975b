internal import HubModel
internal import SQL
internal import SolutionKit

/// Who books, and what they may.
struct Booker: Sendable {
    /// By `Person.id`; nil: somebody without an account, on an open hub.
    let person: String?
    /// Whether they may book for as long, as often and as far ahead as they like, and need nobody's approval.
    let isManager: Bool
    /// Whether they may see whose a booking is.
    let seesBookers: Bool
    /// Knows what people are called.
    let people: any PeopleDirectory
}

/// Gives the time of rooms away and takes it back, in the tables alone. Two bookings never have the same time of a room: the key of the
/// calendar's table sees to that, whatever races.
struct BookingDesk: Sendable {
    let settings: ClassroomSettings

    private static let calendar = ClassroomTables.calendar

    /// Books.
    /// - Parameters:
    ///   - booking: what is booked; its status says whether it waits for approval.
    ///   - times: when, in order.
    /// - Throws: `conflict` with what is in the way; `limit_reached` for somebody who has too many.
    func book(
        _ booking: Booking, _ times: [BookingPlan.Time], in room: Classroom, for booker: Booker, at now: Timestamp,
        in transaction: Transaction
    ) throws {
        try checkOpen(of: booker, in: room, at: now, in: transaction)
        guard let last = times.last else { preconditionFailure("a booking without any time") }
        try BookingTable.write(booking, lastEnd: last.end, in: transaction)
        try take(times, from: 0, of: booking, in: room, for: booker, madeAt: now, in: transaction)
    }

    /// Takes times for a booking that is in its table.
    /// - Parameter first: the number of the first of them among the booking's.
    /// - Throws: `conflict` with what is in the way.
    func take(
        _ times: [BookingPlan.Time], from first: Int, of booking: Booking, in room: Classroom, for booker: Booker,
        madeAt: Timestamp, in transaction: Transaction
    ) throws {
        for (index, time) in times.enumerated() {
            let occurrence = BookingOccurrence(
                id: "\(booking.id).\(first + index)", booking: booking.id, classroom: room.id,
                recurrenceID: time.recurrenceID, begin: time.begin, end: time.end, madeAt: madeAt)
            try take(occurrence, in: room, for: booker, in: transaction)
        }
        try checkWeeks(of: booker, with: times.lazy.map { $0.begin..<$0.end }, in: room, in: transaction)
    }

    /// Takes one time.
    /// - Throws: `conflict` with what is in the way.
    func take(
        _ occurrence: BookingOccurrence, in room: Classroom, for booker: Booker, in transaction: Transaction
    ) throws {
        let slots = slots(from: occurrence.begin, to: occurrence.end, in: room)
        let isFree = try BookingDesk.calendar.claim(room.id.text, [slots], for: occurrence.id, in: transaction) {
            try OccurrenceTable.write(occurrence, in: transaction)
        }
        guard !isFree else { return }
        throw try conflict(with: slots, in: room, for: booker, in: transaction)
    }

    /// Gives back what a booking has from an instant on, and removes the times that have not begun.
    func giveBack(_ occurrences: [BookingOccurrence], from instant: Timestamp, in transaction: Transaction) throws {
        for occurrence in occurrences {
            try BookingDesk.calendar.release(occurrence.id, from: instant, in: transaction)
        }
    }

    /// The slots of a time, with those that stay free behind it.
    func slots(from begin: Timestamp, to end: Timestamp, in room: Classroom) -> TimeSlots {
        BookingDesk.calendar.slots(from: begin, to: end.advanced(bySeconds: room.bufferMinutes * 60))
    }

    private func conflict(
        with slots: TimeSlots, in room: Classroom, for booker: Booker, in transaction: Transaction
    ) throws -> Refusal {
        let holder = try BookingDesk.calendar.holder(of: room.id.text, during: [slots], in: transaction)
        guard let holder, let occurrence = try OccurrenceTable.one(holder, in: transaction),
            let booking = try BookingTable.one(occurrence.booking, in: transaction)
        else { return Refusal(.conflict, "\(room.name) is booked at that time: choose another.") }
        let isVisible = booker.seesBookers || booking.holder != nil && booking.holder == booker.person
        let name = isVisible ? try booking.holder.flatMap { try booker.people.known($0, in: transaction)?.name } : nil
        return Refusal(
            .conflict, "\(room.name) is booked from \(occurrence.begin) to \(occurrence.end): choose another time.",
            members: [
                RefusalMember("conflict") { json in
                    json.object { json in
                        json.member("booking_id", booking.id)
                        json.member("start", occurrence.begin)
                        json.member("end", occurrence.end)
                        json.member("purpose", isVisible ? booking.purpose : nil)
                        json.member("holder", name)
                    }
                }
            ])
    }
}
