internal import HubModel
internal import SQL
internal import SolutionKit

/// How classrooms were used.
struct UtilisationRoutes: Sendable {
    let services: WebServices

    /// Rooms of one read, so that no snapshot is held for long.
    private static let roomsAtOnce = 50

    /// What the rows of a sheet are.
    enum Grouping: String, CaseIterable, Sendable {
        case room, building, hour
    }

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/utilisation", access: .site(.manageClassrooms),
                summary:
                    "How classrooms were booked and used, and what their power did, by the days of each room's clock",
                query: DayRange.parameters + [
                    QueryParameter("classroom_id", "only this classroom", .identifier),
                    QueryParameter("site", "only classrooms of this site", .identifier),
                    QueryParameter("building", "only classrooms of buildings of this name"),
                    QueryParameter(
                        "by", "the rows of the sheet: room (also without it), building or hour",
                        .words(Grouping.allCases.map(\.rawValue))),
                    .tableForm,
                ], answers: [.table(.utilisation, "The sums")], refusals: [.notFound], handler: utilisation)
        ]
    }

    private func utilisation(_ request: RouteRequest) async throws -> RouteResponse {
        let (csv, now) = (try request.wantsCSV(), services.clock.now())
        let grouping = try request.word("by", of: Grouping.self) ?? .room
        let settings = ClassroomSettings(services.settings)
        let clock = LocalClock(settings.zone) ?? .utc
        let range = try DayRange(from: request.given("from"), to: request.given("to"), clock: clock, now: now)
        let rooms = try await rooms(request)
        var times: [String: WeekHours] = [:]
        var budget = UseTables.Budget(settings.mostRowsOfUse)
        var sums = Utilisation()
        for start in stride(from: 0, to: rooms.count, by: Self.roomsAtOnce) {
            try Task.checkCancellation()
            let part = rooms[start..<min(start + Self.roomsAtOnce, rooms.count)]
            for room in part where times[room.zone] == nil {
                times[room.zone] = Self.cells(of: range.days, in: room.zone, until: now)
            }
            (sums, budget) = try await services.database.read { [times, sums, budget] reader in
                var (sums, budget) = (sums, budget)
                for room in part {
                    guard let cells = times[room.zone] else { continue }
                    let time = Timestamp(microseconds: cells.begin)..<Timestamp(microseconds: cells.end)
                    let (past, outcomes) = try UseTables.past(of: room, in: time, at: now, &budget, in: reader)
                    sums.add(room, past, outcomes, over: cells)
                }
                return (sums, budget)
            }
        }
        guard !csv else { return sums.sheet(by: grouping) }
        return .json { [sums] in $0.write(sums, of: range, until: now) }
    }

    /// The rooms that are asked for.
    /// - Throws: `invalid_parameter`; `not_found` for a room that is not at the sites of the request.
    private func rooms(_ request: RouteRequest) async throws -> [Classroom] {
        let scope = request.scope
        if let name = request.given("classroom_id") {
            guard let id = ClassroomID(name) else {
                throw Refusal(.invalidParameter, "classroom_id is the name of a classroom.")
            }
            let room = try await services.database.read { try ClassroomTable.one(id, in: $0) }
            guard let room, scope.contains(room.site) else { throw ClassroomsHandler.noRoom(id) }
            return [room]
        }
        let site = try request.given("site").map { (text) throws(Refusal) in
            guard let site = SiteID(text) else { throw Refusal(.invalidParameter, "site is the name of a site.") }
            return site
        }
        let building = request.given("building")
        return try await services.database.read { try ClassroomTable.all(at: scope, in: $0) }.filter { room in
            (site.map { room.site == $0 } ?? true) && (building.map { room.building == $0 } ?? true)
        }
    }

    /// Days of a zone's calendar, as far as they are known: the future is not.
    private static func cells(of days: ClosedRange<Int64>, in zone: String, until now: Timestamp) -> WeekHours {
        var clock = LocalClock(zone) ?? .utc
        let begin = clock.midnight(ofDay: days.lowerBound)
        let end = min(clock.midnight(ofDay: days.upperBound + 1), now)
        return WeekHours(begin..<max(begin, end), by: clock)
    }
}
