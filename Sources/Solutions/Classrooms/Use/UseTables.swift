internal import HubModel
internal import SQL
internal import SolutionKit

/// What the tables say of a room's time, for sums of its use.
enum UseTables {
    /// How many rows an answer may still read; there is no such answer when there are more.
    struct Budget {
        private(set) var left: Int

        /// - Parameter rows: the most of one answer.
        init(_ rows: Int) {
            left = rows
        }

        /// Takes a row off.
        /// - Throws: `too_many_steps`.
        mutating func spend() throws(Refusal) {
            guard left > 0 else {
                throw Refusal(
                    .tooManySteps, "More happened then than one answer counts: choose fewer days, or one building.")
            }
            left -= 1
        }
    }

    /// The past of a room, and what became of the bookings that began in the time.
    /// - Parameter time: not beyond `now`.
    /// - Throws: `too_many_steps`, `SQLFailure`.
    static func past(
        of room: Classroom, in time: Range<Timestamp>, at now: Timestamp, _ budget: inout Budget,
        in reader: some SQLReading
    ) throws -> (past: RoomPast, outcomes: BookingOutcomes) {
        var past = RoomPast()
        past.begin = room.createdAt.microseconds
        try readChanges(of: room.id, in: time, &past, &budget, reader)
        try readSwitches(of: room.id, in: time, &past, &budget, reader)
        let outcomes = try readBookings(of: room.id, in: time, at: now, &past, &budget, reader)
        return (past, outcomes)
    }

    private static func readChanges(
        of room: ClassroomID, in time: Range<Timestamp>, _ past: inout RoomPast, _ budget: inout Budget,
        _ reader: some SQLReading
    ) throws {
        let before = try reader.queryFirst(
            """
            SELECT state FROM classroom_change WHERE classroom = $1 AND at < $2 ORDER BY at DESC, id DESC LIMIT 1
            """, [.text(room.text), .integer(time.lowerBound.microseconds)])
        past.occupancy = try before.map { Occupancy(ofState: try $0.text(0)) } ?? .unknown
        try reader.queryEach(
            """
            SELECT at, state FROM classroom_change WHERE classroom = $1 AND at >= $2 AND at < $3 ORDER BY at, id
            """, arguments(room, time)
        ) { row in
            try budget.spend()
            past.changes.append(RoomPast.Change(at: try row.integer(0), Occupancy(ofState: try row.text(1))))
        }
    }

    private static func readSwitches(
        of room: ClassroomID, in time: Range<Timestamp>, _ past: inout RoomPast, _ budget: inout Budget,
        _ reader: some SQLReading
    ) throws {
        let before = try reader.queryFirst(
            """
            SELECT at, power_on FROM classroom_power_log WHERE classroom = $1 AND at < $2 ORDER BY at DESC, id DESC LIMIT 1
            """, [.text(room.text), .integer(time.lowerBound.microseconds)])
        if let before {
            // What a relay did before a silence says nothing of what it does behind it.
            let silence = try reader.queryFirst(
                "SELECT 1 FROM classroom_change WHERE classroom = $1 AND at > $2 AND at < $3 AND state = 'unknown'",
                [.text(room.text), .integer(try before.integer(0)), .integer(time.lowerBound.microseconds)])
            past.isPowerOn = silence == nil ? try before.boolean("power_on") : nil
        }
        try reader.queryEach(
            """
            SELECT at, power_on FROM classroom_power_log WHERE classroom = $1 AND at >= $2 AND at < $3 ORDER BY at, id
            """, arguments(room, time)
        ) { row in
            try budget.spend()
            past.switches.append(RoomPast.Switch(at: try row.integer(0), isOn: try row.boolean("power_on")))
        }
    }

    private static func readBookings(
        of room: ClassroomID, in time: Range<Timestamp>, at now: Timestamp, _ past: inout RoomPast,
        _ budget: inout Budget, _ reader: some SQLReading
    ) throws -> BookingOutcomes {
        var outcomes = BookingOutcomes()
        try BookedTime.each(of: room, in: time, reader) { booked in
            try budget.spend()
            let held = booked.held
            let begin = max(held.lowerBound, past.bookings.last?.upperBound ?? held.lowerBound)
            if begin < held.upperBound { past.bookings.append(begin..<held.upperBound) }
            guard time.lowerBound.microseconds <= held.lowerBound, held.lowerBound < time.upperBound.microseconds
            else { return }
            outcomes.add(
                booked.presence,
                length: (booked.finish - held.lowerBound, held.upperBound - held.lowerBound),
                isOver: held.upperBound <= now.microseconds)
        }
        return outcomes
    }

    private static func arguments(_ room: ClassroomID, _ time: Range<Timestamp>) -> [SQLValue] {
        [.text(room.text), .integer(time.lowerBound.microseconds), .integer(time.upperBound.microseconds)]
    }
}

/// A time that a booking really held of its room.
struct BookedTime {
    /// From when to when, microseconds since 1970: without what was given away or given up.
    let held: Range<Int64>
    /// When it was to end.
    let finish: Int64
    /// Since when its holder had it.
    let madeAt: Int64
    /// What became of it.
    let presence: PresenceState

    /// No booking is longer than a fortnight: the index finds the rows by their beginning.
    private static let longestSeconds: Int64 = 1_209_600

    /// Those of a room that held some of a time, in order. What was given up before it began held nothing, nor did what nobody approved.
    static func each(
        of room: ClassroomID, in time: Range<Timestamp>, _ reader: some SQLReading, _ body: (BookedTime) throws -> Void
    ) throws {
        try reader.queryEach(
            """
            SELECT o.begin, o.finish, COALESCE(o.ended_at, o.finish) AS ended, o.presence, o.made_at
            FROM classroom_occurrence o JOIN classroom_booking b ON b.id = o.booking
            WHERE o.classroom = $1 AND o.begin > $2 AND o.begin < $3 AND NOT o.is_cancelled
                AND b.status IN ('confirmed', 'cancelled')
            ORDER BY o.begin, o.id
            """,
            [
                .text(room.text), .integer(time.lowerBound.advanced(bySeconds: -longestSeconds).microseconds),
                .integer(time.upperBound.microseconds),
            ]
        ) { row in
            let (begin, finish) = (try row.integer(0), try row.integer(1))
            let end = min(finish, try row.integer(2))
            guard begin < end, end > time.lowerBound.microseconds else { return }
            guard let presence = PresenceState(rawValue: try row.text(3)) else {
                throw SQLFailure(.wrongType, "a row of classroom_occurrence holds no presence")
            }
            try body(
                BookedTime(held: begin..<end, finish: finish, madeAt: try row.integer(4), presence: presence))
        }
    }
}

extension Occupancy {
    /// What a word of `ResourceState` says.
    init(ofState state: String) {
        switch state {
        case ResourceState.occupied.rawValue: self = .occupied
        case ResourceState.free.rawValue: self = .idle
        default: self = .unknown
        }
    }
}
