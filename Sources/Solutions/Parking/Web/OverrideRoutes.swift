internal import HubModel
internal import SQL
internal import SolutionKit

/// What people decide against a sensor.
struct OverrideRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .post, "/api/lots/{id}/override", access: .site(.overrideParking),
                summary: "Say against its sensor whether a spot is occupied, for a time or until it is cleared",
                pathSchemas: LotPath.lot, input: RouteInput(LotSchemas.overrideRequest),
                answers: [.json(LotSchemas.spot, "The spot as it is now")], handler: decide)
        ]
    }

    private func decide(_ request: RouteRequest) async throws -> RouteResponse {
        let lot = try request.lotID()
        let sites = request.scope
        _ = try await services.database.read { try LotTable.one(lot, at: sites, in: $0) }
        let wanted = try OverrideRequest(request.body)
        let caller = request.caller
        let (spot, now) = try await services.change(with: ParkingHandler.self, by: caller) { handler, line in
            let spot = try handler.decide(
                wanted.decision, on: wanted.spot, of: lot, at: sites, by: caller.shortName, in: &line)
            return AuditedChange(
                (spot, line.now), .override, of: "spot:\(spot.id)", facts: [("lot", lot.text)] + wanted.decision.facts)
        }
        return RouteResponse.json { $0.write(SpotView(spot, at: now, for: .staff)) }
    }
}

/// `{"spot_id":"SPOT001","occupied":true}`, and what came with time.
struct OverrideRequest: Hashable, Sendable {
    let spot: DeviceID
    let decision: Decision

    /// Reads a body.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `invalid_id`, `invalid_parameter`.
    init(_ body: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(body)
        let occupied = try members.optionalBoolean("occupied")
        let until = try members.optionalInstant("until")
        guard let spot = try members.optionalDevice("spot_id") else { throw JSONMembers.missing("spot_id") }
        self.spot = spot
        guard until == nil || occupied != nil else {
            throw Refusal(.invalidParameter, "until goes with occupied.")
        }
        let clears = try members.optionalBoolean("clear") ?? false
        switch (occupied, clears, try members.optionalBoolean("out_of_service")) {
        case (let occupied?, false, nil): decision = .occupied(occupied, until: until)
        case (nil, true, nil): decision = .clear
        case (nil, false, let outOfService?): decision = .outOfService(outOfService)
        case (nil, false, nil): throw Refusal(.missingField, "Give occupied, clear or out_of_service.")
        default: throw Refusal(.invalidParameter, "Give one of occupied, clear and out_of_service at a time.")
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
