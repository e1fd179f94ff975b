internal import HubModel
internal import SolutionKit

/// What a valve's controller asks when it cannot keep a connection: how the valve is to be. One that can hears the same word over MQTT.
struct ValveRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            // A sensor that shows no key is no device of the hub's, and gets no commands: unlike its reports, this takes a key.
            Route(
                .get, "/api/tanks/{id}/valve", access: .device(.tank),
                summary: "What a tank's valve is to do, for its controller, which may wait for it",
                pathSchemas: ["id": .identifier], query: [CommandWait.parameter, CommandConfirmation.parameter],
                answers: [
                    .json(
                        .object([
                            .required("valve", .text, "open or close"),
                            .required("command_id", .text, "Confirms it as after in the next request"),
                        ]), "What it is to do"),
                    .empty("Nothing, or not until the time was over"),
                ], refusals: [.notFound], credentials: .header, waits: true, handler: next)
        ]
    }

    private func next(_ request: RouteRequest) async throws -> RouteResponse {
        let (tank, sender) = (try request.tankID(), try MessageOrigin.Sender(request.caller, kind: .tank))
        let time = try CommandWait.time(of: request)
        try await check(sender, for: tank)
        let given = try await services.commandPolls.next(
            for: tank, by: request.caller.device, within: time, confirming: CommandConfirmation(request)
        ) {
            try await request.requireStillAllowed()
            try await check(sender, for: tank)
        }
        // A valve is open or closed: the newest word says how it is to be, and confirming it confirms those before it.
        guard let newest = given.last else { return .empty() }
        return .json { writer in
            writer.object {
                $0.member("valve", newest.name)
                $0.member("command_id", newest.id)
            }
        }
    }

    private func check(_ sender: MessageOrigin.Sender, for tank: DeviceID) async throws {
        try await services.line.perform(with: TanksHandler.self) { handler, line in
            try handler.check(sender, for: tank, in: &line)
        }
    }
}
