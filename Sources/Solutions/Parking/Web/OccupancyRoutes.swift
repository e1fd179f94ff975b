internal import HubModel
internal import SQL
internal import SolutionKit

/// The occupancy of a lot over time.
struct OccupancyRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/lots/{id}/history", access: .site(.viewParking),
                summary: "How many spots were how, step by step, as JSON or CSV", pathSchemas: LotPath.lot,
                query: OccupancyRequest.parameters,
                answers: [.table(.occupancyHistory(.lots), "The history")], handler: history)
        ]
    }

    private func history(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, asCSV, sites) = (try request.lotID(), try request.wantsCSV(), request.scope)
        let wanted = try OccupancyRequest(request, now: services.clock.now())
        let history = try await services.database.read { reader in
            _ = try LotTable.one(id, at: sites, in: reader)
            return try ChangeTable.history.history(of: id.text, wanted, in: reader)
        }
        return history.answer(to: wanted, of: id.text, .lots, asCSV: asCSV)
    }
}

extension PlaceWords {
    /// A car park and its spots.
    static let lots = PlaceWords(member: "lot_id", place: "lot", resource: "spot", resources: "spots")
}
