internal import HubModel
internal import SQL
internal import SolutionKit

/// The routes of docs/nodes-api.md. Reads go to the tables and to history, never through the writer; a command goes down the line.
struct NodesRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/nodes", summary: "All nodes, ordered by id",
                query: [QueryParameter("state", "only nodes in this state: online, offline or unknown")], handler: nodes
            ),
            Route(.get, "/api/nodes/{id}", summary: "One node with its newest values", handler: node),
            Route(
                .get, "/api/nodes/{id}/latest", summary: "A node's newest values, and whether they are stale",
                handler: latest),
            Route(
                .get, "/api/nodes/{id}/readings", summary: "What a node measured, as JSON or CSV",
                query: ReadingsRequest.parameters, handler: readings),
            Route(
                .post, "/api/nodes/{id}/commands", summary: "Ask a node to do something", maximumBodyBytes: 65_536,
                handler: ask),
            Route(
                .get, "/api/nodes/{id}/commands", summary: "A node's commands, newest first",
                query: [QueryParameter("limit", "at most this many commands, 1 to 500; 50 without it")],
                handler: commands),
            Route(
                .get, "/api/nodes/{id}/commands/{command_id}", summary: "How far a command has come", handler: command),
            Route(
                .get, "/api/commands", summary: "The commands of all nodes, newest first",
                query: [
                    QueryParameter("state", "only commands in these states, separated by commas"),
                    QueryParameter("limit", "at most this many commands, 1 to 500; 50 without it"),
                ], handler: allCommands),
        ]
    }

    private func nodes(_ request: RouteRequest) async throws -> RouteResponse {
        var state: NodeState?
        if let word = request.given("state") {
            guard let known = NodeState(rawValue: word) else {
                throw Refusal(.invalidParameter, "state is online, offline or unknown")
            }
            state = known
        }
        let (commands, wanted) = (services.commands, state)
        let found = try await services.database.read { reader in
            try NodeTable.all(state: wanted, in: reader).map { node in
                (node: node, open: try commands.open(device: node.name.device, in: reader).count)
            }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("nodes")
        writer.beginArray()
        for (node, open) in found {
            let latest = try await services.history.latest(device: node.name.device, measurement: "telemetry")
            writer.write(node, latest: latest, openCommands: open)
        }
        writer.endArray()
        writer.key("count")
        writer.integer(Int64(found.count))
        writer.key("now")
        writer.timestamp(services.clock.now())
        writer.endObject()
        return RouteResponse(contentType: "application/json", body: writer.bytes)
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
        let fresh = -1_000_000...node.liveness.interval.staleAfter
        let isFresh = node.liveness.state == .online && age.map(fresh.contains) ?? false
        return RouteResponse.json { writer in
            writer.beginObject()
            writer.key("node_id")
            writer.string(node.name.device.text)
            writer.key("observed_at")
            writer.timestamp(latest.map(\.observedAt).max())
            writer.key("received_at")
            writer.timestamp(node.telemetryReceivedAt)
            writer.key("stale")
            writer.boolean(!isFresh)
            writer.key("stale_after_seconds")
            writer.integer(node.staleAfterSeconds)
            writer.key("values")
            writer.write(latest)
            writer.endObject()
        }
    }

    private func readings(_ request: RouteRequest) async throws -> RouteResponse {
        let form = try ReadingsForm.negotiated(request.accept)
        let wanted = try ReadingsRequest(request, now: services.clock.now())
        let node = try await find(request)
        let table = try await services.history.readings(wanted.query(for: node.name.device))
        return wanted.answer(with: table, of: node.name, as: form)
    }

    private func ask(_ request: RouteRequest) async throws -> RouteResponse {
        let name = try NodesRoutes.name(request)
        let wanted = try CommandRequest(request.body)
        let command = try await services.line.perform(with: NodesHandler.self) { handler, line in
            try handler.ask(name, wanted, in: &line)
        }
        let address = "/api/nodes/\(command.device)/commands/\(command.id)"
        return RouteResponse.json(status: 202, headers: [("Location", address)]) { $0.write(command) }
    }

    private func commands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.wholeNumber("limit", in: 1...500) ?? 50
        let node = try await find(request)
        let book = services.commands
        let found = try await services.database.read {
            try book.commands(device: node.name.device, limit: limit, in: $0)
        }
        return NodesRoutes.answer(with: found)
    }

    private func allCommands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.wholeNumber("limit", in: 1...500) ?? 50
        var wanted: Set<CommandState> = []
        for word in (request.given("state") ?? "").split(separator: ",") {
            guard let state = CommandState(rawValue: String(word)) else {
                let words = CommandState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.invalidParameter, "state is one or more of \(words), separated by commas")
            }
            wanted.insert(state)
        }
        let (book, states) = (services.commands, wanted)
        let found = try await services.database.read {
            try book.commands(kind: .node, states: states, limit: limit, in: $0)
        }
        return NodesRoutes.answer(with: found)
    }

    private static func answer(with commands: [Command]) -> RouteResponse {
        RouteResponse.json { writer in
            writer.beginObject()
            writer.key("commands")
            writer.beginArray()
            for command in commands { writer.write(command) }
            writer.endArray()
            writer.endObject()
        }
    }

    private func command(_ request: RouteRequest) async throws -> RouteResponse {
        let name = try NodesRoutes.name(request)
        let id = request.path["command_id"] ?? ""
        let book = services.commands
        let found = try await services.database.read { try book.command(id, device: name.device, in: $0) }
        guard let found else { throw Refusal(.notFound, "\(name.device) has no such command") }
        return RouteResponse.json { $0.write(found) }
    }

    private static func name(_ request: RouteRequest) throws -> NodeName {
        try NodeName.read(request.path["id"] ?? "")
    }

    private func find(_ request: RouteRequest) async throws -> Node {
        let name = try NodesRoutes.name(request)
        let node = try await services.database.read { try NodeTable.one(name, in: $0) }
        guard let node else { throw Refusal(.notFound, "there is no node \(name.device)") }
        return node
    }
}

extension RouteRequest {
    /// A parameter that has a value: `?field=` is as good as none.
    func given(_ name: String) -> String? {
        parameter(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A whole number in a range; nil when it is not given.
    func wholeNumber(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = given(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(.invalidParameter, "\(name) is a whole number, \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
