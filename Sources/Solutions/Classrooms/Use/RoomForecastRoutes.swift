internal import HubModel
internal import SQL
internal import SolutionKit

/// When a classroom will probably be in use.
struct RoomForecastRoutes: Sendable {
    let services: WebServices
    private let forecasts = ForecastShelf()

    init(services: WebServices) {
        self.services = services
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/classrooms/{id}/forecast", access: .site(.manageClassrooms),
                summary: "How likely a classroom is free in the next 24 hours, from the same weekday's past weeks",
                pathSchemas: RoomRoutes.path, query: [.tableForm],
                answers: [.table(.forecast("ClassroomForecast", .classrooms), "The forecast")], refusals: [.notFound],
                handler: forecast)
        ]
    }

    private func forecast(_ request: RouteRequest) async throws -> RouteResponse {
        let (csv, room) = (try request.wantsCSV(), try await services.classroom(request).room)
        guard let clock = LocalClock(room.zone) else {
            throw Refusal(.notFound, "Nobody knows the time zone \(room.zone).")
        }
        let (database, now) = (services.database, services.clock.now())
        let forecast = try await forecasts.forecast(of: "\(room.id) \(room.zone)", at: now) {
            try await database.read { reader in
                try ClassroomTables.historyOfEach.forecast(
                    of: room.id.text, resources: 1, clock: clock, at: now, in: reader)
            }
        }
        return forecast.answer(of: room.id.text, in: room.zone, .classrooms, asCSV: csv)
    }
}

extension ClassroomTables {
    /// The states of rooms over time, each room a place of its own.
    static let historyOfEach = StateTable(
        table: "classroom_change", resource: "classroom", place: "classroom", resources: "classroom",
        placeOfResource: "id")
}

extension PlaceWords {
    /// A classroom, which is a place with one thing to use: itself.
    static let classrooms = PlaceWords(
        member: "classroom_id", place: "classroom", resource: "classroom", resources: "classrooms")
}
