public import HubModel
public import SQL

extension CommandRegistry {
    /// The commands of a device that are not final, oldest first, without their history.
    /// - Throws: `SQLFailure`.
    public func open(device: DeviceID, in reader: some SQLReading) throws -> [Command] {
        try CommandRow.all(
            "WHERE device = $1 AND due_at IS NOT NULL ORDER BY sequence", [.text(device.text)], in: reader)
    }

    /// Those of them that were asked for no later than this one of the device's, whatever became of it; none when it has no such command.
    /// - Throws: `SQLFailure`.
    public func open(device: DeviceID, upTo id: String, in reader: some SQLReading) throws -> [Command] {
        guard !id.utf8.contains(0) else { return [] }
        return try CommandRow.all(
            """
            WHERE device = $1 AND due_at IS NOT NULL
                AND sequence <= (SELECT last.sequence FROM command last WHERE last.id = $2 AND last.device = $1)
            ORDER BY sequence
            """, [.text(device.text), .text(id)], in: reader)
    }

    /// Open commands of this kind of device that time has overtaken: expired, or their answer overdue; the most overdue first,
    /// at most 10,000, without their history.
    /// - Throws: `SQLFailure`.
    public func overdue(kind: DeviceKind, at instant: Timestamp, in reader: some SQLReading) throws -> [Command] {
        try CommandRow.all(
            """
            WHERE due_at IS NOT NULL AND due_at <= $1
                AND EXISTS (SELECT 1 FROM device WHERE device.id = command.device AND device.kind = $2)
            ORDER BY due_at, id LIMIT $3
            """,
            [.integer(instant.microseconds), .text(kind.name), .integer(CommandRegistry.overdueLimit)], in: reader)
    }

    /// One command of whatever device, without its history; nil when there is none.
    /// - Throws: `SQLFailure`.
    public func command(_ id: String, in reader: some SQLReading) throws -> Command? {
        try CommandRow.one(id, in: reader)
    }

    /// One command, with its history; nil when the device has no such command.
    /// - Throws: `SQLFailure`.
    public func command(_ id: String, device: DeviceID, in reader: some SQLReading) throws -> Command? {
        guard var command = try CommandRow.one(id, in: reader), command.device == device else { return nil }
        command.history = try CommandRow.history(of: id, in: reader)
        return command
    }

    /// Commands, newest first, with their history and the kind of their device.
    /// - Throws: `Refusal` with `invalid_parameter` when there is no command that they are to come behind; `SQLFailure`.
    public func commands(_ selection: CommandSelection, in reader: some SQLReading) throws -> [Command] {
        var conditions = Conditions()
        let last = try selection.after.map { try place(of: $0, in: reader) }
        let order: String
        switch selection.devices {
        case .one(let device):
            conditions.add("device", .equals, .text(device.text))
            if let last { conditions.add("sequence", .isLess, .integer(last.sequence)) }
            order = "sequence DESC"
        case .kinds(let kinds):
            conditions.add(CommandRegistry.condition(kinds, &conditions))
            if let last {
                let (made, device) = (conditions.place(.integer(last.createdAt)), conditions.place(.text(last.device)))
                let sequence = conditions.place(.integer(last.sequence))
                conditions.add(
                    """
                    (created_at < \(made) OR (created_at = \(made) AND
                        (device > \(device) OR (device = \(device) AND sequence < \(sequence)))))
                    """)
            }
            order = "created_at DESC, device, sequence DESC"
        }
        conditions.add("state", isOneOf: selection.states.isEmpty ? nil : selection.states.map(\.rawValue).sorted())
        let most = conditions.place(.integer(Int64(max(0, selection.limit))))
        return try CommandRow.allWithHistory(
            "WHERE \(conditions.text) ORDER BY \(order) LIMIT \(most)", conditions.arguments, in: reader)
    }

    /// That the device of a command is of one of these kinds, at one of the sites that are named with it.
    private static func condition(
        _ kinds: [(kind: DeviceKind, sites: SiteScope)], _ conditions: inout Conditions
    ) -> String {
        let wanted = kinds.map { kind, sites -> String in
            let kind = conditions.place(.text(kind.name))
            guard let names = sites.names else { return "device.kind = \(kind)" }
            let places = conditions.places(names.map(SQLValue.text))
            return places.isEmpty ? "1 = 0" : "(device.kind = \(kind) AND device.site IN (\(places)))"
        }
        let any = wanted.isEmpty ? "1 = 0" : wanted.joined(separator: " OR ")
        return "EXISTS (SELECT 1 FROM device WHERE device.id = command.device AND (\(any)))"
    }

