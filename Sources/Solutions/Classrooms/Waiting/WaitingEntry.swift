internal import HubModel
internal import SQL

/// Somebody who waits for a time of a room that is taken. They get it by itself when it becomes free: an offer that somebody has to accept would
/// leave the room empty meanwhile, and a booking that nobody wants any more is cancelled in one step, or given away when nobody comes.
struct WaitingEntry: Hashable, Sendable {
    /// Its name.
    let id: String
    /// The room.
    let classroom: ClassroomID
    /// Who waits, by `Person.id`; nil: somebody without an account, on an open hub.
    let holder: String?
    /// What for.
    let purpose: String
    /// Which time.
    let time: Range<Timestamp>
    /// Since when.
    let joinedAt: Timestamp

    /// The most that one person waits for.
    static let mostOfPerson = 20
    /// The most that wait for times of a room that overlap one.
    static let mostOfTime = 50
}

/// The table `classroom_waiting`. An entry ends when its time begins: from then on no statement finds it, and the next change of the line removes
/// it.
enum WaitingTable {
    private static let columns = "id, classroom, holder, purpose, begin, finish, joined_at"

    /// Puts somebody at the end of the line.
    static func insert(_ entry: WaitingEntry, in transaction: Transaction) throws {
        try transaction.execute(
            "INSERT INTO classroom_waiting (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [
                .text(entry.id), .text(entry.classroom.text), SQLValue(entry.holder), .text(entry.purpose),
                .integer(entry.time.lowerBound.microseconds), .integer(entry.time.upperBound.microseconds),
                .integer(entry.joinedAt.microseconds),
            ])
    }

    /// One entry; nil when there is none.
    static func one(_ id: String, at now: Timestamp, in reader: some SQLReading) throws -> WaitingEntry? {
        try reader.queryFirst(
            "SELECT \(columns) FROM classroom_waiting WHERE id = $1 AND begin > $2",
            [.text(id), .integer(now.microseconds)]
        ).map(entry)
    }

    /// The line of a room, the first first.
    static func all(of room: ClassroomID, at now: Timestamp, in reader: some SQLReading) throws -> [WaitingEntry] {
        try reader.query(
            "SELECT \(columns) FROM classroom_waiting WHERE classroom = $1 AND begin > $2 ORDER BY number",
            [.text(room.text), .integer(now.microseconds)]
        ).map(entry)
    }

    /// What somebody waits for, the next time first.
    static func all(of holder: String?, at now: Timestamp, in reader: some SQLReading) throws -> [WaitingEntry] {
        var conditions = Conditions()
        if let holder {
            conditions.add("holder", .equals, .text(holder))
        } else {
            conditions.add("holder IS NULL")
        }
        conditions.add("begin", .isGreater, .integer(now.microseconds))
        return try reader.query(
            "SELECT \(columns) FROM classroom_waiting WHERE \(conditions.text) ORDER BY begin, number",
            conditions.arguments
        ).map(entry)
    }

    /// Which place in the line an entry has, 1 for the first: those before it that want some of its time count.
    static func position(of entry: WaitingEntry, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            """
            SELECT COUNT(*) FROM classroom_waiting WHERE classroom = $1 AND begin < $2 AND finish > $3
                AND number <= (SELECT number FROM classroom_waiting WHERE id = $4)
            """,
            [
                .text(entry.classroom.text), .integer(entry.time.upperBound.microseconds),
                .integer(entry.time.lowerBound.microseconds), .text(entry.id),
            ]
        ).integer(0)
    }

    /// Takes somebody out of the line.
    static func remove(_ id: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_waiting WHERE id = $1", [.text(id)])
    }

    /// Takes those out of the line of a room whose time has begun.
    static func removePast(of room: ClassroomID, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "DELETE FROM classroom_waiting WHERE classroom = $1 AND begin <= $2",
            [.text(room.text), .integer(now.microseconds)])
    }

    /// Ends the line of a room.
    static func removeAll(of room: ClassroomID, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_waiting WHERE classroom = $1", [.text(room.text)])
    }

    /// Takes somebody out of all lines.
    static func removeAll(ofPerson holder: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_waiting WHERE holder = $1", [.text(holder)])
    }

    private static func entry(_ row: Row) throws -> WaitingEntry {
        let begin = Timestamp(microseconds: try row.integer("begin"))
        let end = Timestamp(microseconds: try row.integer("finish"))
        guard let room = ClassroomID(try row.text("classroom")), begin < end else {
            throw SQLFailure(.wrongType, "a row of classroom_waiting holds no entry")
        }
        return WaitingEntry(
            id: try row.text("id"), classroom: room, holder: try row.optionalText("holder"),
            purpose: try row.text("purpose"), time: begin..<end,
            joinedAt: Timestamp(microseconds: try row.integer("joined_at")))
    }
}
