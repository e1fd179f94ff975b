internal import HubModel
internal import SQL

/// What `parking_session` says of a lot over a time. Times are from an instant on, to before another.
extension ParkingSessionTable {
    /// When a lot was heard of first, by its sessions and its history of changes; nil: not yet.
    static func observedSince(_ lot: LotID, in reader: some SQLReading) throws -> Timestamp? {
        try reader.queryOne(
            """
            SELECT MIN(first) AS first FROM (SELECT MIN(at) AS first FROM parking_change WHERE lot = $1
                UNION ALL SELECT MIN(arrived_at) AS first FROM parking_session WHERE lot = $1) AS firsts
            """, [.text(lot.text)]
        ).optionalInteger("first").map(Timestamp.init(microseconds:))
    }

    /// How many cars came.
    static func arrivals(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading
    ) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) FROM parking_session WHERE lot = $1 AND arrived_at >= $2 AND arrived_at < $3",
            [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ).integer(0)
    }

    /// How many cars have come since an instant.
    static func arrivals(of lot: LotID, since begin: Timestamp, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) FROM parking_session WHERE lot = $1 AND arrived_at >= $2",
            [.text(lot.text), .integer(begin.microseconds)]
        ).integer(0)
    }

    /// How many sessions have ended since an instant, and how long they were together.
    static func ended(
        of lot: LotID, since begin: Timestamp, in reader: some SQLReading
    ) throws -> (count: Int64, microseconds: Int64) {
        let row = try reader.queryOne(
            """
            SELECT COUNT(*) AS stays, COALESCE(SUM(departed_at - arrived_at), 0) AS length FROM parking_session
            WHERE lot = $1 AND departed_at >= $2
            """, [.text(lot.text), .integer(begin.microseconds)])
        return (try row.integer("stays"), try row.integer("length"))
    }

    private static let ended = "FROM parking_session WHERE lot = $1 AND departed_at >= $2 AND departed_at < $3"

    /// How many sessions ended.
    static func countEnded(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading
    ) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) \(ended)",
            [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ).integer(0)
    }

    /// Hands over each session that ended.
    static func eachEnded(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading,
        _ body: (ParkingSession) throws -> Void
    ) throws {
        try reader.queryEach(
            "SELECT \(columns) \(ended)",
            [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ) { try body(try session($0)) }
    }

    /// Hands over how many sessions of each kind of spot ended in each quarter of an hour.
    static func eachQuarterOfEnded(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading,
        _ body: (_ quarter: Timestamp, _ kind: SpotKind?, _ sessions: Int64) throws -> Void
    ) throws {
        try reader.queryEach(
            """
            SELECT departed_at / 900000000 AS quarter, kind, COUNT(*) AS sessions FROM parking_session
            WHERE lot = $1 AND departed_at >= $2 AND departed_at < $3 GROUP BY quarter, kind
            """, [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ) { row in
            try body(
                Timestamp(seconds: try row.integer("quarter") * 900),
                try row.optionalText("kind").flatMap(SpotKind.init), try row.integer("sessions"))
        }
    }

    /// The sessions of lot `$1` that touch `$2` to `$3`, each way by an index, so that a report of a day costs as much in the lot's tenth
    /// year as in its first: those that ended in that time; those that began in it and lasted longer; of each spot the last one
    /// that began before it, if it lasted longer.
    private static let touching = """
        SELECT arrived_at, departed_at FROM parking_session
        WHERE lot = $1 AND departed_at >= $2 AND departed_at < $3
        UNION ALL
        SELECT arrived_at, departed_at FROM parking_session
        WHERE lot = $1 AND arrived_at >= $2 AND arrived_at < $3 AND (departed_at >= $3 OR departed_at IS NULL)
        UNION ALL
        SELECT arrived_at, departed_at FROM parking_spot JOIN parking_session ON parking_session.spot = parking_spot.id
            AND parking_session.arrived_at = (SELECT MAX(earlier.arrived_at) FROM parking_session AS earlier
                WHERE earlier.spot = parking_spot.id AND earlier.arrived_at < $2)
        WHERE parking_spot.lot = $1 AND parking_session.lot = $1 AND (departed_at >= $3 OR departed_at IS NULL)
        """

    /// Hands over when each session that touches a time began and ended, in microseconds since 1970; nil while its car stands there.
    static func eachTouching(
        of lot: LotID, from begin: Timestamp, to end: Timestamp, in reader: some SQLReading,
        _ body: (_ arrived: Int64, _ departed: Int64?) throws -> Void
    ) throws {
        try reader.queryEach(
            touching, [.text(lot.text), .integer(begin.microseconds), .integer(end.microseconds)]
        ) { try body(try $0.integer(0), try $0.optionalInteger("departed_at")) }
    }
}
