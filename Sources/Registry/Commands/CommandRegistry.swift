public import HubModel
public import SQL

/// The commands to devices: tables `command` and `command_step`. Its methods are those of SolutionKit's `CommandBook`.
public struct CommandRegistry: Sendable {
    /// The most commands that may be open for one device.
    public let limitPerDevice: Int
    private let random: @Sendable () -> UInt64

    /// Steps kept of one command: a device that comes and goes all day must not write an endless history. The last step, which
    /// ends the command, is always kept.
    static let maximumSteps: Int64 = 100
    /// Commands that one call of `overdue` gives at most.
    static let overdueLimit: Int64 = 10_000

    /// A registry over the tables of `RegistryTables`.
    /// - Parameters:
    ///   - limitPerDevice: the most commands that may be open for one device.
    ///   - random: where the random part of identifiers comes from.
    public init(
        limitPerDevice: Int = 1_000, random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
    ) {
        self.limitPerDevice = limitPerDevice
        self.random = random
    }

    /// Stores a new command as queued.
    /// - Parameters:
    ///   - name: 1 to 64 characters.
    ///   - parameters: a JSON object as text.
    ///   - timeToLiveSeconds: how long it may wait for delivery, more than 0.
    ///   - timeoutSeconds: how long the device has for its answer, more than 0.
    /// - Throws: `Refusal` with `limit_reached` when too many commands wait for the device; `SQLFailure`, also for a device that
    ///   was not admitted.
    public func enqueue(
        device: DeviceID, name: String, parameters: String, timeToLiveSeconds: Int64, timeoutSeconds: Int64,
        at instant: Timestamp, in transaction: Transaction
    ) throws -> Command {
        let open = try transaction.queryOne(
            "SELECT COUNT(*) FROM command WHERE device = $1 AND due_at IS NOT NULL", [.text(device.text)])
        guard try open.integer(0) < Int64(limitPerDevice) else {
            throw Refusal(.limitReached, "\(limitPerDevice) commands wait for \(device) already.")
        }
        // Commands of one batch share their instant; the number keeps the order in which they were asked for.
        let last = try transaction.queryOne(
            "SELECT COALESCE(MAX(sequence), 0) FROM command WHERE device = $1", [.text(device.text)])
        let command = Command(
            id: SortableName.make(at: instant, random: random()), device: device, name: name,
            parameters: parameters,
            state: .queued, createdAt: instant, updatedAt: instant,
            expiresAt: instant.advanced(bySeconds: timeToLiveSeconds),
            timeoutSeconds: timeoutSeconds, history: [(.queued, instant)])
        try transaction.execute(
            """
            INSERT INTO command (id, device, sequence, name, parameters, state, created_at, updated_at, expires_at,
                timeout_seconds, due_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, $6, $7, $8, $7)
            """,
            [
                .text(command.id), .text(device.text), .integer(try last.integer(0) + 1), .text(name),
                .text(parameters),
                .integer(instant.microseconds), .integer(command.expiresAt.microseconds), .integer(timeoutSeconds),
            ])
        try record(.queued, of: command.id, at: instant, in: transaction)
        return command
    }

    /// Brings a command to another state, if its present state allows that.
    /// - Returns: the command as it is now, with its history; nil if it is unknown or the step is not allowed.
    /// - Throws: `SQLFailure`.
    public func advance(
        _ id: String, to state: CommandState, result: String?, error: String?, at instant: Timestamp,
        in transaction: Transaction
    ) throws -> Command? {
        guard var command = try CommandRow.one(id, in: transaction), command.state.mayBecome(state) else { return nil }
        let before = command.state
        command.state = state
        command.updatedAt = instant
        command.result = result ?? command.result
        command.error = error ?? command.error
        if state.isFinal { command.holder = nil }
        switch state {
        case .sent: command.answerDueAt = instant.advanced(bySeconds: command.timeoutSeconds)
        case .queued: command.answerDueAt = nil
        case .delivered, .done, .failed, .timedOut, .expired: break
        }
        let changed = try transaction.execute(
            """
            UPDATE command SET state = $3, updated_at = $4, answer_due_at = $5, due_at = $6, result = $7, error = $8,
                holder = CASE WHEN CAST($6 AS BIGINT) IS NULL THEN NULL ELSE holder END
            WHERE id = $1 AND state = $2
            """,
            [
                .text(id), .text(before.rawValue), .text(state.rawValue), .integer(instant.microseconds),
                SQLValue(command.answerDueAt?.microseconds), SQLValue(command.dueAt?.microseconds),
                SQLValue(command.result), SQLValue(command.error),
            ])
        // Somebody else was faster, on another replica: its step counts.
        guard changed == 1 else { return nil }
        try record(state, of: id, at: instant, in: transaction)
        command.history = try CommandRow.history(of: id, in: transaction)
        return command
    }

    private func record(_ state: CommandState, of id: String, at instant: Timestamp, in transaction: Transaction) throws
    {
        let count = try transaction.queryOne("SELECT COUNT(*) FROM command_step WHERE command = $1", [.text(id)])
            .integer(0)
        guard count < CommandRegistry.maximumSteps - 1 || state.isFinal else { return }
        try transaction.execute(
            "INSERT INTO command_step (command, position, state, at) VALUES ($1, $2, $3, $4)",
            [.text(id), .integer(count), .text(state.rawValue), .integer(instant.microseconds)])
    }
}
