internal import HubModel
internal import SQL

/// Writing `parking_lot`.
extension LotTable {
    /// Makes a lot's row.
    static func insert(_ lot: Lot, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO parking_lot (id, site, name, address, latitude, longitude, time_zone, currency, is_public, stale_seconds,
                plan_width, plan_height, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, values(of: lot) + [.integer(lot.createdAt.microseconds)])
    }

    /// Writes what people set of a lot.
    static func update(_ lot: Lot, in transaction: Transaction) throws {
        try transaction.execute(
            """
            UPDATE parking_lot SET site = $2, name = $3, address = $4, latitude = $5, longitude = $6, time_zone = $7,
                currency = $8, is_public = $9, stale_seconds = $10, plan_width = $11, plan_height = $12 WHERE id = $1
            """, values(of: lot))
    }

    private static func values(of lot: Lot) -> [SQLValue] {
        [
            .text(lot.id.text), .text(lot.site.text), .text(lot.name), .text(lot.address), SQLValue(lot.latitude),
            SQLValue(lot.longitude), .text(lot.timeZone), .text(lot.currency), SQLValue(lot.isPublic),
            .integer(lot.staleSeconds), .real(lot.planWidth), .real(lot.planHeight),
        ]
    }

    /// Whether money or reservations hang on a lot, or a car that has just come will: then it cannot be removed.
    static func isInUse(_ lot: LotID, in reader: some SQLReading) throws -> Bool {
        try reader.queryFirst(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM parking_session WHERE lot = $1)
                OR EXISTS (SELECT 1 FROM parking_payment WHERE lot = $1)
                OR EXISTS (SELECT 1 FROM parking_reservation WHERE lot = $1 AND due_at IS NOT NULL)
                OR EXISTS (SELECT 1 FROM parking_spot WHERE lot = $1 AND pending_occupied)
            """, [.text(lot.text)]) != nil
    }

    /// Removes a lot with its spots and tariffs; its history of changes stays.
    static func remove(_ lot: LotID, in transaction: Transaction) throws {
        for table in ["parking_spot", "parking_tariff"] {
            try transaction.execute("DELETE FROM \(table) WHERE lot = $1", [.text(lot.text)])
        }
        try transaction.execute("DELETE FROM parking_lot WHERE id = $1", [.text(lot.text)])
    }

    /// How many lots there are.
    static func count(in reader: some SQLReading) throws -> Int {
        Int(try reader.queryOne("SELECT COUNT(*) FROM parking_lot").integer(0))
    }
}
