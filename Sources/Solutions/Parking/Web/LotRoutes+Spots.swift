internal import HubModel
internal import SQL
internal import SolutionKit

/// Spots of all lots, page by page.
extension LotRoutes {
    /// The most spots of one answer: those of the largest lot, so that a lot is never torn.
    private static let mostSpots = ParkingHandler.maximumSpotsPerLot

    var ofSpots: [Route] {
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
        default: throw Refusal(.invalidParameter, "overridden is true or false")
        }
        if let name = request.given("lot_id") {
            guard let id = LotID(name) else { throw Refusal(.invalidParameter, "lot_id is the id of a lot") }
            selection.lot = id
        }
        if let name = request.given("after") {
            guard let id = DeviceID(name) else { throw Refusal(.invalidParameter, "after is the id of a spot") }
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
            writer.array(page.rows) { $0.write($1, at: now, isInside: sites.contains($1.facts.site)) }
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
        return try await .csv(LotRoutes.spotColumns, named: "spots") { (after: String?) in
            var wanted = selection
            if let after { wanted.after = DeviceID(after) }
            let asked = wanted
            let found = try await database.read { reader in
                if let lot = asked.lot { _ = try LotTable.visible(lot, to: caller, in: reader) }
                return try SpotTable.all(asked, now: now, in: reader)
            }
            let page = Page(found, limit: limit, key: \.id.text)
            let rows = page.rows.map { LotRoutes.cells(of: $0, at: now, inside: asked.sites) }
            return (rows, isPart ? nil : page.next)
        }
    }
}
