internal import HubModel
internal import SolutionKit

/// What an operator may do about a node's fields.
extension NodesRoutes {
    var ofFields: [Route] {
        [
            Route(
                .post, "/api/nodes/{id}/fields/reset", access: .site(.commandNodes),
                summary: "Let the next value of a field decide anew whether it is a number, a text, or true and false",
                pathSchemas: Self.node, input: RouteInput(.fieldReset), answers: [.json(.fieldIsReset)],
                handler: resetField)
        ]
    }

    private func resetField(_ request: RouteRequest) async throws -> RouteResponse {
        let name = try await find(request).name
        let field = try NodesRoutes.field(request.body)
        let sites = request.scope
        try await services.change(with: NodesHandler.self, by: request.caller) { handler, line in
            try handler.reset(field, of: name, at: sites, in: &line)
            return AuditedChange(.changeDevice, of: "device:\(name.device)", facts: [("reset_field", field)])
        }
        return RouteResponse.json { writer in
            writer.object { $0.member("status", "reset") }
        }
    }

    private static func field(_ body: [UInt8]) throws(Refusal) -> String {
        let field = try JSONMembers(body).optionalText("field", maximumBytes: TelemetryPayload.maximumNameBytes)
        guard let field, !field.isEmpty else { throw Refusal(.missingField, "field is missing.") }
        return field
    }
}
