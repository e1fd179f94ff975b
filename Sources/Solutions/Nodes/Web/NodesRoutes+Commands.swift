internal import HubModel
internal import SQL
internal import SolutionKit

/// Commands: given down the line and recorded in the audit, read from the tables.
extension NodesRoutes {
    /// What names the node in a command.
    private static let members = ["node_id"]
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
        ]
    }

    private func ask(_ request: RouteRequest) async throws -> RouteResponse {
        // Whoever may not see the node learns nothing of it, whatever they send.
        let name = try await find(request).name
        let wanted = try CommandRequest(request.body)
        let (audit, caller, sites) = (services.audit, request.caller, request.scope)
        let command = try await services.line.perform(with: NodesHandler.self) { _, line in
            let command = try line.commands.ask(name.device, wanted, at: sites, in: &line)
            // Never its parameters: they may hold what only the node should know.
            let entry = AuditEntry(
                caller, .sendCommand, target: "device:\(name.device)",
                facts: [("command", command.name), ("command_id", command.id)])
            try audit.record(entry, at: line.now, in: try line.transaction())
            return command
        }
        let address = "/api/nodes/\(command.device)/commands/\(command.id)"
        return RouteResponse.json(status: 202, headers: [("Location", address)]) {
            $0.write(command, naming: NodesRoutes.members)
        }
    }

    private func commands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...500) ?? 50
        let node = try await find(request, evenRemoved: true)
        let book = services.commands
        let found = try await services.database.read {
            try book.commands(CommandSelection(.one(node.name.device), limit: limit), in: $0)
        }
        return RouteResponse.json { writer in
            writer.object { $0.member("commands", found) { $0.write($1, naming: NodesRoutes.members) } }
        }
    }

    private func command(_ request: RouteRequest) async throws -> RouteResponse {
        let node = try await find(request, evenRemoved: true)
        let id = request.path["command_id"] ?? ""
        let book = services.commands
        let found = try await services.database.read { try book.command(id, device: node.name.device, in: $0) }
        guard let found else { throw Refusal(.notFound, "\(node.name.device) has no such command.") }
        return RouteResponse.json { $0.write(found, naming: NodesRoutes.members) }
    }
}
