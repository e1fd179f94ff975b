internal import HubModel
internal import SQL
internal import SolutionKit

/// What devices ask and say themselves, or their controllers for them.
extension CommandRoutes {
    var ofDevices: [Route] {
        [
            Route(
                .get, "/api/devices/{id}/commands/next", access: .anyDevice,
                summary: "A device's commands, for the device itself; it may wait for them",
                pathSchemas: Self.device,
                query: [CommandWait.parameter, CommandConfirmation.parameter],
                answers: [
                    .json(
                        .object([.required("commands", .array(.givenCommand), "Oldest first; none when time is over")]))
                ],
                refusals: [.conflict], credentials: .header, waits: true, handler: next),
            Route(
                .post, "/api/devices/{id}/commands/{command_id}/answer", access: .anyDevice,
                summary: "How a command ended, from the device itself; the answer comes when it is stored",
                pathSchemas: Self.device, input: RouteInput(Self.answer),
                answers: [.json(.object([.required("state", .words(CommandState.allCases.map(\.rawValue)))]))],
                refusals: [.conflict], handler: answer),
        ]
    }

    private static let answer = JSONSchema.object([
        .required("status", .string(minimumLength: 1, maximumLength: 64), "done or failed"),
        .optional("result", .any, "What came of it; at most 16 KiB"),
        .optional("error", .any, "Why it failed; at most 1,024 bytes"),
    ])

    private func next(_ request: RouteRequest) async throws -> RouteResponse {
        let time = try CommandWait.time(of: request)
        let device = try await own(request).device.id
        let given = try await services.commandPolls.next(
            for: device, by: request.caller.device, within: time, confirming: CommandConfirmation(request)
        ) {
            try await request.requireStillAllowed()
            _ = try await own(request)
        }
        return RouteResponse.json { writer in
            writer.object { $0.member("commands", given) { $0.write(given: $1) } }
        }
    }

    private func answer(_ request: RouteRequest) async throws -> RouteResponse {
        let device = try await own(request).device.id
        let answer = try CommandAnswer(to: request.path["command_id"] ?? "", request.body)
        _ = try await command(request, of: device)
        let instant = request.receivedAt
        try await services.line.perform(with: CommandsHandler.self) { handler, line in
            try handler.answered(answer, by: device, at: instant, in: &line)
        }
        let state = try await command(request, of: device).state
        return RouteResponse.json { writer in writer.object { $0.member("state", state.rawValue) } }
    }
}
