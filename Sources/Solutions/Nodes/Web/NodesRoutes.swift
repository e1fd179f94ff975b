internal import HubModel
internal import SQL
internal import SolutionKit

/// The routes of docs/nodes-api.md. Reads go to the tables and to history, never through the writer; a command goes down the line.
struct NodesRoutes: Sendable {
    let services: WebServices

    var all: [Route] { ofNodes + ofFields + ofCommands + ofRefusals + fromDevices + feeds }

    /// The shapes of a path that names a node.
    static let node: [String: JSONSchema] = ["id": .nodeName]

    /// The most nodes of one page.
    private static let largestPage = 1_000

    private var ofNodes: [Route] {
        [
            Route(
                .get, "/api/nodes", access: .site(.viewNodes), summary: "Nodes, ordered by id",
                query: [
                    QueryParameter(
                        "state", "only nodes in this state", .words(NodeState.allCases.map(\.rawValue))),
                    QueryParameter("after", "only nodes behind this one: next of the page before", .nodeName),
                    .pageLimit("nodes", most: Self.largestPage, without: "all without it"),
                ], answers: [.json(.nodeList)], handler: nodes),
            Route(
                .get, "/api/nodes/{id}", access: .site(.viewNodes), summary: "One node with its newest values",
                pathSchemas: Self.node, answers: [.json(.node)], handler: node),
            Route(
                .get, "/api/nodes/{id}/latest", access: .site(.viewNodes),
                summary: "A node's newest values, and whether they are stale", pathSchemas: Self.node,
                answers: [.json(.latest)], handler: latest),
            Route(
                .get, "/api/nodes/{id}/readings", access: .site(.viewNodes),
                summary: "What a node measured, as JSON or CSV", pathSchemas: Self.node,
                query: ReadingsRequest.parameters(of: "node"),
                answers: [.table(.readings, "The readings")], handler: readings),
        ]
    }

    private func nodes(_ request: RouteRequest) async throws -> RouteResponse {
        let state = try request.word("state", of: NodeState.self)
        let limit = try request.whole("limit", in: 1...NodesRoutes.largestPage)
        let selection = NodeSelection(
            state: state, sites: request.scope, after: try NodesRoutes.after(request),
            limit: limit.map(Page<Node>.reading))
        let (commands, devices) = (services.commands, services.devices)
        let found = try await services.database.read { reader in
            try NodeTable.all(selection, of: devices, in: reader).map { node in
                (node: node, open: try commands.open(device: node.name.device, in: reader).count)
            }
        }
        let page = limit.map { Page(found, limit: $0, key: \.node.name.device.text) } ?? Page(all: found)
        var latest: [[LatestValue]] = []
        for (node, _) in page.rows {
            latest.append(try await services.history.latest(device: node.name.device, measurement: "telemetry"))
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("nodes", zip(page.rows, latest)) {
                $0.write($1.0.node, latest: $1.1, openCommands: $1.0.open)
            }
            writer.member("count", page.rows.count)
            writer.member("now", services.clock.now())
            writer.member(next: page)
        }
        return RouteResponse(
            contentType: "application/json", body: writer.bytes,
            headers: page.headers(request, "/api/nodes", limit: limit))
    }

    private func node(_ request: RouteRequest) async throws -> RouteResponse {
        let node = try await find(request)
        let commands = services.commands
        let open = try await services.database.read { try commands.open(device: node.name.device, in: $0).count }
        let latest = try await services.history.latest(device: node.name.device, measurement: "telemetry")
        return RouteResponse.json { $0.write(node, latest: latest, openCommands: open) }
    }

    private func latest(_ request: RouteRequest) async throws -> RouteResponse {
        let node = try await find(request)
        let latest = try await services.history.latest(device: node.name.device, measurement: "telemetry")
        let age = node.telemetryReceivedAt.map { services.clock.now().microseconds(since: $0) }
        // Received after now: the machine's clock was set back, and nobody knows how long ago it was.
        let fresh = -1_000_000...node.liveness.staleAfter
        let isThere = node.liveness.state == .online || node.liveness.state == .asleep
        let isFresh = isThere && age.map(fresh.contains) ?? false
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("node_id", node.name.device.text)
                writer.member("observed_at", latest.map(\.observedAt).max())
                writer.member("received_at", node.telemetryReceivedAt)
                writer.member("stale", !isFresh)
                writer.member("stale_after_seconds", node.staleAfterSeconds)
                writer.member("values") { $0.write(latest) }
            }
        }
    }

    private func readings(_ request: RouteRequest) async throws -> RouteResponse {
        let asCSV = try request.wantsCSV()
        let now = services.clock.now()
        // A bad request is told so, whether there is such a node or not.
        _ = try ReadingsRequest(request, of: [], now: now)
        return try await answer(request, of: try await find(request, evenRemoved: true), asCSV: asCSV)
    }

    /// The readings of a node, as a request wants them.
    func answer(_ request: RouteRequest, of node: Node, asCSV: Bool) async throws -> RouteResponse {
        let source = ReadingSource(
            node.name.device, measurement: "telemetry", fields: node.fields.map(\.name), member: "node_id")
        return try await services.readings(request, of: source, asCSV: asCSV)
    }

    private static func after(_ request: RouteRequest) throws(Refusal) -> DeviceID? {
        guard let text = request.given("after") else { return nil }
        guard let name = NodeName(text) else { throw Refusal(.invalidParameter, "after is the id of a node.") }
        return name.device
    }

    static func name(_ request: RouteRequest) throws -> NodeName {
        try NodeName.read(request.path["id"] ?? "")
    }

    /// The node of the path; for who may not see its site, there is none.
    /// - Parameter evenRemoved: also one that was removed; of it there is history only.
    func find(_ request: RouteRequest, evenRemoved: Bool = false) async throws -> Node {
        let name = try NodesRoutes.name(request)
        let devices = services.devices
        let node = try await services.database.read {
            try NodeTable.one(name, evenRemoved: evenRemoved, of: devices, in: $0)
        }
        guard let node, request.scope.contains(node.site) else {
            throw Refusal(.notFound, "There is no node \(name.device).")
        }
        return node
    }
}
