internal import DeviceLogic
internal import HubModel
internal import SQL
internal import SolutionKit

/// Which spots are wanted: those that somebody sees, with the public ones, in pages.
struct SpotSelection: Sendable {
    var sites: SiteScope
    var lot: LotID?
    var status: SpotStatus?
    var kind: SpotKind?
    /// Only spots of which a person has said how they are, against or without their sensor.
    var isOverridden = false
    /// Only spots behind this one.
    var after: DeviceID?
    var limit: Int
}

/// The table `parking_spot`: reading. A spot's site and stale time are its lot's.
enum SpotTable {
    private static let columns = """
        SELECT parking_spot.*, parking_lot.site AS site, parking_lot.stale_seconds AS stale_seconds
        FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
        """

    /// The status as `Spot.status(at:)` gives it; `$1` is now.
    static let statusNow = """
        CASE WHEN parking_spot.out_of_service THEN parking_spot.status
            WHEN parking_spot.override_at IS NOT NULL
                AND (parking_spot.override_until IS NULL OR parking_spot.override_until > $1) THEN parking_spot.status
            WHEN parking_spot.sensed_occupied IS NULL OR parking_spot.heard_at IS NULL
                OR parking_spot.heard_at + parking_lot.stale_seconds * 1000000 <= $1 THEN 'unknown'
            ELSE parking_spot.status END
        """

    /// Whether a person has said how the spot is; `$1` is now.
    private static let overriddenNow = """
        (parking_spot.out_of_service OR (parking_spot.override_at IS NOT NULL
            AND (parking_spot.override_until IS NULL OR parking_spot.override_until > $1)))
        """

    /// One spot; nil when there is none.
    static func one(_ id: DeviceID, in reader: some SQLReading) throws -> Spot? {
        try reader.queryFirst("\(columns) WHERE parking_spot.id = $1", [.text(id.text)]).map(spot)
    }

    /// The spots of a lot, by level and id.
    static func all(of lot: LotID, in reader: some SQLReading) throws -> [Spot] {
        try reader.query(
            "\(columns) WHERE parking_spot.lot = $1 ORDER BY parking_spot.level, parking_spot.id", [.text(lot.text)]
        ).map(spot)
    }

    /// How many spots a lot has.
    static func count(of lot: LotID, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne("SELECT COUNT(*) FROM parking_spot WHERE lot = $1", [.text(lot.text)]).integer(0)
    }

    /// How many spots of a lot are in service.
    static func countInService(of lot: LotID, in reader: some SQLReading) throws -> Int64 {
        try reader.queryOne(
            "SELECT COUNT(*) FROM parking_spot WHERE lot = $1 AND NOT out_of_service", [.text(lot.text)]
        ).integer(0)
    }

    /// All there are: for the line, which keeps them in memory.
    static func all(in reader: some SQLReading) throws -> [Spot] { try reader.query(columns).map(spot) }

    /// Spots of many lots, by lot, level and id.
    /// - Throws: `invalid_parameter` when the page is to begin behind a spot that the reader does not see.
    static func all(_ selection: SpotSelection, now: Timestamp, in reader: some SQLReading) throws -> [Spot] {
        // `statusNow` and `overriddenNow` want now as `$1`; without them there is no such argument.
        let wantsNow = selection.status != nil || selection.isOverridden
        var conditions = Conditions(arguments: wantsNow ? [.integer(now.microseconds)] : [])
        LotTable.add(selection.sites, includingPublic: true, to: &conditions)
        if let after = selection.after {
            let (lot, level) = try position(of: after, seenBy: selection.sites, in: reader)
            let values = conditions.places([lot, level, after.text].map(SQLValue.text))
            conditions.add("(parking_spot.lot, parking_spot.level, parking_spot.id) > (\(values))")
        }
        if let lot = selection.lot { conditions.add("parking_spot.lot", .equals, .text(lot.text)) }
        if let kind = selection.kind { conditions.add("kind", .equals, .text(kind.rawValue)) }
        if selection.isOverridden { conditions.add(overriddenNow) }
        if let status = selection.status { conditions.add(statusNow, .equals, .text(status.rawValue)) }
        let limit = conditions.place(.integer(Int64(selection.limit)))
        return try reader.query(
            """
            \(columns) WHERE \(conditions.text)
            ORDER BY parking_spot.lot, parking_spot.level, parking_spot.id LIMIT \(limit)
            """, conditions.arguments
        ).map(spot)
    }

    private static func position(
        of spot: DeviceID, seenBy sites: SiteScope, in reader: some SQLReading
    ) throws -> (lot: String, level: String) {
        var conditions = Conditions()
        conditions.add("parking_spot.id", .equals, .text(spot.text))
        LotTable.add(sites, includingPublic: true, to: &conditions)
        let row = try reader.queryFirst(
            """
            SELECT lot, level FROM parking_spot JOIN parking_lot ON parking_lot.id = parking_spot.lot
            WHERE \(conditions.text)
            """, conditions.arguments)
        guard let row else { throw Refusal(.invalidParameter, "after is the last spot of the page before.") }
        return (try row.text(0), try row.text(1))
    }

