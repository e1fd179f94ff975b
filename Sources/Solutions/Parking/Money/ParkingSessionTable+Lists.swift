internal import SQL

extension ParkingSessionTable {
    /// Sessions by their arrival, newest first.
    /// - Parameter state: only those that stand so.
    static func list(
        _ selection: MoneySelection, state: ParkingSession.State?, in reader: some SQLReading
    ) throws -> [ParkingSession] {
        var conditions = selection.conditions(time: "arrived_at", session: "id")
        switch state {
        case nil: break
        case .open: conditions.add("departed_at IS NULL")
        case .unpaid: conditions.add("departed_at IS NOT NULL AND balance_minor > 0")
        case .overpaid: conditions.add("departed_at IS NOT NULL AND balance_minor < 0")
        case .paid: conditions.add("due_minor > 0 AND balance_minor = 0 AND waived_minor = 0")
        case .waived: conditions.add("waived_minor > 0 AND balance_minor = 0")
        case .free: conditions.add("due_minor = 0 AND balance_minor = 0")
        }
        selection.addPage(of: "parking_session", time: "arrived_at", to: &conditions)
        let limit = conditions.place(selection.reading)
        return try reader.query(
            """
            SELECT \(columns) FROM parking_session WHERE \(conditions.text)
            ORDER BY arrived_at DESC, id DESC LIMIT \(limit)
            """, conditions.arguments
        ).map(session)
    }
}
