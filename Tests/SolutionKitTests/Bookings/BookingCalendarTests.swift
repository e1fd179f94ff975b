import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

@Suite struct BookingCalendarTests {
    private static let calendar = BookingCalendar(
        table: "room_slot", resource: "room", holder: "booking", slotSeconds: 300)

    private static func database() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        let migration = Migration(
            "0001-bookings",
            ["CREATE TABLE booking (id TEXT NOT NULL PRIMARY KEY, begins_at BIGINT NOT NULL)"]
                + calendar.creation(holders: "booking"))
        try await database.migrate([Migrations(owner: "rooms", [migration])], at: 0)
        return database
    }

    private func minute(_ minute: Int64) -> Timestamp { Timestamp(seconds: 1_763_683_200 + minute * 60) }

    private func time(_ from: Int64, _ to: Int64) -> TimeSlots {
        Self.calendar.slots(from: minute(from), to: minute(to))
    }

    private func book(
        _ id: String, _ room: String, _ times: [TimeSlots], in transaction: Transaction
    ) throws -> Bool {
        try Self.calendar.claim(room, times, for: id, in: transaction) {
            try transaction.execute(
                "INSERT INTO booking (id, begins_at) VALUES ($1, $2)",
                [.text(id), .integer(times[0].begin.microseconds)])
        }
    }

    @Test("A time is rounded outwards to whole slots, and one without length is in one")
    func rounding() {
        #expect(time(0, 5).numbers.count == 1 && time(0, 6).numbers.count == 2 && time(4, 6).numbers.count == 2)
        #expect(time(7, 7).numbers.count == 1 && time(7, 7).begin == minute(5) && time(7, 7).end == minute(10))
        let before = TimeSlots(from: Timestamp(seconds: -1), to: Timestamp(seconds: 0))
        #expect(before.numbers == -1..<0)
    }

    @Test("What follows without a break is free; what touches a slot is not, and leaves no trace")
    func conflicts() async throws {
        let database = try await Self.database()
        try database.writeBlocking { transaction in
            #expect(try book("a", "R1", [time(0, 50)], in: transaction))
            #expect(try !book("b", "R1", [time(49, 60)], in: transaction))
            #expect(try transaction.queryOne("SELECT COUNT(*) FROM booking").integer(0) == 1)
            #expect(try book("b", "R1", [time(50, 60)], in: transaction))
            #expect(try book("c", "R2", [time(0, 50)], in: transaction))
            let inTheWay = try Self.calendar.holder(of: "R1", during: [time(55, 90)], in: transaction)
            #expect(inTheWay == "b")
            #expect(try Self.calendar.holder(of: "R1", at: minute(30), in: transaction) == "a")
            #expect(try Self.calendar.holder(of: "R1", at: minute(60), in: transaction) == nil)
            let claims = try Self.calendar.claims(of: "R1", during: time(-60, 120), in: transaction)
            #expect(claims.map(\.holder) == ["a", "b"] && claims.map(\.time) == [time(0, 50), time(50, 60)])
        }
    }

    @Test("Of a booking that recurs all times are taken or none")
    func recurrence() async throws {
        let database = try await Self.database()
        try database.writeBlocking { transaction in
            let week: Int64 = 7 * 1_440
            #expect(try book("once", "R1", [time(2 * week, 2 * week + 60)], in: transaction))
            let weekly = (0..<4).map { time($0 * week, $0 * week + 60) }
            #expect(try !book("weekly", "R1", weekly, in: transaction))
            #expect(try Self.calendar.holder(of: "R1", during: [weekly[0]], in: transaction) == nil)
            try Self.calendar.release("once", in: transaction)
            #expect(try book("weekly", "R1", weekly, in: transaction))
            // What is left of it is given back from some day on.
            try Self.calendar.release("weekly", from: minute(week + 30), in: transaction)
            let claims = try Self.calendar.claims(of: "R1", during: time(0, 5 * week), in: transaction)
            #expect(claims.map(\.time) == [time(0, 60), time(week, week + 30)])
        }
    }

    @Test("The first candidate that is free is taken, and statements can ask which are")
    func candidates() async throws {
        let database = try await Self.database()
        try database.writeBlocking { transaction in
            #expect(try book("a", "R1", [time(0, 60)], in: transaction))
            for (id, expected) in [("b", "R2"), ("c", nil)] {
                let room = try Self.calendar.claimFirst(
                    of: ["R1", "R2"], named: { $0 }, time(30, 90), for: id, in: transaction
                ) { _ in
                    try transaction.execute("INSERT INTO booking (id, begins_at) VALUES ($1, 0)", [.text(id)])
                }
                #expect(room == expected)
            }
            let later = time(60, 90)
            let free = try transaction.query(
                """
                SELECT name FROM (SELECT 'R1' AS name UNION ALL SELECT 'R2' AS name) AS room
                WHERE \(Self.calendar.isFree("room.name", from: "$1", to: "$2"))
                """, [.integer(later.numbers.lowerBound), .integer(later.numbers.upperBound)])
            #expect(try free.map { try $0.text(0) } == ["R1"])
            #expect(try Self.calendar.freeUntil("R1", from: minute(70), in: transaction) == nil)
            #expect(try Self.calendar.freeUntil("R2", from: minute(-9), in: transaction) == minute(30))
            #expect(try Self.calendar.freeUntil("R2", from: minute(31), in: transaction) == minute(30))
        }
    }

    @Test("A mistake of the holder's own rows is no conflict")
    func ownMistakes() async throws {
        let database = try await Self.database()
        try database.writeBlocking { transaction in
            #expect(try book("a", "R1", [time(0, 60)], in: transaction))
            let again = Result { try transaction.savepoint { try book("a", "R2", [time(0, 60)], in: transaction) } }
            #expect(throws: SQLFailure.self) { try again.get() }
            let holder = try Self.calendar.holder(of: "R2", during: [time(0, 60)], in: transaction)
            #expect(holder == nil)
        }
    }

    @Test("Any order of taking and giving back gives what a list of intervals gives", arguments: 1...6)
    func againstModel(seed: Int) async throws {
        var random = SeededRandom(UInt64(seed))
        let database = try await Self.database()
        var held: [(id: String, room: String, time: Range<Int64>)] = []
        try database.writeBlocking { transaction in
            for number in 0..<200 {
                if Int.random(in: 0..<4, using: &random) == 0, let index = held.indices.randomElement(using: &random) {
                    try Self.calendar.release(held.remove(at: index).id, in: transaction)
                    continue
                }
                let room = "R\(Int.random(in: 1...3, using: &random))"
                // On whole slots: there the calendar is as exact as intervals are.
                let begin = Int64.random(in: 0..<60, using: &random) * 5
                let wanted = begin..<begin + Int64.random(in: 1...12, using: &random) * 5
                let isFree = !held.contains { $0.room == room && $0.time.overlaps(wanted) }
                let id = "b\(number)"
                let slots = time(wanted.lowerBound, wanted.upperBound)
                #expect(try book(id, room, [slots], in: transaction) == isFree, "\(number)")
                if isFree { held.append((id, room, wanted)) }
            }
            let rows = try transaction.queryOne("SELECT COUNT(*) FROM room_slot").integer(0)
            #expect(rows == held.reduce(0) { $0 + Int64($1.time.count / 5) })
        }
    }
}
