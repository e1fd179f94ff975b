internal import HubModel
internal import SQL
internal import SolutionKit

/// What people say of the power of classrooms.
struct PowerRoutes: Sendable {
    let services: WebServices

    private static let longestMinutes: Int64 = 10_080

    private static let body = JSONSchema.named(
        "ClassroomPower",
        .object([
            .required("power_on", .nullable(.boolean), "null gives it back to the policy"),
            .optional("minutes", .nullable(.integer(minimum: 1, maximum: longestMinutes)), "How long that counts"),
        ]))

    var all: [Route] {
        [
            Route(
                .post, "/api/admin/classrooms/{id}/power", access: .site(.switchClassrooms),
                summary: "Switch a classroom's power, for a time or until somebody says otherwise",
                pathSchemas: RoomRoutes.path, input: RouteInput(Self.body), answers: [.json(.classroom)],
                refusals: [.notFound]
            ) { request in try await switchPower(request, .admin) },
            Route(
                .post, "/api/staff/classrooms/{id}/power", access: .site(.bookClassrooms),
                summary: "Switch the power of a classroom while your booking of it runs, at most to its end",
                pathSchemas: RoomRoutes.path, input: RouteInput(Self.body), answers: [.json(.classroom)],
                refusals: [.notFound]
            ) { request in try await switchPower(request, .holder) },
        ]
    }

    /// As whom somebody switches.
    private enum Role: Sendable {
        /// Anyone who may switch all rooms.
        case admin
        /// Whose booking has the room now.
        case holder
    }

    private func switchPower(_ request: RouteRequest, _ role: Role) async throws -> RouteResponse {
        let (id, scope, caller) = (try request.classroomID(), request.scope, request.caller)
        let members = try JSONMembers(request.body)
        guard members.has("power_on") else { throw JSONMembers.missing("power_on") }
        let isOn = try members.optionalBoolean("power_on")
        let minutes = try members.optionalWholeNumber("minutes", in: 1...Self.longestMinutes)
        let name = RandomName.make()
        let (room, view) = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let entry = try handler.entry(id, within: scope)
            var until = minutes.map { line.now.advanced(bySeconds: $0 * 60) }
            if role == .holder {
                guard let item = entry.window.current(at: line.now), item.holder == caller.account else {
                    throw Refusal(.forbidden, "Switch the power while your own booking of the classroom runs.")
                }
                // The next who has the room decides again.
                let end = item.occurrence.time.upperBound
                until = min(until ?? end, end)
            }
            try handler.switchPower(of: entry, isOn, until: until, by: caller.account, id: name, in: &line)
            return AuditedChange(
                (entry.room, entry.known.view(at: line.now)), .switchClassroom, of: "classroom:\(id)",
                facts: [("power_on", isOn.map(String.init) ?? "policy")]
                    + (until.map { [("until", $0.description)] } ?? []))
        }
        return .json { $0.write(room, view) }
    }
}
