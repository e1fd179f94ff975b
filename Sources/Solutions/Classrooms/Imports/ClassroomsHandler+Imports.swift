internal import HubModel
internal import SQL
internal import SolutionKit

/// Which timetable is imported, and how.
struct TimetableImport: Sendable {
    let site: SiteID
    let name: String
    /// Whether what the file does not have is given up.
    let removesMissing: Bool
    /// Whether nothing is booked when anything is in the way.
    let isWhole: Bool

    /// The most timetables of a site.
    static let mostTimetables = 100

    /// What it would do now.
    func plan(_ file: TimetableFile, at now: Timestamp, in reader: some SQLReading) throws -> TimetablePlan {
        let known = try TimetableTable.known(name, at: site, now: now, in: reader)
        return try TimetablePlan(file, known: known, removesMissing: removesMissing, at: now) { room, slots in
            try ClassroomTables.calendar.claims(of: room.text, during: slots, in: reader)
        }
    }
}

extension ClassroomsHandler {
    /// Imports a timetable: books what is new, changes what is other, gives up what is missing, and leaves alone what is the same.
    /// - Parameter ids: makes names of bookings.
    /// - Returns: what was done.
    /// - Throws: `not_found` for a room that was removed meanwhile; `limit_reached`.
    func take(
        _ file: TimetableFile, _ order: TimetableImport, by booker: Booker, ids: () -> String,
        in line: inout LineContext
    ) throws -> TimetablePlan {
        let (transaction, now) = (try line.transaction(), line.now)
        let plan = try order.plan(file, at: now, in: transaction)
        if order.isWhole, plan.items.contains(where: \.outcome.isTrouble) { return plan }
        let listed = try TimetableTable.all(at: .sites([order.site]), in: transaction)
        guard listed.count < TimetableImport.mostTimetables || listed.contains(where: { $0.name == order.name }) else {
            throw Refusal(
                .limitReached,
                "A site has at most \(TimetableImport.mostTimetables) timetables: remove one, or use its name.")
        }
        try TimetableTable.touch(order.name, at: order.site, by: booker.person, now, in: transaction)
        try together(in: &line) { line in
            // All that is given up first, so that lessons may change places.
            for item in plan.items {
                guard let known = item.known else { continue }
                switch item.outcome {
                case .removed, .past:
                    try giveUp(known, in: &line)
                    try TimetableTable.forget(known.uid, of: order.name, at: order.site, in: transaction)
                case .changed: try clear(known, andEnd: item.times.isEmpty, in: &line)
                default: break
                }
            }
            for item in plan.items {
                guard let entry = item.entry, item.outcome == .added || item.outcome == .changed else { continue }
                let booking = try book(item, entry, by: booker, ids: ids, in: &line)
                guard let booking = booking ?? item.known?.booking else { continue }
                try TimetableTable.put(
                    entry.uid, booking: booking, fingerprint: entry.fingerprint, of: order.name, at: order.site,
                    in: transaction)
            }
        }
        return plan
    }

    /// Removes a timetable; its lessons that have not begun are given up.
    /// - Throws: `not_found`.
    func removeTimetable(_ name: String, at site: SiteID, in line: inout LineContext) throws -> Int {
        let (transaction, now) = (try line.transaction(), line.now)
        guard try TimetableTable.all(at: .sites([site]), in: transaction).contains(where: { $0.name == name }) else {
            throw Refusal(.notFound, "There is no timetable of this name.")
        }
        let known = try TimetableTable.known(name, at: site, now: now, in: transaction)
        try together(in: &line) { line in for one in known { try giveUp(one, in: &line) } }
        try TimetableTable.remove(name, at: site, in: transaction)
        return known.count { $0.holdsTime && !$0.future.isEmpty }
    }

