internal import HubModel
internal import SQL
internal import SolutionKit

/// What was refused of a node, so that one that is silent explains itself to whoever looks after it.
extension NodesRoutes {
    var ofRefusals: [Route] {
        [
            Route(
                .get, "/api/nodes/{id}/refusals", access: .site(.commandNodes),
                summary: "The last messages of a node that were refused, and why", pathSchemas: Self.node,
                answers: [.json(.refusalList)], handler: refusals)
        ]
    }

    private func refusals(_ request: RouteRequest) async throws -> RouteResponse {
        let node = try await find(request)
        let devices = services.devices
        let kept = try await services.database.read { try devices.refusals(of: node.name.device, in: $0) }
        return RouteResponse.json { $0.write(kept) }
    }
}
