internal import HubModel
internal import SQL

/// Writing `parking_session`.
extension ParkingSessionTable {
    /// What a session that may begin depends on.
    struct Arrival {
        /// The currency of the lot.
        var currency: String
        /// The session in the spot at present; nil when no car stands there.
        var present: String?
        /// When the last car left the spot; nil when none did.
        var departedAt: Timestamp?
    }

    /// What a session that may begin in a spot depends on; nil when there is no such lot.
    static func arrival(
        in spot: DeviceID, of lot: LotID, in reader: some SQLReading
    ) throws -> Arrival? {
        try reader.queryFirst(
            """
            SELECT currency,
                (SELECT id FROM parking_session WHERE spot = $1 AND departed_at IS NULL) AS present,
                (SELECT departed_at FROM parking_session WHERE spot = $1 AND departed_at IS NOT NULL
                    ORDER BY arrived_at DESC, departed_at DESC LIMIT 1) AS departed_at
            FROM parking_lot WHERE id = $2
            """, [.text(spot.text), .text(lot.text)]
        ).map { row in
            Arrival(
                currency: try row.text("currency"), present: try row.optionalText("present"),
                departedAt: try row.optionalInteger("departed_at").map(Timestamp.init(microseconds:)))
        }
    }

    /// Begins a session under the tariff that is in force when it begins.
    static func begin(
        _ id: String, in spot: SpotFacts, at arrival: Timestamp, currency: String, reservation: String?,
        in transaction: Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO parking_session
                (id, spot, lot, kind, arrived_at, tariff, balance_minor, currency, reservation)
            VALUES ($1, $2, $3, $4, $5,
                (SELECT version FROM parking_tariff WHERE lot = $3 AND valid_from <= $5
                    ORDER BY valid_from DESC LIMIT 1), 0, $6, $7)
            """,
            [
                .text(id), .text(spot.id.text), .text(spot.lot.text), .text(spot.kind.rawValue),
                .integer(arrival.microseconds), .text(currency), SQLValue(reservation),
            ])
    }

    /// Ends a session, with what it costs.
    static func end(_ id: String, at departure: Timestamp, dueMinor: Int64, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE parking_session SET departed_at = $2, due_minor = $3 WHERE id = $1",
            [.text(id), .integer(departure.microseconds), .integer(dueMinor)])
    }

    /// Adds to what a session's driver owes; a payment adds a negative amount.
    static func addToBalance(_ amountMinor: Int64, of id: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE parking_session SET balance_minor = balance_minor + $2 WHERE id = $1",
            [.text(id), .integer(amountMinor)])
    }

    /// Adds to what was written off of a session.
    static func addToWaived(_ amountMinor: Int64, of id: String, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE parking_session SET waived_minor = waived_minor + $2 WHERE id = $1",
            [.text(id), .integer(amountMinor)])
    }
}
