internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `parking_lot`.
enum LotTable {
    /// One lot; nil when there is none.
    static func one(_ id: LotID, in reader: some SQLReading) throws -> Lot? {
        try reader.queryFirst("SELECT * FROM parking_lot WHERE id = $1", [.text(id.text)]).map(lot)
    }

    /// A lot that somebody may see; for others there is none.
    /// - Throws: `not_found`.
    static func visible(_ id: LotID, to caller: Caller, in reader: some SQLReading) throws -> Lot {
        guard let lot = try one(id, in: reader), lot.isVisible(to: caller) else {
            throw Refusal(.notFound, "There is no lot \(id).")
        }
        return lot
    }

    /// A lot within sites; elsewhere there is none.
    /// - Throws: `not_found`.
    static func one(_ id: LotID, at sites: SiteScope, in reader: some SQLReading) throws -> Lot {
        guard let lot = try one(id, in: reader), sites.contains(lot.site) else {
            throw Refusal(.notFound, "There is no lot \(id).")
        }
        return lot
    }

    /// The site that a lot is at; nil when there is none.
    static func site(of lot: LotID, in reader: some SQLReading) throws -> SiteID? {
        let row = try reader.queryFirst("SELECT site FROM parking_lot WHERE id = $1", [.text(lot.text)])
        return try row.flatMap { SiteID(try $0.text(0)) }
    }

    /// A lot as a link is of it; nil when there is none.
    static func linkable(_ id: LotID, in reader: some SQLReading) throws -> ThingDeclaration.Found? {
        try one(id, in: reader).map { ThingDeclaration.Found(site: $0.site, since: $0.createdAt) }
    }

    /// How many spots of each level of a lot have which status at an instant, in the order of the levels' names.
    static func levels(
        of lot: LotID, at now: Timestamp, in reader: some SQLReading
    ) throws -> [(level: String, tally: SpotTally)] {
        var levels: [(level: String, tally: SpotTally)] = []
        try reader.queryEach(
            """
            SELECT parking_spot.level AS level, \(SpotTable.statusNow) AS shown, COUNT(*) AS spots
            FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
            WHERE parking_spot.lot = $2 GROUP BY parking_spot.level, shown ORDER BY parking_spot.level
            """, [.integer(now.microseconds), .text(lot.text)]
        ) { row in
            let level = try row.text("level")
            guard let status = SpotStatus(rawValue: try row.text("shown")) else {
                throw SQLFailure(.wrongType, "a row of parking_spot holds no status")
            }
            if levels.last?.level != level { levels.append((level, SpotTally())) }
            levels[levels.count - 1].tally.add(status, Int(try row.integer("spots")))
        }
        return levels
    }

    /// The lot that money for a spot goes to, with its site and the code of its currency; nil when there is none.
    /// - Parameter lot: the lot of the session that is paid for; nil: the one that the spot is in.
    static func payee(
        of spot: DeviceID, lot: LotID?, in reader: some SQLReading
    ) throws -> (lot: LotID, site: SiteID, currency: String)? {
        let row = try reader.queryFirst(
            """
            SELECT id, site, currency FROM parking_lot
            WHERE id = COALESCE($2, (SELECT lot FROM parking_spot WHERE id = $1))
            """, [.text(spot.text), SQLValue(lot?.text)])
        guard let row, let lot = LotID(try row.text("id")), let site = SiteID(try row.text("site")) else { return nil }
        return (lot, site, try row.text("currency"))
    }

    /// The lots of these sites, ordered by id.
    /// - Parameter includingPublic: those that everybody may see as well, wherever they are.
    static func all(at sites: SiteScope, includingPublic: Bool, in reader: some SQLReading) throws -> [Lot] {
        var conditions = Conditions()
        add(sites, includingPublic: includingPublic, to: &conditions)
        return try reader.query(
            "SELECT * FROM parking_lot WHERE \(conditions.text) ORDER BY id", conditions.arguments
        ).map(lot)
    }

    /// How many spots of each of these lots have which status at an instant; lots without spots are missing.
    static func tallies(
        at sites: SiteScope, includingPublic: Bool, now: Timestamp, in reader: some SQLReading
    ) throws -> [LotID: SpotTally] {
        // `statusNow` wants now as `$1`.
        var conditions = Conditions(arguments: [.integer(now.microseconds)])
        add(sites, includingPublic: includingPublic, to: &conditions)
        let rows = try reader.query(
            """
            SELECT parking_spot.lot AS lot, \(SpotTable.statusNow) AS shown, COUNT(*) AS spots
            FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
            WHERE \(conditions.text) GROUP BY parking_spot.lot, shown
            """, conditions.arguments)
        var tallies: [LotID: SpotTally] = [:]
        for row in rows {
            guard let lot = LotID(try row.text("lot")), let status = SpotStatus(rawValue: try row.text("shown")) else {
                throw SQLFailure(.wrongType, "a row of parking_spot holds no lot or status")
            }
            tallies[lot, default: SpotTally()].add(status, Int(try row.integer("spots")))
        }
        return tallies
    }

    /// Adds that a lot is of these sites.
    /// - Parameter includingPublic: or one that everybody may see.
    static func add(_ sites: SiteScope, includingPublic: Bool, to conditions: inout Conditions) {
        guard includingPublic, let names = sites.names else {
            return conditions.add("parking_lot.site", isOneOf: sites.names)
        }
        let places = conditions.places(names.map(SQLValue.text))
        conditions.add(
            places.isEmpty
                ? "parking_lot.is_public" : "(parking_lot.is_public OR parking_lot.site IN (\(places)))")
    }

    /// A lot out of its row.
    static func lot(_ row: Row) throws -> Lot {
        guard let id = LotID(try row.text("id")), let site = SiteID(try row.text("site")) else {
            throw SQLFailure(.wrongType, "a row of parking_lot holds no lot's or site's name")
        }
        return Lot(
            id: id, site: site, name: try row.text("name"), address: try row.text("address"),
            latitude: try row.optionalReal("latitude"), longitude: try row.optionalReal("longitude"),
            timeZone: try row.text("time_zone"), currency: try row.text("currency"),
            isPublic: try row.boolean("is_public"), staleSeconds: try row.integer("stale_seconds"),
            planWidth: try row.real("plan_width"), planHeight: try row.real("plan_height"),
            createdAt: Timestamp(microseconds: try row.integer("created_at")))
    }
}
