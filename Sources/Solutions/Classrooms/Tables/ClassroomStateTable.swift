internal import DeviceLogic
internal import HubModel
internal import SQL

/// The table `classroom_state`: how rooms are, as they were last written.
enum ClassroomStateTable {
    private static let columns = """
        classroom, occupancy, since, last_occupied, seen_since, last_seen, observed_at, power_on, power_since,
        override_on, override_until, override_by, override_since, clock_newest, clock_heard, clock_text, lives, missing,
        client
        """

    /// The states of some rooms.
    static func states(
        of rooms: some Sequence<ClassroomID>, in reader: some SQLReading
    ) throws -> [ClassroomID: ClassroomState] {
        var conditions = Conditions()
        conditions.add("classroom", isOneOf: rooms.map(\.text))
        var states: [ClassroomID: ClassroomState] = [:]
        try reader.queryEach(
            "SELECT \(columns) FROM classroom_state WHERE \(conditions.text)", conditions.arguments
        ) { row in
            if let id = ClassroomID(try row.text("classroom")) { states[id] = try state(of: row) }
        }
        return states
    }

    /// The client that spoke for each room last.
    static func clients(in reader: some SQLReading) throws -> [ClassroomID: String] {
        var clients: [ClassroomID: String] = [:]
        try reader.queryEach("SELECT classroom, client FROM classroom_state WHERE client IS NOT NULL", []) { row in
            if let id = ClassroomID(try row.text(0)) { clients[id] = try row.text(1) }
        }
        return clients
    }

    /// Writes how a room is.
    static func write(
        _ state: ClassroomState, client: String?, of room: ClassroomID, in transaction: Transaction
    ) throws {
        let kept = state.kept
        try transaction.execute(
            """
            INSERT INTO classroom_state (\(columns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            ON CONFLICT (classroom) DO UPDATE SET occupancy = $2, since = $3, last_occupied = $4, seen_since = $5,
                last_seen = $6, observed_at = $7, power_on = $8, power_since = $9, override_on = $10,
                override_until = $11, override_by = $12, override_since = $13, clock_newest = $14, clock_heard = $15,
                clock_text = $16, lives = $17, missing = $18, client = $19
            """,
            [
                .text(room.text), .text(kept.occupancy.rawValue), .integer(kept.since.microseconds),
                SQLValue(kept.lastOccupied?.microseconds), SQLValue(kept.seenSince?.microseconds),
                SQLValue(kept.lastSeen?.microseconds), SQLValue(kept.observedAt?.microseconds),
                SQLValue(kept.isPowerOn), SQLValue(kept.powerSince?.microseconds),
                SQLValue(state.override?.isOn), SQLValue(state.override?.until?.microseconds),
                SQLValue(state.override?.by), SQLValue(state.override?.since.microseconds),
                SQLValue(kept.clock.newest?.microseconds), SQLValue(kept.clock.heardAt?.microseconds),
                SQLValue(kept.clock.text), .text(kept.sequence.text), .integer(kept.missing), SQLValue(client),
            ])
    }

    private static func state(of row: Row) throws -> ClassroomState {
        guard let occupancy = Occupancy(rawValue: try row.text("occupancy")) else {
            throw SQLFailure(.wrongType, "a row of classroom_state holds no occupancy")
        }
        func instant(_ column: String) throws -> Timestamp? {
            try row.optionalInteger(column).map(Timestamp.init(microseconds:))
        }
        var override: PowerOverride?
        if let isOn = try row.optionalBoolean("override_on"), let since = try instant("override_since") {
            override = PowerOverride(
                isOn: isOn, until: try instant("override_until"), by: try row.optionalText("override_by"), since: since)
        }
        return ClassroomState(
            ClassroomState.Kept(
                occupancy: occupancy, since: Timestamp(microseconds: try row.integer("since")),
                lastOccupied: try instant("last_occupied"), seenSince: try instant("seen_since"),
                lastSeen: try instant("last_seen"), observedAt: try instant("observed_at"),
                isPowerOn: try row.optionalBoolean("power_on"), powerSince: try instant("power_since"),
                clock: DeviceClock(
                    newest: try instant("clock_newest"), heardAt: try instant("clock_heard"),
                    text: try row.optionalText("clock_text")),
                sequence: ReportSequence(text: try row.text("lives")), missing: try row.integer("missing")),
            override: override)
    }
}

extension ReportSequence {
    /// As it is kept: the lives, the newest first, each as `boot newest came`.
    fileprivate var text: String {
        (0..<count).map { "\(self[$0].boot) \(self[$0].newest) \(self[$0].came)" }.joined(separator: ";")
    }

    /// What was kept; what cannot be read is left out.
    fileprivate init(text: String) {
        self.init()
        for life in text.split(separator: ";") {
            let words = life.split(separator: " ")
            guard words.count == 3, let boot = UInt32(words[0]), let newest = UInt32(words[1]),
                let came = UInt64(words[2])
            else { continue }
            restore(Life(boot: boot, newest: newest, came: came))
        }
    }
}
