internal import HubModel
internal import SQL
internal import SolutionKit

/// What people do with bookings: the tables by `BookingDesk`, the memory here.
extension ClassroomsHandler {
    var desk: BookingDesk { BookingDesk(settings: settings) }

    /// What somebody may book.
    func limits(of booker: Booker) -> BookingPlan.Limits {
        BookingPlan.Limits(
            horizonDays: settings.horizonDays,
            longestMinutes: booker.isManager ? BookingBounds.longestMinutesOfManagers : BookingBounds.longestMinutes,
            mostTimes: BookingBounds.mostTimes, keepsHours: !booker.isManager)
    }

    /// Books a room.
    /// - Parameter id: its name, made by `RandomName`.
    /// - Throws: `value_out_of_range` for what may not be booked; `conflict` with what is in the way; `limit_reached`.
    func book(
        _ wish: BookingWish, in entry: ClassroomEntry, for booker: Booker, id: String, in line: inout LineContext
    ) throws -> Booking {
        let now = line.now
        let plan = try BookingPlan(wish, in: entry.room, limits(of: booker), at: now)
        let waits = entry.room.needsApproval && !booker.isManager
        let booking = Booking(
            id: id, classroom: entry.room.id, holder: booker.person, purpose: wish.purpose, rule: plan.rule,
            start: plan.start, minutes: plan.minutes, zone: entry.room.zone, status: waits ? .requested : .confirmed,
            source: .person, uid: "\(id)@martlet", createdAt: now)
        try desk.book(booking, plan.times, in: entry.room, for: booker, at: now, in: try line.transaction())
        try bookingsChanged(of: entry, booking, in: &line)
        return booking
    }

    /// Changes when, where or what for a booking is. What of it is past stays as it was.
    /// - Throws: as `book`; `conflict` for one that is over, or was given up.
    func change(
        _ known: Booking, to wish: BookingWish, in entry: ClassroomEntry, for booker: Booker,
        in line: inout LineContext
    ) throws -> Booking {
        guard known.status.holdsTime else {
            throw Refusal(.conflict, "The booking is \(known.status.rawValue): make a new one.")
        }
        let (transaction, now) = (try line.transaction(), line.now)
        let occurrences = try OccurrenceTable.all(of: known.id, in: transaction)
        guard let last = occurrences.last, last.time.upperBound > now else {
            throw Refusal(.conflict, "The booking is over: make a new one.")
        }
        var booking = known
        booking.purpose = wish.purpose
        booking.sequence += 1
        booking.changedAt = now
        var lastEnd = last.end
        if let running = occurrences.first(where: { $0.begin <= now && $0.time.upperBound > now }), known.rule == nil {
            try changeEnd(of: running, booking, to: wish, in: entry, for: booker, in: &line)
            booking.minutes =
                try OccurrenceTable.one(running.id, in: transaction).map {
                    $0.end.microseconds(since: $0.begin) / 60_000_000
                } ?? booking.minutes
        } else {
            let plan = try BookingPlan(wish, in: entry.room, limits(of: booker), at: now)
            try desk.giveBack(occurrences.filter { $0.begin > now }, from: now, in: transaction)
            try OccurrenceTable.removeFuture(of: known.id, from: now.advanced(byMicroseconds: 1), in: transaction)
            booking.classroom = entry.room.id
            booking.zone = entry.room.zone
            (booking.start, booking.minutes, booking.rule) = (plan.start, plan.minutes, plan.rule)
            if entry.room.needsApproval, !booker.isManager { booking.status = .requested }
            lastEnd = plan.times.last?.end ?? lastEnd
            // A time that has begun keeps its name, wherever it was moved from.
            let begun = Set(occurrences.lazy.filter { $0.begin <= now }.map(\.recurrenceID))
            try BookingTable.write(booking, lastEnd: lastEnd, in: transaction)
            try desk.take(
                plan.times.filter { !begun.contains($0.recurrenceID) },
                from: Int(booking.sequence) * BookingBounds.mostTimes, of: booking, in: entry.room,
                for: booker, madeAt: now, in: transaction)
        }
        try BookingTable.write(booking, lastEnd: lastEnd, in: transaction)
        if known.classroom != entry.room.id, let former = self[known.classroom] {
            try bookingsChanged(of: former, known, in: &line)
        }
        try bookingsChanged(of: entry, booking, in: &line)
        return booking
    }