    /// How many spots these sites have, and how many of them are unknown.
    static func overview(at sites: SiteScope, now: Timestamp, in reader: some SQLReading) throws -> SolutionOverview {
        let tallies = try LotTable.tallies(at: sites, includingPublic: false, now: now, in: reader)
        return SolutionOverview(
            devices: tallies.values.reduce(0) { $0 + $1.total },
            attention: tallies.values.reduce(0) { $0 + $1.unknown })
    }

    /// A spot out of its row, with the columns `site` and `stale_seconds` of its lot. Whether a reservation holds it, the row does not say,
    /// unless that is what people are told.
    static func spot(_ row: Row) throws -> Spot {
        guard let id = DeviceID(try row.text("id")), let lot = LotID(try row.text("lot")),
            let site = SiteID(try row.text("site")), let kind = SpotKind(rawValue: try row.text("kind")),
            let decides = SpotSignal(rawValue: try row.text("decides")),
            let status = SpotStatus(rawValue: try row.text("status"))
        else { throw SQLFailure(.wrongType, "a row of parking_spot holds no name, kind or status") }
        func instant(_ column: String) throws -> Timestamp? {
            try row.optionalInteger(column).map(Timestamp.init(microseconds:))
        }
        var state = SpotState(
            kind: kind,
            settings: SensorSettings(
                decides: decides, thresholdCentimetres: try row.real("threshold_cm"),
                hysteresisCentimetres: try row.real("hysteresis_cm"),
                debounceMilliseconds: try row.integer("debounce_ms")),
            staleSeconds: try row.integer("stale_seconds"),
            since: Timestamp(microseconds: try row.integer("status_since")))
        state.status = status
        if let isOccupied = try row.optionalBoolean("sensed_occupied"),
            let since = try row.optionalInteger("sensed_since")
        {
            state.occupancy.belief = DebouncedState.Belief(isOccupied: isOccupied, since: since)
        }
        if let isOccupied = try row.optionalBoolean("candidate_occupied"),
            let since = try row.optionalInteger("candidate_since"),
            let heardAt = try row.optionalInteger("candidate_heard_at")
        {
            state.candidate = DebouncedState.Candidate(isOccupied: isOccupied, since: since, heardAt: heardAt)
        }
        state.distanceCentimetres = try row.optionalReal("distance_cm")
        state.observedAt = try instant("observed_at")
        state.heardAt = try instant("heard_at")
        state.isOutOfService = try row.boolean("out_of_service")
        if let isOccupied = try row.optionalBoolean("override_occupied"), let at = try instant("override_at") {
            state.override = Override(
                isOccupied: isOccupied, until: try instant("override_until"),
                by: try row.optionalText("override_by") ?? "", at: at)
        }
        state.car = try car(row, since: state.statusSince)
        state.isReserved = status == .reserved
        return Spot(
            facts: SpotFacts(id: id, lot: lot, site: site, kind: kind),
            place: SpotPlace(
                label: try row.text("label"), level: try row.text("level"), zone: try row.optionalText("zone"),
                x: try row.optionalReal("x"), y: try row.optionalReal("y"), rotation: try row.real("rotation")),
            state: state, clock: try clock(row), clientID: try row.optionalText("client_id"),
            sentColor: try row.optionalText("color").flatMap(LEDColor.init))
    }

    /// The sensor's clock; of a spot that was last written before there was one, by what is known of its newest report.
    private static func clock(_ row: Row) throws -> DeviceClock {
        func instant(_ column: String, _ before: String) throws -> Timestamp? {
            try (row.optionalInteger(column) ?? row.optionalInteger(before)).map(Timestamp.init(microseconds:))
        }
        return DeviceClock(
            newest: try instant("clock_newest", "observed_at"), heardAt: try instant("clock_heard_at", "heard_at"),
            text: try row.optionalText("clock"))
    }

    private static func car(_ row: Row, since: Timestamp) throws -> CarPresence {
        func instant(_ column: String) throws -> Timestamp? {
            try row.optionalInteger(column).map(Timestamp.init(microseconds:))
        }
        var car = CarPresence(since: try instant("car_since") ?? since)
        car.isThere = try row.boolean("car")
        if let isOccupied = try row.optionalBoolean("lasting_occupied"), let since = try instant("lasting_since") {
            car.sensed = CarPresence.Sensed(isOccupied: isOccupied, since: since)
        }
        if let isOccupied = try row.optionalBoolean("pending_occupied"), let since = try instant("pending_since"),
            let observedAt = try instant("pending_observed_at"), let heardAt = try instant("pending_heard_at")
        {
            car.pending = CarPresence.Pending(
                isOccupied: isOccupied, since: since, observedAt: observedAt, heardAt: heardAt)
        }
        return car
    }
}
