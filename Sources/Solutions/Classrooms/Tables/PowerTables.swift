internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom_power_log`: what relays said that they did.
enum PowerLogTable {
    /// Keeps a report of a relay.
    static func insert(
        _ report: PowerReport, of room: ClassroomID, by device: DeviceID, at instant: Timestamp,
        receivedAt: Timestamp, isLate: Bool, in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_power_log (classroom, device, at, received_at, power_on, reason, is_late)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(room.text), .text(device.text), .integer(instant.microseconds),
                .integer(receivedAt.microseconds), SQLValue(report.isPowerOn), .text(report.reason),
                SQLValue(isLate),
            ])
    }

    /// Entries, newest first.
    /// - Parameter before: only entries with a smaller number.
    static func all(
        _ selection: PowerLogSelection, before: Int64?, limit: Int, in reader: some SQLReading
    ) throws -> [PowerLogEntry] {
        var conditions = Conditions()
        conditions.add("(SELECT site FROM classroom c WHERE c.id = classroom)", isOneOf: selection.sites.names)
        if let room = selection.room { conditions.add("classroom", .equals, .text(room.text)) }
        conditions.add("at", .isAtLeast, .integer(selection.from.microseconds))
        conditions.add("at", .isLess, .integer(selection.to.microseconds))
        if let before { conditions.add("id", .isLess, .integer(before)) }
        let bound = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            """
            SELECT id, classroom, device, at, received_at, power_on, reason, is_late FROM classroom_power_log
            WHERE \(conditions.text) ORDER BY id DESC LIMIT \(bound)
            """, conditions.arguments
        ).compactMap { row in
            guard let room = ClassroomID(try row.text(1)), let device = DeviceID(try row.text(2)) else { return nil }
            return PowerLogEntry(
                id: try row.integer(0), room: room, device: device, at: Timestamp(microseconds: try row.integer(3)),
                receivedAt: Timestamp(microseconds: try row.integer(4)), isPowerOn: try row.boolean("power_on"),
                reason: try row.text(6), isLate: try row.boolean("is_late"))
        }
    }
}

/// Which entries of the log of relays are wanted.
struct PowerLogSelection: Sendable {
    let sites: SiteScope
    /// Only of this room; nil: of all.
    var room: ClassroomID?
    var from = Timestamp(microseconds: .min)
    var to = Timestamp(microseconds: .max)

    init(sites: SiteScope) {
        self.sites = sites
    }
}

/// What a relay said that it did.
struct PowerLogEntry: Sendable {
    /// A number that grows.
    let id: Int64
    let room: ClassroomID
    let device: DeviceID
    let at: Timestamp
    let receivedAt: Timestamp
    let isPowerOn: Bool
    let reason: String
    let isLate: Bool
}

/// The table `classroom_switching`: what people asked of relays, and what became of it.
enum SwitchingTable {
    private static let columns = """
        id, classroom, number, power_on, until, by_person, expected, asked_at, sent_at, ended_at, outcome, problem
        """

    /// Writes all of it.
    static func write(_ switching: PowerSwitching, of room: ClassroomID, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_switching (\(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            ON CONFLICT (id) DO UPDATE SET sent_at = $9, ended_at = $10, outcome = $11, problem = $12
            """,
            [
                .text(switching.id), .text(room.text), .integer(switching.number), SQLValue(switching.isOn),
                SQLValue(switching.until?.microseconds), SQLValue(switching.by), SQLValue(switching.expected),
                .integer(switching.askedAt.microseconds), SQLValue(switching.sentAt?.microseconds),
                SQLValue(switching.endedAt?.microseconds), SQLValue(switching.outcome?.rawValue),
                SQLValue(switching.problem?.rawValue),
            ])
    }

    /// The newest of each of these rooms.
    static func newest(
        of rooms: some Sequence<ClassroomID>, in reader: some SQLReading
    ) throws -> [ClassroomID: PowerSwitching] {
        var conditions = Conditions()
        conditions.add("classroom", isOneOf: rooms.map(\.text))
        var found: [ClassroomID: PowerSwitching] = [:]
        try reader.queryEach(
            """
            SELECT \(columns) FROM classroom_switching s WHERE \(conditions.text) AND NOT EXISTS (
                SELECT 1 FROM classroom_switching later WHERE later.classroom = s.classroom
                    AND later.number > s.number)
            """, conditions.arguments
        ) { row in
            guard let room = ClassroomID(try row.text("classroom")) else { return }
            found[room] = try switching(row)
        }
        return found
    }

    private static func switching(_ row: Row) throws -> PowerSwitching {
        func instant(_ column: String) throws -> Timestamp? {
            try row.optionalInteger(column).map(Timestamp.init(microseconds:))
        }
        return PowerSwitching(
            PowerSwitching(
                id: try row.text("id"), number: try row.integer("number"), isOn: try row.optionalBoolean("power_on"),
                until: try instant("until"),
                by: try row.optionalText("by_person"), expected: try row.boolean("expected"),
                askedAt: Timestamp(microseconds: try row.integer("asked_at"))),
            sentAt: try instant("sent_at"), endedAt: try instant("ended_at"),
            outcome: try row.optionalText("outcome").flatMap(PowerSwitching.Outcome.init),
            problem: try row.optionalText("problem").flatMap(PowerSwitching.Problem.init))
    }
}
