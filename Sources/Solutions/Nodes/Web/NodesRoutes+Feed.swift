internal import HubModel
internal import SQL
internal import SolutionKit

extension LinkKind {
    /// The readings of one node, as a sheet that a program reads again and again.
    static let nodeReadings = LinkKind("nodes.readings")
}

/// What the bearer of a link sees of its node.
extension NodesRoutes {
    static let feed = "/api/feeds/{key}/readings.csv"

    var feeds: [Route] {
        [
            Route(
                .get, Self.feed, access: .link(.nodeReadings),
                summary: "What a node measured, as CSV, for whoever has the link",
                pathSchemas: ["key": .text], query: ReadingsRequest.parametersOfSheet,
                answers: [.bytes("text/csv", "The readings")], handler: sheet)
        ]
    }

    private func sheet(_ request: RouteRequest) async throws -> RouteResponse {
        guard case .link(let grant) = request.caller.identity, let name = NodeName(grant.device.text) else {
            throw RouteAccess.noSuchLink
        }
        let node = try await services.database.read { try NodeTable.one(name, evenRemoved: false, in: $0) }
        // One that was moved to another site is none of those who see the old one.
        guard let node, request.scope.contains(node.site) else { throw RouteAccess.noSuchLink }
        return try await answer(request, of: node, asCSV: true)
    }
}
