internal import HubModel
internal import SQL
internal import SolutionKit

/// The line before a time of a room that is taken. Whatever frees time serves it in the same transaction, so nobody comes in between.
extension ClassroomsHandler {
    /// Puts somebody in the line for a time.
    /// - Throws: `value_out_of_range` for what may not be booked; `conflict` when the time is free, or they wait for it already;
    ///   `limit_reached`.
    func join(
        _ wish: BookingWish, in entry: ClassroomEntry, for booker: Booker, id: String, in line: inout LineContext
    ) throws -> WaitingEntry {
        let (transaction, now) = (try line.transaction(), line.now)
        let plan = try BookingPlan(wish, in: entry.room, limits(of: booker), at: now)
        guard plan.rule == nil, let time = plan.times.first else {
            throw Refusal(.valueOutOfRange, "One waits for a single time: leave rrule out.")
        }
        guard time.begin > now else { throw Refusal(.valueOutOfRange, "start lies in the past.") }
        let slots = desk.slots(from: time.begin, to: time.end, in: entry.room)
        guard
            let holder = try ClassroomTables.calendar.holder(
                of: entry.room.id.text, during: [slots], in: transaction)
        else { throw Refusal(.conflict, "\(entry.room.name) is free then: book it.") }
        if let taken = try OccurrenceTable.one(holder, in: transaction), taken.begin <= time.begin,
            taken.end >= time.end, let booking = try BookingTable.one(taken.booking, in: transaction),
            booking.isOwn(of: booker.person)
        {
            throw Refusal(.conflict, "That time is in a booking of yours.")
        }
        try WaitingTable.removePast(of: entry.room.id, at: now, in: transaction)
        let own = try WaitingTable.all(of: booker.person, at: now, in: transaction)
        guard !own.contains(where: { $0.classroom == entry.room.id && $0.time.overlaps(time.begin..<time.end) }) else {
            throw Refusal(.conflict, "You wait for that time already.")
        }
        guard own.count < WaitingEntry.mostOfPerson else {
            throw Refusal(
                .limitReached, "You wait for \(own.count) times: leave one of these lines to join another.")
        }
        let others = try WaitingTable.all(of: entry.room.id, at: now, in: transaction)
        guard others.count(where: { $0.time.overlaps(time.begin..<time.end) }) < WaitingEntry.mostOfTime else {
            throw Refusal(.limitReached, "\(WaitingEntry.mostOfTime) people wait for that time: choose another.")
        }
        let waiting = WaitingEntry(
            id: id, classroom: entry.room.id, holder: booker.person, purpose: wish.purpose,
            time: time.begin..<time.end, joinedAt: now)
        try WaitingTable.insert(waiting, in: transaction)
        return waiting
    }

    /// Gives what is free of a room to those who wait for it, the first in line first. Memory and pages are for the caller.
    /// - Returns: what was booked.
    func serveLine(of entry: ClassroomEntry, in line: inout LineContext) throws -> [Booking] {
        let (transaction, now) = (try line.transaction(), line.now)
        var served: [Booking] = []
        for waiting in try WaitingTable.all(of: entry.room.id, at: now, in: transaction) {
            let slots = desk.slots(from: waiting.time.lowerBound, to: waiting.time.upperBound, in: entry.room)
            let holder = try ClassroomTables.calendar.holder(
                of: entry.room.id.text, during: [slots], in: transaction)
            guard holder == nil, let booking = try book(waiting, in: entry, &line) else { continue }
            try WaitingTable.remove(waiting.id, in: transaction)
            served.append(booking)
        }
        return served
    }

    /// The same with what follows from it.
    func handOn(_ entry: ClassroomEntry, in line: inout LineContext) throws {
        let served = try serveLine(of: entry, in: &line)
        guard !served.isEmpty else { return }
        try refresh(entry, in: &line)
        for booking in served { showBookings(of: entry, booking, in: &line) }
    }

    /// Books what somebody waited for.
    /// - Returns: nil: they may not have it now; they stay in the line.
    private func book(
        _ waiting: WaitingEntry, in entry: ClassroomEntry, _ line: inout LineContext
    ) throws -> Booking? {
        let (transaction, now, room) = (try line.transaction(), line.now, entry.room)
        var isManager = true
        if let holder = waiting.holder {
            guard let rights = try people.rights(of: holder, in: transaction),
                rights.grants.allows(.bookClassrooms, at: room.site)
            else { return nil }
            isManager = rights.grants.allows(.manageBookings, at: room.site)
        }
        let booker = Booker(person: waiting.holder, isManager: isManager, seesBookers: false, people: people)
        do {
            // Hours of opening, and what they may have, are perhaps other than when they came.
            let plan = try BookingPlan(
                BookingWish(
                    start: .instant(waiting.time.lowerBound), end: .instant(waiting.time.upperBound),
                    purpose: waiting.purpose), in: room, limits(of: booker), at: now)
            let booking = Booking(
                id: waiting.id, classroom: room.id, holder: waiting.holder, purpose: waiting.purpose, rule: nil,
                start: plan.start, minutes: plan.minutes, zone: room.zone,
                status: room.needsApproval && !isManager ? .requested : .confirmed, source: .waiting,
                uid: "\(waiting.id)@martlet", createdAt: now)
            try transaction.savepoint {
                try desk.book(booking, plan.times, in: room, for: booker, at: now, in: transaction)
            }
            return booking
        } catch is Refusal {
            return nil
        }
    }
}
