internal import HubModel
internal import SQL
internal import SolutionKit

/// Reads what the feeds tell.
enum FeedTable {
    /// The public lots, or one of them, by id.
    static func lots(_ one: LotID? = nil, at now: Timestamp, in reader: some SQLReading) throws -> [FeedLot] {
        var found: [LotID: FeedLot] = [:]
        if let one {
            found[one] = try LotTable.one(one, in: reader).flatMap { $0.isPublic ? FeedLot(lot: $0) : nil }
            guard !found.isEmpty else { return [] }
        } else {
            // Of no site: exactly the public ones.
            for lot in try LotTable.all(at: .sites([]), includingPublic: true, in: reader) {
                found[lot.id] = FeedLot(lot: lot)
            }
        }
        var levels: [LotID: Set<String>] = [:]
        var conditions = Conditions(arguments: [.integer(now.microseconds)])
        conditions.add("parking_lot.is_public")
        if let one { conditions.add("parking_spot.lot", .equals, .text(one.text)) }
        try reader.queryEach(
            """
            SELECT parking_spot.lot AS lot, kind, level, \(SpotTable.statusNow) AS shown, COUNT(*) AS spots,
                MAX(heard_at) AS heard_at
            FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
            WHERE \(conditions.text)
            GROUP BY parking_spot.lot, kind, level, shown
            """, conditions.arguments
        ) { row in
            guard let lot = LotID(try row.text("lot")), let kind = SpotKind(rawValue: try row.text("kind")),
                let status = SpotStatus(rawValue: try row.text("shown"))
            else { throw SQLFailure(.wrongType, "a row of parking_spot holds no lot, kind or status") }
            let heard = try row.optionalInteger("heard_at").map(Timestamp.init(microseconds:))
            let count = Int(try row.integer("spots"))
            levels[lot, default: []].insert(try row.text("level"))
            guard var entry = found[lot] else { return }
            entry.kinds[kind, default: SpotTally()].add(status, count)
            if let heard { entry.heardAt = max(entry.heardAt ?? heard, heard) }
            found[lot] = entry
        }
        let tariffs = try TariffTable.inForce(
            at: now, for: .sites([]), includingPublic: true, only: one, in: reader)
        return found.values.sorted { $0.lot.id.text < $1.lot.id.text }.map { entry in
            var entry = entry
            entry.levels = levels[entry.lot.id]?.count ?? 0
            entry.tariff = tariffs[entry.lot.id]
            return entry
        }
    }

    /// The public lot whose id fits; the first by id, and only if somebody has said where it is. The others are not looked at.
    static func placed(where fits: (LotID) -> Bool, at now: Timestamp, in reader: some SQLReading) throws -> FeedLot? {
        let names = try reader.query(
            """
            SELECT id FROM parking_lot WHERE is_public AND latitude IS NOT NULL AND longitude IS NOT NULL ORDER BY id
            """)
        for row in names {
            if let id = LotID(try row.text(0)), fits(id) { return try lots(id, at: now, in: reader).first }
        }
        return nil
    }
}
