internal import HubModel
internal import SQL
internal import SolutionKit

/// The routes of docs/commands.md. Reads go to the tables, never through the writer; what is asked, taken and answered goes down the line.
struct CommandRoutes: Sendable {
    let services: WebServices
    let forms: [CommandForm]

    var all: [Route] { ofPeople + ofDevices }

    /// The shapes of a path that names a device.
    static let device: [String: JSONSchema] = ["id": .identifier]

    /// The most commands of one page.
    private static let largestPage = 500
    /// The commands of a page where nothing is said.
    private static let usualPage = 50

    private static let pages = [
        QueryParameter("after", "only commands behind this one: next of the page before", .string(maximumLength: 64)),
        QueryParameter.pageLimit("commands", most: largestPage, without: "\(usualPage) without it"),
    ]
    private static let states = QueryParameter("state", "only commands in these states, separated by commas")

    private var ofPeople: [Route] {
        let (command, list, kinds) = (commandSchema, listSchema, forms.map(\.kind.name))
        return [
            Route(
                .post, "/api/devices/{id}/commands", access: .signedIn, summary: "Ask a device to do something",
                pathSchemas: Self.device, input: RouteInput(.commandRequest),
                answers: [.json(command, status: 202, "Taken; Location is the command's address")],
                refusals: [.commandConflict], handler: ask),
            Route(
                .get, "/api/devices/{id}/commands", access: .signedIn, summary: "A device's commands, newest first",
                pathSchemas: Self.device, query: [Self.states] + Self.pages, answers: [.json(list)],
                refusals: [.conflict], handler: commands),
            Route(
                .get, "/api/devices/{id}/commands/{command_id}", access: .signedIn,
                summary: "How far a command has come", pathSchemas: Self.device, answers: [.json(command)],
                refusals: [.conflict], handler: command(_:)),
            Route(
                .get, "/api/commands", access: .signedIn, summary: "The commands of all devices, newest first",
                query: [QueryParameter("kind", "only commands of devices of this kind", .words(kinds)), Self.states]
                    + Self.pages,
                answers: [.json(list)], handler: allCommands),
        ]
    }

    private var commandSchema: JSONSchema {
        .command(
            "DeviceCommand",
            devices: [.required(Command.deviceMember, .identifier)]
                + forms.compactMap(\.member).map {
                    .optional($0, .identifier, "The same, where a solution calls it so")
                }
        )
    }

    private var listSchema: JSONSchema {
        .object([.required("commands", .array(commandSchema)), .next(.text)])
    }

    private func ask(_ request: RouteRequest) async throws -> RouteResponse {
        // Anyone who may not see the device learns nothing of it, whatever they send.
        let (device, form) = try await find(request, .give)
        let wanted = try CommandRequest(request.body)
        let caller = request.caller
        let sites = caller.grants.scope(of: form.give)
        let command = try await services.line.perform(with: CommandsHandler.self) { handler, line in
            try handler.ask(device.id, wanted, by: caller, at: sites, in: &line)
        }
        let address = RouteAddress.text(
            "/api/devices/{id}/commands/{command_id}", ["id": command.device.text, "command_id": command.id])
        return RouteResponse.json(status: 202, headers: [("Location", address)]) {
            $0.write(command, naming: form.allMembers)
        }
    }

    private func commands(_ request: RouteRequest) async throws -> RouteResponse {
        let device = try await find(request, .see, evenRemoved: true).device
        return try await list(.one(device.id), request, "/api/devices/{id}/commands")
    }

    private func command(_ request: RouteRequest) async throws -> RouteResponse {
        let (device, form) = try await find(request, .see, evenRemoved: true)
        let found = try await command(request, of: device.id)
        return RouteResponse.json { $0.write(found, naming: form.allMembers) }
    }

    private func allCommands(_ request: RouteRequest) async throws -> RouteResponse {
        try needs(.see, request.caller)
        let wanted = try request.given("kind").map { name throws(Refusal) in
            guard let form = forms.first(where: { $0.kind.name == name }) else {
                let names = forms.map(\.kind.name).joined(separator: ", ")
                throw Refusal(.invalidParameter, "kind is one of \(names).")
            }
            return [form]
        }
        let kinds = (wanted ?? forms).map { (kind: $0.kind, sites: request.caller.grants.scope(of: $0.see)) }
        return try await list(.kinds(kinds), request, "/api/commands")
    }

    private func list(
        _ devices: CommandSelection.Devices, _ request: RouteRequest, _ route: String
    ) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? Self.usualPage
        let selection = CommandSelection(
            devices, states: try Self.states(request), after: request.given("after"),
            limit: Page<Command>.reading(limit))
        let book = services.commands
        let found = try await services.database.read { try book.commands(selection, in: $0) }
        let page = Page(found, limit: limit, key: \.id)
        return RouteResponse.json(headers: page.headers(request, route, limit: limit)) { writer in
            writer.object {
                $0.member("commands", page.rows) { writer, command in
                    let form = forms.first { $0.kind == command.kind }
                    writer.write(command, naming: form?.allMembers ?? [Command.deviceMember])
                }
                $0.member(next: page)
            }
        }
    }

    private static func states(_ request: RouteRequest) throws(Refusal) -> Set<CommandState> {
        var wanted: Set<CommandState> = []
        for word in (request.given("state") ?? "").split(separator: ",") {
            guard let state = CommandState(rawValue: String(word)) else {
                let words = CommandState.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.invalidParameter, "state is one or more of \(words), separated by commas.")
            }
            wanted.insert(state)
        }
        return wanted
    }
}
