internal import HubModel
internal import SolutionKit

/// Telemetry and status of nodes that speak HTTP only: the same JSON, the same handler, the same refusals as over MQTT.
extension NodesRoutes {
    var fromDevices: [Route] {
        [
            Route(
                .post, "/api/nodes/{id}/telemetry", access: .device(.node),
                summary: "What a node measured; the answer comes when it is stored", pathSchemas: Self.node,
                query: Self.wanted, input: RouteInput(.telemetry), answers: [.json(.stored, "Stored for good")],
                refusals: [.conflict],
                maximumBodyBytes: NodesHandler.maximumPayloadBytes,
                reportTopic: { path, _ throws(Refusal) in try Self.topic("telemetry", path) }
            ) { try await take("telemetry", $0) },
            Route(
                .post, "/api/nodes/{id}/status", access: .device(.node),
                summary: "How a node is, or its answer to a command; the answer comes when it is stored",
                pathSchemas: Self.node, query: Self.wanted, input: RouteInput(.status),
                answers: [.json(.stored, "Stored for good")], refusals: [.conflict],
                maximumBodyBytes: NodesHandler.maximumPayloadBytes,
                reportTopic: { path, _ throws(Refusal) in try Self.topic("status", path) }
            ) { try await take("status", $0) },
        ]
    }

    /// A node that speaks HTTP only may ask for its commands with each report.
    private static let wanted = [
        QueryParameter(
            "commands", "true: the answer carries the node's commands; without it they wait", .words(["true", "false"])),
        CommandConfirmation.parameter,
    ]

    /// Where a node would publish the same.
    private static func topic(_ kind: String, _ path: [String: String]) throws(Refusal) -> [String] {
        let id = path["id"] ?? ""
        guard NodeName(id) != nil else { throw Refusal(.notFound, "There is no node of this name.") }
        return ["iot", "node", id, kind]
    }

    private func take(_ kind: String, _ request: RouteRequest) async throws -> RouteResponse {
        // Over MQTT nothing at all takes a retained status back; here there is none.
        guard !request.body.isEmpty else { throw Refusal(.malformedJSON, "The body is empty.") }
        let sender = try MessageOrigin.Sender(request.caller, kind: .node)
        let message = DeviceMessage(
            topic: ["iot", "node", request.path["id"] ?? "", kind], payload: request.body,
            origin: MessageOrigin(clientID: nil, address: request.address, sender: sender),
            receivedAt: request.receivedAt)
        let wantsCommands = try request.word("commands", of: Wanted.self) == .true
        let (device, confirmation) = (NodeName(message.topic[2])?.device, CommandConfirmation(request))
        let given: [Command]?
        do {
            given = try await services.line.perform(with: NodesHandler.self) { handler, line in
                try handler.handle(message, in: &line)
                guard wantsCommands, let device else { return nil }
                return try line.commands.take(for: device, confirming: confirmation, in: &line)
            }
        } catch let refusal as Refusal where refusal.code.httpStatus < 500 {
            // Its page says so too; the node hears it either way.
            try? await services.line.perform(with: NodesHandler.self) { handler, line in
                try handler.note(refusal, of: message, in: &line)
            }
            throw refusal
        }
        return RouteResponse.json { writer in
            writer.object {
                $0.member("status", "stored")
                if let given { $0.member("commands", given) { $0.write(given: $1) } }
            }
        }
    }

    private enum Wanted: String, CaseIterable {
        case `true`, `false`
    }
}
