internal import HubModel
internal import SQL
internal import SolutionKit

/// What another policy would have done with the power of rooms.
struct WhatIfRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .post, "/api/admin/power-what-if", access: .site(.manageClassrooms),
                summary:
                    "Another power policy, replayed on what devices reported and people booked; nothing is changed",
                input: RouteInput(.policyWhatIf), answers: [.json(.policyWhatIfAnswer)], refusals: [.notFound],
                handler: whatIf)
        ]
    }

    private func whatIf(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try PolicyWhatIf(JSONMembers(request.body), now: services.clock.now())
        let rooms = try await rooms(wanted, within: request.scope)
        let reader = WhatIfReader(services: services, time: wanted.time)
        var (left, budget) = (WhatIfReader.mostReports, PowerReplay.Budget())
        var (found, gaps): ([WhatIfRoom], [ReadingGap]) = ([], [])
        for room in rooms {
            try Task.checkCancellation()
            let past = try await reader.past(of: room, left: &left)
            gaps += past.gaps
            found.append(try WhatIfRoom(room, past, wanted.policy.applied(to: room.policy), &budget))
            await Task.yield()
        }
        let (answer, incomplete) = (WhatIfAnswer(found), ReadingGap.merged(gaps))
        return .json { $0.write(answer, over: wanted.time, incomplete) }
    }

    /// - Throws: `not_found` for a room or a building that is not at these sites; `value_out_of_range` for too many.
    private func rooms(_ wanted: PolicyWhatIf, within scope: SiteScope) async throws -> [Classroom] {
        let all = try await services.database.read { try ClassroomTable.all(at: scope, in: $0) }
        guard let ids = wanted.rooms else {
            let rooms = all.filter { $0.building == wanted.building }
            guard !rooms.isEmpty else { throw Refusal(.notFound, "No classroom is in a building of that name.") }
            guard rooms.count <= PolicyWhatIf.mostRooms else { throw PolicyWhatIf.tooMany }
            return rooms
        }
        let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        return try ids.map { (id) throws(Refusal) in
            guard let room = known[id] else { throw ClassroomsHandler.noRoom(id) }
            return room
        }
    }
}
