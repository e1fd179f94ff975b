internal import HubModel
internal import SQL
internal import SolutionKit

extension LinkKind {
    /// The readings of one node, as a sheet that a program reads again and again.
    static let nodeReadings = LinkKind("nodes.readings")
    /// The newest values of all nodes of a site, as a sheet.
    static let siteValues = LinkKind("nodes.site-values")
}

/// What the bearer of a link sees of its node, or of its site's nodes.
extension NodesRoutes {
    static let feed = "/api/feeds/{key}/readings.csv"
    static let siteFeed = "/api/feeds/{key}/nodes.csv"
    /// Nodes that are read at once.
    private static let nodesOfPiece = 100

    var feeds: [Route] {
        [
            Route(
                .get, Self.feed, access: .link(.nodeReadings),
                summary: "What a node measured, as CSV, for whoever has the link",
                pathSchemas: ["key": .text], query: ReadingsRequest.parametersOfSheet(of: "node"),
                answers: [.bytes("text/csv", "The readings")], handler: sheet),
            Route(
                .get, Self.siteFeed, access: .link(.siteValues),
                summary: "The newest values of all nodes of a site, as CSV, for anyone who has the link",
                pathSchemas: ["key": .text], answers: [.bytes("text/csv", "The values")], handler: siteSheet),
        ]
    }

    private func sheet(_ request: RouteRequest) async throws -> RouteResponse {
        guard case .link(let grant) = request.caller.identity, let name = NodeName(grant.device?.text ?? "") else {
            throw RouteAccess.noSuchLink
        }
        let devices = services.devices
        let node = try await services.database.read { try NodeTable.one(name, of: devices, in: $0) }
        // One that was moved to another site is none of those who see the old one.
        guard let node, request.scope.contains(node.site) else { throw RouteAccess.noSuchLink }
        return try await answer(request, of: node, asCSV: true)
    }

    private func siteSheet(_ request: RouteRequest) async throws -> RouteResponse {
        let (services, sites) = (services, request.scope)
        return try await .csv(["node_id", "field", "value", "observed_at"], lineEnd: .lineFeed) { (after: DeviceID?) in
            let selection = NodeSelection(
                sites: sites, after: after, limit: Page<Node>.reading(NodesRoutes.nodesOfPiece))
            let found = try await services.database.read { try NodeTable.all(selection, of: services.devices, in: $0) }
            let page = Page(found, limit: NodesRoutes.nodesOfPiece, key: \.name.device.text)
            var rows: [[CSVWriter.Cell]] = []
            for node in page.rows {
                let device = node.name.device
                rows += try await services.history.latest(device: device, measurement: "telemetry").map {
                    [.text(device.text), .text($0.field), .value($0.value), .time($0.observedAt)]
                }
            }
            return (rows, page.next == nil ? nil : page.rows.last?.name.device)
        }
    }
}