    /// Gives up what has not begun.
    private func giveUp(_ known: TimetablePlan.Known, in line: inout LineContext) throws {
        guard known.holdsTime, !known.future.isEmpty,
            let booking = try BookingTable.one(known.booking, in: try line.transaction())
        else { return }
        _ = try cancel(booking, onlyFuture: true, remark: "It is no longer in the timetable.", in: &line)
    }

    /// Frees the times of a lesson that have not begun, for others to take their place.
    private func clear(_ known: TimetablePlan.Known, andEnd ends: Bool, in line: inout LineContext) throws {
        if ends { return try giveUp(known, in: &line) }
        guard known.holdsTime else { return }
        let (transaction, now) = (try line.transaction(), line.now)
        let future = try OccurrenceTable.all(of: known.booking, from: now, in: transaction).filter { $0.begin > now }
        try desk.giveBack(future, from: now, in: transaction)
        try OccurrenceTable.removeFuture(of: known.booking, from: now.advanced(byMicroseconds: 1), in: transaction)
    }

    /// Books a lesson anew, or what of it is to come.
    /// - Returns: the name of the booking; nil: there is nothing to book.
    private func book(
        _ item: TimetablePlan.Item, _ entry: TimetableEntry, by booker: Booker, ids: () -> String,
        in line: inout LineContext
    ) throws -> String? {
        guard let first = item.times.first, let last = item.times.last else { return nil }
        let (transaction, now) = (try line.transaction(), line.now)
        guard let room = self[entry.room.id], room.site == entry.room.site else {
            throw ClassroomsHandler.noRoom(entry.room.id)
        }
        let minutes = first.end.microseconds(since: first.begin) / 60_000_000
        if let known = item.known, known.holdsTime, known.holder == entry.holder,
            var booking = try BookingTable.one(known.booking, in: transaction)
        {
            booking.purpose = entry.purpose
            booking.sequence += 1
            booking.changedAt = now
            (booking.start, booking.minutes, booking.rule) = (
                first.recurrenceID, minutes, BookingPlan.rule(of: item.times)
            )
            booking.zone = entry.room.zone
            // A time that was moved and is past keeps its name.
            let past = Set(try OccurrenceTable.all(of: booking.id, in: transaction).map(\.recurrenceID))
            let times = item.times.filter { !past.contains($0.recurrenceID) }
            try BookingTable.write(booking, lastEnd: last.end, in: transaction)
            try desk.take(
                times, from: Int(booking.sequence) * BookingBounds.mostTimes, of: booking, in: room.room, for: booker,
                madeAt: now, in: transaction)
            try bookingsChanged(of: room, booking, in: &line)
            return booking.id
        }
        if let known = item.known {
            // Somebody gave it up, or it is another's now: a new one takes its place.
            try giveUpRest(of: known, in: &line)
        }
        let id = ids()
        let booking = Booking(
            id: id, classroom: entry.room.id, holder: entry.holder, purpose: entry.purpose,
            rule: BookingPlan.rule(of: item.times), start: first.recurrenceID, minutes: minutes, zone: entry.room.zone,
            status: .confirmed, source: .imported, uid: "\(id)@martlet", createdAt: now)
        try desk.book(booking, item.times, in: room.room, for: booker, at: now, in: transaction)
        try bookingsChanged(of: room, booking, in: &line)
        return id
    }

    /// Ends a booking whose times were freed.
    private func giveUpRest(of known: TimetablePlan.Known, in line: inout LineContext) throws {
        let transaction = try line.transaction()
        guard var booking = try BookingTable.one(known.booking, in: transaction), booking.status.holdsTime else {
            return
        }
        booking.sequence += 1
        booking.changedAt = line.now
        booking.remark = "It is another's in the timetable."
        let rest = try OccurrenceTable.all(of: known.booking, in: transaction)
        if rest.allSatisfy({ $0.time.upperBound <= line.now }) { booking.status = .cancelled }
        try BookingTable.write(booking, lastEnd: rest.last?.end ?? line.now, in: transaction)
    }
}
