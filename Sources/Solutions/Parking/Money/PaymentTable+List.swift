internal import SQL

extension PaymentTable {
    /// Payments and refunds by when they were made, newest first.
    /// - Parameter isUnallocated: only those of which nobody knows what for.
    static func list(
        _ selection: MoneySelection, isUnallocated: Bool, in reader: some SQLReading
    ) throws -> [Payment] {
        var conditions = selection.conditions(time: "paid_at", session: "session")
        if isUnallocated { conditions.add("session IS NULL") }
        selection.addPage(of: "parking_payment", time: "paid_at", to: &conditions)
        let limit = conditions.place(selection.reading)
        return try reader.query(
            """
            SELECT \(columns) FROM parking_payment WHERE \(conditions.text)
            ORDER BY paid_at DESC, id DESC LIMIT \(limit)
            """, conditions.arguments
        ).map(payment)
    }
}