    /// Where a command is in the order of lists.
    private func place(
        of id: String, in reader: some SQLReading
    ) throws -> (createdAt: Int64, device: String, sequence: Int64) {
        let row =
            id.utf8.contains(0)
            ? nil
            : try reader.queryFirst("SELECT created_at, device, sequence FROM command WHERE id = $1", [.text(id)])
        guard let row else { throw Refusal(.invalidParameter, "Give after the command_id of a command.") }
        return (try row.integer(0), try row.text(1), try row.integer(2))
    }
}

/// Rows of `command` and `command_step` as values.
enum CommandRow {
    private static let columns = """
        SELECT id, device, name, parameters, state, created_at, updated_at, expires_at, timeout_seconds, answer_due_at,
            holder, result, error FROM command
        """

    static func all(_ condition: String, _ arguments: [SQLValue], in reader: some SQLReading) throws -> [Command] {
        var commands: [Command] = []
        try reader.queryEach("\(columns) \(condition)", arguments) { row in commands.append(try command(row)) }
        return commands
    }

    /// The same with what became of each and what its device is: two statements more, however many there are.
    static func allWithHistory(
        _ condition: String, _ arguments: [SQLValue], in reader: some SQLReading
    ) throws -> [Command] {
        var commands = try all(condition, arguments, in: reader)
        guard !commands.isEmpty else { return [] }
        var histories: [String: [(state: CommandState, at: Timestamp)]] = [:]
        try reader.queryEach(
            """
            SELECT command, state, at FROM command_step WHERE command IN (SELECT id FROM command \(condition))
            ORDER BY command, position
            """, arguments
        ) { row in
            histories[try row.text(0), default: []].append(
                (try state(row.text(1)), Timestamp(microseconds: try row.integer(2))))
        }
        var kinds: [String: DeviceKind] = [:]
        try reader.queryEach(
            "SELECT id, kind FROM device WHERE id IN (SELECT device FROM command \(condition))", arguments
        ) { row in kinds[try row.text(0)] = DeviceKind(named: try row.text(1)) }
        for index in commands.indices {
            commands[index].history = histories[commands[index].id] ?? []
            commands[index].kind = kinds[commands[index].device.text]
        }
        return commands
    }

    static func one(_ id: String, in reader: some SQLReading) throws -> Command? {
        // Text with U+0000 cannot be asked for, and no identifier has it.
        guard !id.utf8.contains(0) else { return nil }
        return try all("WHERE id = $1", [.text(id)], in: reader).first
    }

    static func history(of id: String, in reader: some SQLReading) throws -> [(state: CommandState, at: Timestamp)] {
        var history: [(state: CommandState, at: Timestamp)] = []
        try reader.queryEach("SELECT state, at FROM command_step WHERE command = $1 ORDER BY position", [.text(id)]) {
            row in
            history.append((try state(row.text(0)), Timestamp(microseconds: try row.integer(1))))
        }
        return history
    }

    private static func command(_ row: Row) throws -> Command {
        guard let device = DeviceID(try row.text("device")) else {
            throw SQLFailure(.wrongType, "column device holds no device's name")
        }
        return Command(
            id: try row.text("id"), device: device, name: try row.text("name"), parameters: try row.text("parameters"),
            state: try state(row.text("state")), createdAt: Timestamp(microseconds: try row.integer("created_at")),
            updatedAt: Timestamp(microseconds: try row.integer("updated_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            timeoutSeconds: try row.integer("timeout_seconds"),
            answerDueAt: try row.optionalInteger("answer_due_at").map(Timestamp.init(microseconds:)),
            holder: try row.optionalText("holder"), result: try row.optionalText("result"),
            error: try row.optionalText("error"))
    }

    private static func state(_ word: String) throws -> CommandState {
        guard let state = CommandState(rawValue: word) else {
            throw SQLFailure(.wrongType, "column state holds no command's state")
        }
        return state
    }
}
