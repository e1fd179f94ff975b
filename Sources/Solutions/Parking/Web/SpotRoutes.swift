internal import HubModel
internal import SQL
internal import SolutionKit

/// Spots of all lots, page by page.
struct SpotRoutes: Sendable {
    let services: WebServices

    /// The most spots of one answer: those of the largest lot, so that a lot is never torn.
    private static let mostSpots = ParkingHandler.maximumSpotsPerLot

    var all: [Route] {
        [
            Route(
                .get, "/api/spots", access: .anyone,
                summary: "Spots, by lot, level and id; when there are more, Link says where",
                query: [
                    QueryParameter("lot_id", "only spots of this lot", .identifier),
                    QueryParameter("status", "only spots with this status", LotSchemas.status),
                    QueryParameter("kind", "only spots of this kind", LotSchemas.kind),
                    QueryParameter(
                        "overridden", "true: only spots that a person has overridden or put out of service",
                        .words(["true", "false"])),
                    QueryParameter("after", "only spots behind this one: the last of the page before", .identifier),
                    .pageLimit(
                        "spots", most: Self.mostSpots, without: "as many as that without it, and in CSV all"),
                    .tableForm,
                ], answers: [.table(.array(LotSchemas.spot), "The spots")], refusals: [.notFound], handler: spots)
        ]
    }

    private func spots(_ request: RouteRequest) async throws -> RouteResponse {
        let (csv, now) = (try request.wantsCSV(), services.clock.now())
        let sites = request.caller.grants.scope(of: .viewParking)
        let limit = try request.whole("limit", in: 1...Self.mostSpots) ?? Self.mostSpots
        var selection = SpotSelection(sites: sites, limit: Page<Spot>.reading(limit))
        selection.status = try request.word("status", of: SpotStatus.self)
        selection.kind = try request.word("kind", of: SpotKind.self)
        switch request.given("overridden") {
        case nil, "false": break
        case "true": selection.isOverridden = true
        default: throw Refusal(.invalidParameter, "overridden is true or false.")
        }
        if let name = request.given("lot_id") {
            guard let id = LotID(name) else { throw Refusal(.invalidParameter, "lot_id is the id of a lot.") }
            selection.lot = id
        }
        if let name = request.given("after") {
            guard let id = DeviceID(name) else { throw Refusal(.invalidParameter, "after is the id of a spot.") }
            selection.after = id
        }
        let (wanted, caller) = (selection, request.caller)
        guard !csv else {
            return try await sheet(wanted, limit: limit, isPart: request.given("limit") != nil, at: now, for: caller)
        }
        let found = try await services.database.read { reader in
            // Of a lot that one may not see, there is not even nothing.
            if let lot = wanted.lot { _ = try LotTable.visible(lot, to: caller, in: reader) }
            return try SpotTable.all(wanted, now: now, in: reader)
        }
        let page = Page(found, limit: limit, key: \.id.text)
        return RouteResponse.json(headers: page.headers(request, "/api/spots", limit: limit)) { writer in
            writer.array(
                page.rows.map { SpotView($0, at: now, for: sites.contains($0.facts.site) ? .staff : .anybody) })
        }
    }

    /// All spots that were asked for, read page by page.
    /// - Parameters:
    ///   - limit: spots of one read.
    ///   - isPart: whether a limit was given: then only its page.
    private func sheet(
        _ selection: SpotSelection, limit: Int, isPart: Bool, at now: Timestamp, for caller: Caller
    ) async throws -> RouteResponse {
        let database = services.database
        return try await .csv(SpotRoutes.spotColumns, named: "spots") { (after: String?) in
            var wanted = selection
            if let after { wanted.after = DeviceID(after) }
            let asked = wanted
            let found = try await database.read { reader in
                if let lot = asked.lot { _ = try LotTable.visible(lot, to: caller, in: reader) }
                return try SpotTable.all(asked, now: now, in: reader)
            }
            let page = Page(found, limit: limit, key: \.id.text)
            let rows = page.rows.map { SpotRoutes.cells(of: $0, at: now, inside: asked.sites) }
            return (rows, isPart ? nil : page.next)
        }
    }

    private static let spotColumns = [
        "spot_id", "lot_id", "label", "level", "zone", "kind", "status", "since", "distance", "observed_at",
        "override_occupied", "override_at", "override_until", "override_by",
    ]

    /// A spot under `spotColumns`.
    /// - Parameter sites: where the reader may see who overrode a spot.
    private static func cells(of spot: Spot, at now: Timestamp, inside sites: SiteScope) -> [CSVWriter.Cell] {
        let override = spot.state.override.flatMap { held in held.until.map { now < $0 } ?? true ? held : nil }
        return [
            .text(spot.id.text), .text(spot.lot.text), .text(spot.place.label), .text(spot.place.level),
            .text(spot.place.zone), .text(spot.facts.kind.rawValue), .text(spot.status(at: now).rawValue),
            .time(spot.since(at: now)), .number(spot.state.distanceCentimetres), .time(spot.state.observedAt),
            .text(override.map { String($0.isOccupied) }), .time(override?.at), .time(override?.until),
            .text(sites.contains(spot.facts.site) ? override?.by : nil),
        ]
    }
}
