internal import HubModel
internal import SQL
internal import SolutionKit

/// What people decide against a sensor.
extension LotRoutes {
    var deciding: [Route] {
        [
            Route(
                .post, "/api/lots/{id}/override", access: .site(.overrideParking),
                summary: "Say against its sensor whether a spot is occupied, for a time or until it is cleared",
                pathSchemas: Self.lot, input: RouteInput(LotSchemas.overrideRequest),
                answers: [.json(LotSchemas.spot, "The spot as it is now")], handler: decide)
        ]
    }

    private func decide(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try request.lotID()
        let sites = request.scope
        _ = try await services.database.read { try LotTable.one(lot, at: sites, in: $0) }
        let wanted = try OverrideRequest(request.body)
        let (audit, caller) = (services.audit, request.caller)
        let (spot, now) = try await services.line.perform(with: ParkingHandler.self) { handler, line in
            let spot = try handler.decide(
                wanted.decision, on: wanted.spot, of: lot, at: sites, by: caller.shortName, in: &line)
            let entry = AuditEntry(
                caller, .override, target: "spot:\(spot.id)", facts: [("lot", lot.text)] + wanted.decision.facts)
            try audit.record(entry, at: line.now, in: try line.transaction())
            return (spot, line.now)
        }
        return RouteResponse.json { $0.write(spot, at: now, isInside: true) }
    }
}

/// `{"spot_id":"SPOT001","occupied":true}`, and what came with time.
struct OverrideRequest: Hashable, Sendable {
    let spot: DeviceID
    let decision: Decision

    /// Reads a body.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `invalid_id`, `invalid_parameter`.
    init(_ body: [UInt8]) throws(Refusal) {
        var reader = JSONReader(body)
        var keys = SeenKeys(limit: 16)
        var spot: DeviceID?
        var occupied: Bool?
        var until: Timestamp?
        var clears: Bool?
        var outOfService: Bool?
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "spot_id": spot = try reader.optionalSpot("spot_id")
            case "occupied": occupied = try reader.optionalBoolean("occupied")
            case "until": until = try reader.optionalInstant("until")
            case "clear": clears = try reader.optionalBoolean("clear")
            case "out_of_service": outOfService = try reader.optionalBoolean("out_of_service")
            default: try reader.skip()
            }
        }
        try reader.end()
        guard let spot else { throw Refusal(.missingField, "spot_id is missing") }
        self.spot = spot
        guard until == nil || occupied != nil else {
            throw Refusal(.invalidParameter, "until goes with occupied")
        }
        switch (occupied, clears ?? false, outOfService) {
        case (let occupied?, false, nil): decision = .occupied(occupied, until: until)
        case (nil, true, nil): decision = .clear
        case (nil, false, let outOfService?): decision = .outOfService(outOfService)
        case (nil, false, nil): throw Refusal(.missingField, "occupied is missing; or clear, or out_of_service")
        default: throw Refusal(.invalidParameter, "one of occupied, clear and out_of_service at a time")
        }
    }
}

extension Decision {
    /// What the audit keeps of it.
    var facts: [(name: String, value: String)] {
        switch self {
        case .occupied(let isOccupied, let until):
            [("occupied", String(isOccupied))] + (until.map { [("until", $0.description)] } ?? [])
        case .clear: [("clear", "true")]
        case .outOfService(let isOut): [("out_of_service", String(isOut))]
        }
    }
}