    /// Gives a booking up, or one time of it.
    /// - Parameters:
    ///   - recurrenceID: which time; nil: all that are not over.
    ///   - onlyFuture: whether what has begun goes on to its end.
    /// - Throws: `conflict` for one that is over, or was given up.
    func cancel(
        _ known: Booking, only recurrenceID: WallTime? = nil, andFollowing: Bool = false, onlyFuture: Bool = false,
        remark: String = "", in line: inout LineContext
    ) throws -> Booking {
        guard known.status.holdsTime else {
            throw Refusal(.conflict, "The booking is \(known.status.rawValue) already.")
        }
        let (transaction, now) = (try line.transaction(), line.now)
        let all = try OccurrenceTable.all(of: known.id, in: transaction)
        let meant = all.filter { occurrence in
            guard occurrence.time.upperBound > now, !occurrence.isCancelled else { return false }
            if onlyFuture, occurrence.begin <= now { return false }
            guard let recurrenceID else { return true }
            return andFollowing ? occurrence.recurrenceID >= recurrenceID : occurrence.recurrenceID == recurrenceID
        }
        guard !meant.isEmpty else { throw Refusal(.conflict, "That time of the booking is over, or was given up.") }
        for var occurrence in meant {
            // What has begun ends now, and is kept with what became of it.
            if occurrence.begin <= now { occurrence.endedAt = now } else { occurrence.isCancelled = true }
            try OccurrenceTable.write(occurrence, in: transaction)
        }
        try desk.giveBack(meant, from: now, in: transaction)
        var booking = known
        booking.sequence += 1
        booking.changedAt = now
        booking.remark = remark
        let rest = all.filter { other in !meant.contains { $0.id == other.id } && !other.isCancelled }
        if rest.allSatisfy({ $0.time.upperBound <= now }) { booking.status = .cancelled }
        try BookingTable.write(
            booking, lastEnd: min(all.last?.end ?? now, booking.status == .cancelled ? now : all.last?.end ?? now),
            in: transaction)
        if let entry = self[known.classroom] { try bookingsChanged(of: entry, booking, in: &line) }
        return booking
    }

    /// Approves or declines a booking that waits for it.
    /// - Throws: `conflict` for one that does not.
    func decide(
        _ known: Booking, approves: Bool, remark: String, in line: inout LineContext
    ) throws -> Booking {
        guard known.status == .requested else {
            throw Refusal(.conflict, "The booking is \(known.status.rawValue): there is nothing to decide.")
        }
        let (transaction, now) = (try line.transaction(), line.now)
        let all = try OccurrenceTable.all(of: known.id, in: transaction)
        var booking = known
        booking.status = approves ? .confirmed : .declined
        booking.sequence += 1
        booking.changedAt = now
        booking.remark = remark
        if !approves { try desk.giveBack(all, from: now, in: transaction) }
        try BookingTable.write(booking, lastEnd: all.last?.end ?? now, in: transaction)
        if let entry = self[known.classroom] { try bookingsChanged(of: entry, booking, in: &line) }
        return booking
    }

    /// Somebody says that they are there: at the door, or on their own page.
    /// - Parameter person: whose booking it has to be; nil: anybody's.
    /// - Throws: `conflict` when no booking has the room now, or soon; `forbidden` when it is another's.
    func checkIn(_ entry: ClassroomEntry, only person: String?, in line: inout LineContext) throws {
        let soon = line.now.advanced(bySeconds: BookingBounds.checkInSeconds)
        guard let item = entry.window.first(between: line.now, and: soon) else {
            throw Refusal(.conflict, "No booking of \(entry.room.name) begins now.")
        }
        if let person, item.holder != person {
            throw Refusal(.forbidden, "The booking of \(entry.room.name) is another's.")
        }
        try confirm(item, of: entry, in: &line)
    }

    /// Somebody is there for a booking, and it is not given away any more.
    func confirm(_ item: RoomWindow.Item, of entry: ClassroomEntry, in line: inout LineContext) throws {
        var occurrence = item.occurrence
        guard occurrence.presence == .awaited || occurrence.presence == .warned else { return }
        occurrence.presence = .confirmed
        occurrence.presenceSince = line.now
        let window = entry.window
        line.ifUndone { entry.window = window }
        entry.window.replace(occurrence)
        try OccurrenceTable.write(occurrence, in: try line.transaction())
        try settle(entry, in: &line)
    }

