public import HubModel
public import SQL

/// Which kept session owes an open command to the device: while one does, nobody else sends it.
extension CommandRegistry {
    /// `holder` is the name of a session of the broker, whose tables another room owns: hence no reference.
    static let holders = Migration(
        "0010-command-holder",
        [
            "ALTER TABLE command ADD COLUMN holder TEXT CHECK (holder IS NULL OR due_at IS NOT NULL)",
            "CREATE INDEX command_holder ON command (holder) WHERE holder IS NOT NULL",
        ])

    /// Notes that a session holds an open command, or with nil that none does any more. One that is over is left as it is.
    /// - Throws: `SQLFailure`.
    public func hold(_ id: String, by session: String?, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE command SET holder = $2 WHERE id = $1 AND due_at IS NOT NULL", [.text(id), SQLValue(session)])
    }

    /// The open commands that a session holds, oldest first, without their history.
    /// - Throws: `SQLFailure`.
    public func held(by session: String, in reader: some SQLReading) throws -> [Command] {
        try CommandRow.all("WHERE holder = $1 ORDER BY device, sequence", [.text(session)], in: reader)
    }

    /// The sessions that hold commands.
    /// - Throws: `SQLFailure`.
    public func holders(in reader: some SQLReading) throws -> Set<String> {
        let rows = try reader.query("SELECT DISTINCT holder FROM command WHERE holder IS NOT NULL", [])
        return Set(try rows.map { try $0.text(0) })
    }

    /// Ends all open commands of a device that is not there any more.
    /// - Throws: `SQLFailure`.
    func end(of device: DeviceID, at instant: Timestamp, in transaction: Transaction) throws {
        for command in try open(device: device, in: transaction) {
            _ = try advance(
                command.id, to: command.state == .delivered ? .timedOut : .expired, result: nil,
                error: "the device was removed", at: instant, in: transaction)
        }
    }
}
