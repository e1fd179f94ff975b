internal import HubModel
internal import SQL

/// The table `parking_change`: reading.
enum ChangeTable {
    /// So many changes are read at most for one answer.
    static let mostChanges = 400_000

    /// What the spots that a lot has were before an instant; nil of those of which nothing had been heard.
    static func statuses(
        of lot: LotID, before instant: Timestamp, in reader: some SQLReading
    ) throws -> [String: SpotStatus?] {
        var statuses: [String: SpotStatus?] = [:]
        try reader.queryEach(
            """
            SELECT id, (SELECT status FROM parking_change WHERE parking_change.spot = parking_spot.id AND at < $2
                ORDER BY at DESC, parking_change.id DESC LIMIT 1) AS was
            FROM parking_spot WHERE lot = $1
            """, [.text(lot.text), .integer(instant.microseconds)]
        ) { row in
            statuses.updateValue(try row.optionalText("was").flatMap(SpotStatus.init), forKey: try row.text("id"))
        }
        return statuses
    }

    /// The spots of which nothing was ever heard, with when they were made.
    static func silent(of lot: LotID, in reader: some SQLReading) throws -> [String: Timestamp] {
        var silent: [String: Timestamp] = [:]
        try reader.queryEach(
            """
            SELECT id, status_since FROM parking_spot
            WHERE lot = $1 AND NOT EXISTS (SELECT 1 FROM parking_change WHERE parking_change.spot = parking_spot.id)
            """, [.text(lot.text)]
        ) { row in silent[try row.text(0)] = Timestamp(microseconds: try row.integer(1)) }
        return silent
    }

    /// The changes of a lot from an instant on, to before another, in order of time; nil when there are more than `limit`.
    static func changes(
        of lot: LotID, from: Timestamp, to: Timestamp, limit: Int, in reader: some SQLReading
    ) throws -> [SpotChange]? {
        var changes: [SpotChange] = []
        try reader.queryEach(
            """
            SELECT at, spot, status FROM parking_change WHERE lot = $1 AND at >= $2 AND at < $3
            ORDER BY at, id LIMIT $4
            """,
            [.text(lot.text), .integer(from.microseconds), .integer(to.microseconds), .integer(Int64(limit) + 1)]
        ) { row in
            guard let status = SpotStatus(rawValue: try row.text("status")) else { return }
            changes.append(
                SpotChange(
                    at: Timestamp(microseconds: try row.integer("at")), spot: try row.text("spot"), status: status))
        }
        return changes.count > limit ? nil : changes
    }
}