    /// Gives up all bookings of a room that are not over.
    func cancelAll(of room: ClassroomID, remark: String, in line: inout LineContext) throws {
        let transaction = try line.transaction()
        try WaitingTable.removeAll(of: room, in: transaction)
        for id in try BookingTable.open(in: room, at: line.now, in: transaction) {
            guard let booking = try BookingTable.one(id, in: transaction) else { continue }
            _ = try cancel(booking, remark: remark, in: &line)
        }
    }

    /// Gives up all bookings of somebody that are not over.
    func cancelAll(ofPerson person: String, remark: String, in line: inout LineContext) throws {
        try WaitingTable.removeAll(ofPerson: person, in: try line.transaction())
        for id in try BookingTable.open(of: person, at: line.now, in: try line.transaction()) {
            guard let booking = try BookingTable.one(id, in: try line.transaction()) else { continue }
            _ = try cancel(booking, remark: remark, in: &line)
        }
    }

    func changeEnd(
        of running: BookingOccurrence, _ booking: Booking, to wish: BookingWish, in entry: ClassroomEntry,
        for booker: Booker, in line: inout LineContext
    ) throws {
        guard entry.room.id == running.classroom, var clock = LocalClock(entry.room.zone) else {
            throw Refusal(.conflict, "The booking has begun: only its end can be changed.")
        }
        let end: Timestamp =
            switch wish.end {
            case .wall(let wall): clock.instant(of: wall)
            case .instant(let instant): instant
            }
        let minutes = end.microseconds(since: running.begin) / 60_000_000
        guard end > line.now, minutes <= limits(of: booker).longestMinutes else {
            throw Refusal(.valueOutOfRange, "The booking has begun: its new end lies after now, and not too far.")
        }
        let transaction = try line.transaction()
        try desk.giveBack([running], from: running.begin, in: transaction)
        var changed = running
        changed.end = end
        changed.endedAt = nil
        try desk.take(changed, in: entry.room, for: booker, in: transaction)
        try desk.checkWeeks(of: booker, with: [changed.time], in: entry.room, in: transaction)
    }

    /// The bookings of a room changed: memory, power and pages follow.
    func bookingsChanged(
        of entry: ClassroomEntry, _ booking: Booking, in line: inout LineContext
    ) throws {
        if changedTogether != nil {
            changedTogether?[entry.room.id] = booking
            return
        }
        let window = entry.window
        line.ifUndone { entry.window = window }
        let served = try serveLine(of: entry, in: &line)
        try refresh(entry, in: &line)
        try settle(entry, in: &line)
        for booking in [booking] + served { showBookings(of: entry, booking, in: &line) }
    }

    /// Pages read the bookings of a room anew.
    func showBookings(of entry: ClassroomEntry, _ booking: Booking, in line: inout LineContext) {
        ring(entry, in: &line)
        var writer = JSONWriter()
        writer.object {
            $0.member("classroom_id", entry.room.id.text)
            $0.member("booking_id", booking.id)
        }
        line.show(
            LiveEvent(
                topic: "classrooms/\(entry.room.id)/bookings", data: .json(writer.bytes), needs: .viewClassrooms,
                at: entry.site))
    }
}

extension ClassroomsHandler {
    /// Changes many bookings; each of their rooms is seen to once, behind the last change.
    func together(in line: inout LineContext, _ work: (inout LineContext) throws -> Void) throws {
        changedTogether = [:]
        defer { changedTogether = nil }
        try work(&line)
        let changed = changedTogether ?? [:]
        changedTogether = nil
        for (id, booking) in changed.sorted(by: { $0.key < $1.key }) {
            guard let entry = self[id] else { continue }
            try bookingsChanged(of: entry, booking, in: &line)
        }
    }
}

/// What may be booked at most.
enum BookingBounds {
    /// One time of a booking, in minutes.
    static let longestMinutes: Int64 = 1_440
    /// The same for those who may manage bookings: a holiday, an examination.
    static let longestMinutesOfManagers: Int64 = 14 * 1_440
    /// Times of one booking.
    static let mostTimes = 400
    /// How long before its beginning somebody may check in, in seconds.
    static let checkInSeconds: Int64 = 600
}
