internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom_door`: what people set for the displays at doors.
enum DoorTable {
    /// The rules of a room's door; those of a room of which nobody has said anything, if there is no row.
    static func rules(of room: ClassroomID, in reader: some SQLReading) throws -> DoorRules {
        var rules = DoorRules()
        let row = try reader.queryFirst(
            "SELECT shows_purpose, takes_bookings FROM classroom_door WHERE classroom = $1", [.text(room.text)])
        guard let row else { return rules }
        rules.showsPurpose = try row.boolean("shows_purpose")
        rules.takesBookings = try row.boolean("takes_bookings")
        return rules
    }

    /// Writes the rules of a room's door.
    static func write(_ rules: DoorRules, of room: ClassroomID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_door (classroom, shows_purpose, takes_bookings) VALUES ($1, $2, $3)
            ON CONFLICT (classroom) DO UPDATE SET shows_purpose = $2, takes_bookings = $3
            """, [.text(room.text), SQLValue(rules.showsPurpose), SQLValue(rules.takesBookings)])
    }
}

extension ClassroomTables {
    /// What people set for the displays at doors.
    static let door = [
        """
        CREATE TABLE classroom_door (
            classroom TEXT NOT NULL PRIMARY KEY REFERENCES classroom (id) ON DELETE CASCADE,
            shows_purpose BOOLEAN NOT NULL,
            takes_bookings BOOLEAN NOT NULL)
        """
    ]
}

extension OccurrenceTable {
    /// A release lies so far back at most, in seconds: it comes within hours of the beginning.
    private static let releaseSeconds: Int64 = 12 * 3_600

    /// The booking of a room whose rest was given away, and that would run now; nil: none.
    static func released(
        in room: ClassroomID, at now: Timestamp, in reader: some SQLReading
    ) throws -> BookingOccurrence? {
        let since = now.advanced(bySeconds: -releaseSeconds)
        return try items(of: room, from: since, to: now, in: reader).map(\.occurrence).last {
            $0.presence == .released && $0.begin <= now && $0.end > now
        }
    }
}

extension WalkUp {
    /// How a room can be booked at the door now.
    static func read(
        _ room: Classroom, _ rules: DoorRules, at now: Timestamp, in reader: some SQLReading
    ) throws -> WalkUp {
        let calendar = ClassroomTables.calendar
        let isTaken = try calendar.holder(of: room.id.text, at: now, in: reader) != nil
        let begin = begin(at: now, isTaken: isTaken)
        return WalkUp(
            room, rules, from: begin, freeUntil: try calendar.freeUntil(room.id.text, from: begin, in: reader))
    }
}

extension DoorBoard {
    /// What the display of a room shows now; nil: there is no such room.
    static func read(
        _ id: ClassroomID, devices: any DeviceBook, at now: Timestamp, in reader: some SQLReading
    ) throws -> DoorBoard? {
        guard let known = try KnownRoomTable.one(id, devices: devices, at: now, in: reader) else { return nil }
        let rules = try DoorTable.rules(of: id, in: reader)
        return DoorBoard(
            known, rules, walkUp: try WalkUp.read(known.room, rules, at: now, in: reader),
            released: try OccurrenceTable.released(in: id, at: now, in: reader), at: now)
    }
}
