internal import HubModel
internal import SQL

/// The table `parking_waiver`.
enum WaiverTable {
    /// One waiver, with the amount that was asked for; nil if there is none of that name.
    static func one(_ id: String, in reader: some SQLReading) throws -> (waiver: Waiver, askedMinor: Int64?)? {
        try reader.queryFirst("SELECT * FROM parking_waiver WHERE id = $1", [.text(id)]).map { row in
            (try waiver(row), try row.optionalInteger("asked_minor"))
        }
    }

    /// A session's, oldest first.
    static func all(of session: String, in reader: some SQLReading) throws -> [Waiver] {
        try reader.query("SELECT * FROM parking_waiver WHERE session = $1 ORDER BY waived_at, id", [.text(session)])
            .map(waiver)
    }

    /// Stores a waiver, and with its session how much was written off.
    static func insert(_ waiver: Waiver, askedMinor: Int64?, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO parking_waiver
                (id, lot, session, amount_minor, asked_minor, currency, reason, waived_by, waived_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(waiver.id), .text(waiver.lot.text), .text(waiver.session), .integer(waiver.amountMinor),
                SQLValue(askedMinor), .text(waiver.currency), .text(waiver.reason), .text(waiver.waivedBy),
                .integer(waiver.waivedAt.microseconds),
            ])
        try ParkingSessionTable.addToWaived(waiver.amountMinor, of: waiver.session, in: transaction)
    }

    private static func waiver(_ row: Row) throws -> Waiver {
        guard let lot = LotID(try row.text("lot")) else {
            throw SQLFailure(.wrongType, "a row of parking_waiver holds no lot")
        }
        return Waiver(
            id: try row.text("id"), lot: lot, session: try row.text("session"),
            amountMinor: try row.integer("amount_minor"), currency: try row.text("currency"),
            reason: try row.text("reason"), waivedBy: try row.text("waived_by"),
            waivedAt: Timestamp(microseconds: try row.integer("waived_at")))
    }
}
