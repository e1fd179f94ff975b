internal import HubModel
internal import SQL
internal import SolutionKit

/// What reservations do to spots, out of `parking_reservation`. A reservation that is not over has a `due_at`.
extension ReservationTable {
    /// The reservation that holds a spot; nil: none.
    static func holding(_ spot: DeviceID, in reader: some SQLReading) throws -> String? {
        try reader.queryFirst(
            "SELECT id FROM parking_reservation WHERE spot = $1 AND due_at IS NOT NULL AND is_held LIMIT 1",
            [.text(spot.text)]
        ).map { try $0.text("id") }
    }

    /// The spots that are held, of one lot or of all, with the reservation that holds each.
    static func held(in lot: LotID?, in reader: some SQLReading) throws -> [DeviceID: String] {
        var found: [DeviceID: String] = [:]
        var conditions = Conditions()
        conditions.add("due_at IS NOT NULL AND is_held")
        if let lot { conditions.add("lot", .equals, .text(lot.text)) }
        try reader.queryEach(
            "SELECT id, spot FROM parking_reservation WHERE \(conditions.text)", conditions.arguments
        ) { row in
            if let spot = DeviceID(try row.text("spot")) { found[spot] = try row.text("id") }
        }
        return found
    }

    /// The reservations that something is due for, in the order in which it is, each with the status of its spot; nil: the spot is gone.
    static func due(
        by now: Timestamp, limit: Int64, in reader: some SQLReading
    ) throws -> [(reservation: Reservation, status: SpotStatus?)] {
        try reader.query(
            """
            SELECT r.*, s.status AS spot_status FROM parking_reservation r LEFT JOIN parking_spot s ON s.id = r.spot
            WHERE r.due_at <= $1 ORDER BY r.due_at, r.id LIMIT $2
            """,
            [.integer(now.microseconds), .integer(limit)]
        ).map { row in
            (try Reservation(row), try row.optionalText("spot_status").flatMap(SpotStatus.init(rawValue:)))
        }
    }

    /// The first reservation of a spot that a car which comes at an instant may have come for.
    /// - Parameter latest: it begins by then.
    static func waiting(
        in spot: DeviceID, at instant: Timestamp, beginningBy latest: Timestamp, in reader: some SQLReading
    ) throws -> Reservation? {
        try reader.queryFirst(
            """
            SELECT * FROM parking_reservation
            WHERE spot = $1 AND due_at IS NOT NULL AND begins_at <= $2 AND ends_at > $3 ORDER BY begins_at LIMIT 1
            """,
            [.text(spot.text), .integer(latest.microseconds), .integer(instant.microseconds)]
        ).map(Reservation.init)
    }

    /// The spots of a lot that can be reserved for a time, those first that are the best guess to be free then.
    static func free(
        in lot: LotID, time: TimeSlots, at now: Timestamp, in reader: some SQLReading
    ) throws -> [(spot: DeviceID, kind: SpotKind)] {
        try reader.query(
            """
            SELECT parking_spot.id, parking_spot.kind, \(SpotTable.statusNow) AS shown
            FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
            WHERE parking_spot.lot = $2 AND NOT parking_spot.out_of_service
                AND ($3 > $1 OR \(SpotTable.statusNow) = 'free')
                AND \(calendar.isFree("parking_spot.id", from: "$4", to: "$5"))
            ORDER BY CASE \(SpotTable.statusNow)
                WHEN 'free' THEN 0 WHEN 'reserved' THEN 1 WHEN 'occupied' THEN 2 ELSE 3 END,
                parking_spot.level, parking_spot.id
            """,
            [
                .integer(now.microseconds), .text(lot.text), .integer(time.begin.microseconds),
                .integer(time.numbers.lowerBound), .integer(time.numbers.upperBound),
            ]
        ).compactMap { row in
            guard let spot = DeviceID(try row.text("id")), let kind = SpotKind(rawValue: try row.text("kind")) else {
                return nil
            }
            return (spot, kind)
        }
    }

    /// The reservation that ends first of those that are in the way of a time.
    /// - Parameter spot: the one that is wanted; nil: any of the kind.
    static func inTheWay(
        of time: TimeSlots, _ spot: DeviceID?, kind: String, in lot: LotID, in reader: some SQLReading
    ) throws -> (spot: String, from: Timestamp, to: Timestamp)? {
        try reader.queryFirst(
            """
            SELECT r.spot, r.begins_at, r.ends_at FROM parking_reserved_quarter q
            JOIN parking_reservation r ON r.id = q.reservation JOIN parking_spot s ON s.id = q.spot
            WHERE s.lot = $1 AND q.quarter >= $2 AND q.quarter < $3
                AND (s.id = $4 OR (CAST($4 AS TEXT) IS NULL AND s.kind = $5))
            ORDER BY r.ends_at, r.id LIMIT 1
            """,
            [
                .text(lot.text), .integer(time.numbers.lowerBound), .integer(time.numbers.upperBound),
                SQLValue(spot?.text), .text(kind),
            ]
        ).map { row in
            (
                try row.text("spot"), Timestamp(microseconds: try row.integer("begins_at")),
                Timestamp(microseconds: try row.integer("ends_at"))
            )
        }
    }

    /// How many reservations of an account are not over.
    static func countOpen(ofAccount account: String, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) FROM parking_reservation WHERE account = $1 AND due_at IS NOT NULL", [.text(account)]
        ).integer(0)
    }

    /// How many reservations that were made from an address without signing in are not over.
    static func countOpen(fromAddress address: String, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) FROM parking_reservation WHERE address = $1 AND due_at IS NOT NULL", [.text(address)]
        ).integer(0)
    }

    /// How many spots of a lot have reservations that were made without signing in and are not over.
    static func countSpotsOfStrangers(in lot: LotID, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            """
            SELECT COUNT(DISTINCT spot) FROM parking_reservation
            WHERE lot = $1 AND due_at IS NOT NULL AND account IS NULL
            """, [.text(lot.text)]
        ).integer(0)
    }
}
