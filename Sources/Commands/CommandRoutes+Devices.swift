internal import HubModel
internal import SQL
internal import SolutionKit
internal import Synchronization

/// What devices ask and say themselves, or their controllers for them.
extension CommandRoutes {
    /// The longest time that a device may wait for a command, in seconds.
    static let longestWait: Int64 = 60

    var ofDevices: [Route] {
        [
            Route(
                .get, "/api/devices/{id}/commands/next", access: .anyDevice,
                summary: "A device's commands, for the device itself; it may wait for them",
                pathSchemas: Self.device,
                query: [
                    QueryParameter(
                        "wait", "how long to wait for a command, 0 to \(Self.longestWait) s; 0 without it",
                        .integer(minimum: 0, maximum: Self.longestWait)),
                    CommandConfirmation.parameter,
                ],
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
        let seconds = try request.whole("wait", in: 0...Self.longestWait) ?? 0
        let confirmation = CommandConfirmation(request)
        let device = try await own(request).device.id
        let line = services.line
        let hasWaited = Mutex(false)
        let given = try await polls.value(for: device, within: .seconds(seconds)) {
            // A key that was changed meanwhile, or a device that was switched off, gets nothing any more.
            let isAgain = hasWaited.withLock { hasWaited in
                defer { hasWaited = true }
                return hasWaited
            }
            if isAgain {
                try await request.requireStillAllowed()
                _ = try await own(request)
            }
            let given = try await line.perform(with: CommandsHandler.self) { handler, line in
                try handler.take(for: device, confirming: confirmation, in: &line)
            }
            return given.isEmpty ? nil : given
        }
        return RouteResponse.json { writer in
            writer.object { $0.member("commands", given ?? []) { $0.write(given: $1) } }
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
