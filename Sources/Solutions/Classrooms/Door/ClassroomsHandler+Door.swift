internal import HubModel
internal import SQL
internal import SolutionKit

/// What somebody does at a room's door, without an account.
extension ClassroomsHandler {
    /// Somebody at the door says that they are there.
    /// - Parameter start: the beginning of the booking that they mean; nil: the first that can be confirmed.
    /// - Throws: `conflict`, with a sentence that says what to do.
    func checkInAtDoor(_ entry: ClassroomEntry, start: Timestamp?, in line: inout LineContext) throws {
        let released = try OccurrenceTable.released(in: entry.room.id, at: line.now, in: try line.transaction())
        switch try DoorCheckIn(entry.window, start: start, released: released, in: entry.room, at: line.now) {
        case .ready(let item): try confirm(item, of: entry, in: &line)
        case .done: break
        }
    }

    /// Somebody at the door books the room from now on, and is there.
    /// - Parameters:
    ///   - minutes: one of `WalkUp.lengths`.
    ///   - id: the booking's name, made by `RandomName`.
    /// - Throws: `forbidden` where this room is not booked so; `conflict` when it is not free for so long.
    func bookAtDoor(
        _ minutes: Int64, in entry: ClassroomEntry, _ people: any PeopleBook, id: String, in line: inout LineContext
    ) throws {
        let (room, now, transaction) = (entry.room, line.now, try line.transaction())
        let rules = try DoorTable.rules(of: room.id, in: transaction)
        guard rules.takesBookings else {
            throw Refusal(.forbidden, "\(room.name) is not booked at its door: sign in and book it there.")
        }
        guard !room.needsApproval else {
            throw Refusal(.forbidden, "Bookings of \(room.name) wait for approval: sign in and ask for one.")
        }
        if let running = entry.window.current(at: now) {
            let end = DoorClock(room.zone).minute(running.occurrence.time.upperBound)
            throw Refusal(.conflict, "\(room.name) is booked until \(end): wait, or choose another room.")
        }
        let walkUp = try WalkUp.read(room, rules, at: now, in: transaction)
        guard let longest = walkUp.minutes.last else {
            throw Refusal(.conflict, "\(room.name) is closed, or booked too soon: choose another room.")
        }
        guard walkUp.minutes.contains(minutes) else {
            throw Refusal(.conflict, "\(room.name) is free for \(longest) minutes: choose a shorter time.")
        }
        let wish = BookingWish(
            start: .instant(walkUp.begin), end: .instant(WalkUp.end(minutes, from: walkUp.begin)),
            purpose: WalkUp.purpose)
        let nobody = Booker(person: nil, isManager: false, seesBookers: false, people: people)
        let booking = try book(wish, in: entry, for: nobody, id: id, in: &line)
        if let item = entry.window.items.first(where: { $0.occurrence.booking == booking.id }) {
            try confirm(item, of: entry, in: &line)
        }
    }

    /// Sets what a room's door shows and does.
    func setDoor(_ rules: DoorRules, of entry: ClassroomEntry, in line: inout LineContext) throws {
        try DoorTable.write(rules, of: entry.room.id, in: try line.transaction())
        ring(entry, in: &line)
    }

    /// The displays at a room's door hear that there may be news, once they are committed.
    func ring(_ entry: ClassroomEntry, in line: inout LineContext) {
        let (doorBell, id) = (doorBell, entry.room.id)
        line.afterCommit { doorBell.ring(id) }
    }
}
