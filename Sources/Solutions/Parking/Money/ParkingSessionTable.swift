internal import HubModel
internal import SQL

/// The table `parking_session`: single sessions.
enum ParkingSessionTable {
    static let columns = """
        id, spot, lot, kind, arrived_at, departed_at, tariff, due_minor, balance_minor, waived_minor, currency,
        reservation
        """

    static func one(_ id: String, in reader: some SQLReading) throws -> ParkingSession? {
        try reader.queryFirst("SELECT \(columns) FROM parking_session WHERE id = $1", [.text(id)]).map(session)
    }

    /// The session in a spot at present; nil when no car stands there.
    static func open(in spot: DeviceID, in reader: some SQLReading) throws -> ParkingSession? {
        try reader.queryFirst(
            "SELECT \(columns) FROM parking_session WHERE spot = $1 AND departed_at IS NULL", [.text(spot.text)]
        ).map(session)
    }

    /// The newest session of a spot that may be paid for: its car is there, or left and owes. One that had begun by `instant` comes
    /// before one that began later (somebody who paid before the sensor saw the car).
    static func payable(in spot: DeviceID, by instant: Timestamp, in reader: some SQLReading) throws -> ParkingSession?
    {
        let text =
            "SELECT \(columns) FROM parking_session WHERE spot = $1 AND (departed_at IS NULL OR balance_minor > 0)"
        let newest = " ORDER BY arrived_at DESC, departed_at IS NULL DESC LIMIT 1"
        let begun = try reader.queryFirst(
            text + " AND arrived_at <= $2" + newest, [.text(spot.text), .integer(instant.microseconds)])
        return try (begun ?? reader.queryFirst(text + newest, [.text(spot.text)])).map(session)
    }

    /// A session out of its row.
    static func session(_ row: Row) throws -> ParkingSession {
        guard let spot = DeviceID(try row.text("spot")), let lot = LotID(try row.text("lot")),
            let kind = SpotKind(rawValue: try row.text("kind"))
        else { throw SQLFailure(.wrongType, "a row of parking_session holds no spot, lot or kind") }
        return ParkingSession(
            id: try row.text("id"), spot: spot, lot: lot, kind: kind,
            arrivedAt: Timestamp(microseconds: try row.integer("arrived_at")),
            departedAt: try row.optionalInteger("departed_at").map(Timestamp.init(microseconds:)),
            tariff: try row.optionalInteger("tariff"), dueMinor: try row.optionalInteger("due_minor"),
            balanceMinor: try row.integer("balance_minor"), waivedMinor: try row.integer("waived_minor"),
            currency: try row.text("currency"), reservation: try row.optionalText("reservation"))
    }
}
