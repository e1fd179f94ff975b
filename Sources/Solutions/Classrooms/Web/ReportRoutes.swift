internal import HubModel
internal import SQL
internal import SolutionKit

/// What the devices of classrooms ask over HTTP: the two addresses of the devices of old, and the bookings of the next two days for those
/// that act without the hub.
struct ReportRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .post, "/api/esp/status", access: .device(.classroom),
                summary: "How a classroom is, and what its device is to do; the answer comes when the report is stored",
                input: RouteInput(.classroomReport), answers: [.json(.statusReply)],
                refusals: [.conflict, .limitReached], maximumBodyBytes: ClassroomReport.maximumBytes,
                reportTopic: { _, device in ["classrooms", device.text, "status"] }, handler: status),
            Route(
                .post, "/api/esp/power-log", access: .device(.classroom),
                summary: "What a classroom's relay did; the answer comes when it is stored",
                input: RouteInput(.powerReport), answers: [.json(.object([.required("message", .text)]))],
                refusals: [.notFound, .conflict, .limitReached], maximumBodyBytes: ClassroomReport.maximumBytes,
                reportTopic: { _, device in ["classrooms", device.text, "power"] }, handler: power),
            Route(
                .get, "/api/esp/schedule", access: .device(.classroom),
                summary: "When a classroom is booked in the next 48 hours, and by which rules its power goes",
                answers: [.json(.schedule)], refusals: [.notFound], credentials: .header, handler: schedule),
        ]
    }

    private func status(_ request: RouteRequest) async throws -> RouteResponse {
        let report = try ClassroomReport(request.body)
        let (device, message) = try message(request, "status")
        let reply = try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            try handler.report(report, by: device, message, in: &line)
        }
        return .json { $0.write(reply, isForNewDevice: report.number != nil) }
    }

    private func power(_ request: RouteRequest) async throws -> RouteResponse {
        let report = try PowerReport(request.body)
        let (device, message) = try message(request, "power")
        try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            try handler.relay(report, by: device, message, in: &line)
        }
        return .json { $0.object { $0.member("message", "OK") } }
    }

    private func schedule(_ request: RouteRequest) async throws -> RouteResponse {
        let (device, message) = try message(request, "schedule")
        let lease = try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            try handler.lease(of: device, message, in: &line)
        }
        return .json { $0.write(lease) }
    }

    /// The device that asks, and its message. In an open hub nobody shows a key, and the body says who it is.
    private func message(_ request: RouteRequest, _ topic: String) throws(Refusal) -> (DeviceID, DeviceMessage) {
        let sender = try MessageOrigin.Sender(request.caller, kind: .classroom)
        let device: DeviceID
        if case .device(let known) = sender {
            device = known
        } else if let named = try namedDevice(request) {
            device = named
        } else {
            throw JSONMembers.missing("device_id")
        }
        return (
            device,
            DeviceMessage(
                topic: ["classrooms", device.text, topic], payload: [],
                origin: MessageOrigin(clientID: nil, address: request.address, sender: sender),
                receivedAt: request.receivedAt)
        )
    }

    private func namedDevice(_ request: RouteRequest) throws(Refusal) -> DeviceID? {
        guard request.body.isEmpty else { return try JSONMembers(request.body).optionalDevice("device_id") }
        return request.parameter("device_id").flatMap { DeviceID($0) }
    }
}
