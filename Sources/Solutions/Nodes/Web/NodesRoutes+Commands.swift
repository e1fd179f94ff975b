internal import HubModel
internal import SQL
internal import SolutionKit

/// Commands: given down the line and recorded in the audit, read from the tables.
extension NodesRoutes {
    private static let limit = QueryParameter(
        "limit", "at most this many commands, 1 to 500; 50 without it", .integer(minimum: 1, maximum: 500))

    var ofCommands: [Route] {
        [
            Route(
                .post, "/api/nodes/{id}/commands", access: .site(.commandNodes), summary: "Ask a node to do something",
                pathSchemas: Self.node, input: RouteInput(.commandRequest),
                answers: [.json(.command, status: 202, "Taken; Location is the command's address")], handler: ask),
            Route(
                .get, "/api/nodes/{id}/commands", access: .site(.viewNodes), summary: "A node's commands, newest first",
                pathSchemas: Self.node, query: [Self.limit], answers: [.json(.commandList)], handler: commands),
            Route(
                .get, "/api/nodes/{id}/commands/{command_id}", access: .site(.viewNodes),
                summary: "How far a command has come", pathSchemas: Self.node, answers: [.json(.command)],
                handler: command),
            Route(
                .get, "/api/commands", access: .site(.viewNodes), summary: "The commands of all nodes, newest first",
                query: [
                    QueryParameter("state", "only commands in these states, separated by commas"), Self.limit,
                ], answers: [.json(.commandList)], handler: allCommands),
        ]
    }

    private func ask(_ request: RouteRequest) async throws -> RouteResponse {
        // Whoever may not see the node learns nothing of it, whatever they send.
        let name = try await find(request).name
        let wanted = try CommandRequest(request.body)
        let (audit, caller, sites) = (services.audit, request.caller, request.scope)
        let command = try await services.line.perform(with: NodesHandler.self) { handler, line in
            let command = try handler.ask(name, wanted, at: sites, in: &line)
            // Never its parameters: they may hold what only the node should know.
            let entry = AuditEntry(
                caller, .sendCommand, target: "device:\(name.device)",
                facts: [("command", command.name), ("command_id", command.id)])
            try audit.record(entry, at: line.now, in: try line.transaction())
            return command
        }
        let address = "/api/nodes/\(command.device)/commands/\(command.id)"
        return RouteResponse.json(status: 202, headers: [("Location", address)]) { $0.write(command) }
    }

    private func commands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...500) ?? 50
        let node = try await find(request, evenRemoved: true)
        let book = services.commands
        let found = try await services.database.read {
            try book.commands(device: node.name.device, limit: limit, in: $0)
        }
        return NodesRoutes.answer(with: found)
    }

    private func allCommands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...500) ?? 50
        var wanted: Set<CommandState> = []
        for word in (request.given("state") ?? "").split(separator: ",") {
            guard let state = CommandState(rawValue: String(word)) else {
                let words = CommandState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.invalidParameter, "state is one or more of \(words), separated by commas")
            }
            wanted.insert(state)
        }
        let (book, states, sites) = (services.commands, wanted, request.scope)
        let found = try await services.database.read {
            try NodeTable.commands(book, at: sites, states: states, limit: limit, in: $0)
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
        let node = try await find(request, evenRemoved: true)
        let id = request.path["command_id"] ?? ""
        let book = services.commands
        let found = try await services.database.read { try book.command(id, device: node.name.device, in: $0) }
        guard let found else { throw Refusal(.notFound, "\(node.name.device) has no such command") }
        return RouteResponse.json { $0.write(found) }
    }
}
