internal import HubModel
internal import SQL
internal import SolutionKit

/// Commands: given down the line and recorded in the audit, read from the tables.
extension NodesRoutes {
    /// What names the node in a command.
    private static let members = ["node_id"]
    private static let list = "/api/nodes/{id}/commands"
    private static let mostCommands = 500
    private static let pages = [
        QueryParameter("after", "only commands behind this one: next of the page before", .string(maximumLength: 64)),
        QueryParameter.pageLimit("commands", most: mostCommands, without: "50 without it"),
    ]

    var ofCommands: [Route] {
        [
            Route(
                .post, Self.list, access: .site(.commandNodes), summary: "Ask a node to do something",
                pathSchemas: Self.node, input: RouteInput(.commandRequest),
                answers: [.json(.command, status: 202, "Taken; Location is the command's address")],
                refusals: [.commandConflict], handler: ask),
            Route(
                .get, Self.list, access: .site(.viewNodes), summary: "A node's commands, newest first",
                pathSchemas: Self.node, query: Self.pages, answers: [.json(.commandList)], handler: commands),
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
        let (caller, sites) = (request.caller, request.scope)
        let command = try await services.line.perform(with: NodesHandler.self) { _, line in
            try line.commands.ask(name.device, wanted, by: caller, at: sites, in: &line)
        }
        let address = "/api/nodes/\(command.device)/commands/\(command.id)"
        return RouteResponse.json(status: 202, headers: [("Location", address)]) {
            $0.write(command, naming: NodesRoutes.members)
        }
    }

    private func commands(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.mostCommands) ?? 50
        let node = try await find(request, evenRemoved: true)
        let book = services.commands
        let selection = CommandSelection(
            .one(node.name.device), after: request.given("after"), limit: Page<Command>.reading(limit))
        let found = try await services.database.read { try book.commands(selection, in: $0) }
        let page = Page(found, limit: limit, key: \.id)
        return RouteResponse.json(headers: page.headers(request, Self.list, limit: limit)) { writer in
            writer.object {
                $0.member("commands", page.rows) { $0.write($1, naming: NodesRoutes.members) }
                $0.member(next: page)
            }
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
