internal import HubModel
internal import SQL
internal import SolutionKit

/// Classrooms as everybody sees them who may: which are free, and when.
struct StaffRoomRoutes: Sendable {
    let services: WebServices

    private static let largestPage = 1_000
    /// A list of a room's bookings reaches over so many days at most.
    static let longestDays: Int64 = 366

    var all: [Route] {
        [
            Route(
                .get, "/api/staff/classrooms", access: .site(.viewClassrooms),
                summary: "How classrooms are at present; with from and to, those that are free then",
                query: [
                    QueryParameter("from", "only classrooms that are free from then"),
                    QueryParameter("to", "and until then"),
                    QueryParameter("capacity", "only for so many people or more", .count),
                    QueryParameter("equipment", "only with this; may be repeated"),
                    QueryParameter("building", "only in this building"),
                    QueryParameter("after", "only classrooms behind this one: next of the page before", .identifier),
                    .pageLimit("classrooms", most: Self.largestPage, without: "all without it"),
                ],
                answers: [
                    .json(
                        .object([
                            .required("classrooms", .array(.classroom)), .next(), .required("now", .timestamp),
                        ]))
                ], handler: list),
            Route(
                .get, "/api/staff/classrooms/{id}", access: .site(.viewClassrooms), summary: "How a classroom is",
                pathSchemas: RoomRoutes.path, answers: [.json(.classroom)], refusals: [.notFound]
            ) { request in
                let (known, now) = (try await services.classroom(request), services.clock.now())
                return .json { $0.write(known.room, known.view(at: now)) }
            },
            Route(
                .get, "/api/staff/classrooms/{id}/bookings", access: .site(.viewClassrooms),
                summary: "When a classroom is booked, in order; whose a booking is, is for those who may see it",
                pathSchemas: RoomRoutes.path,
                query: [
                    QueryParameter("from", "from then on; now without it"),
                    QueryParameter("to", "until then, at most 366 days after from; a week after it without it"),
                ], answers: [.json(.object([.required("bookings", .array(.shownOccurrence))]))],
                refusals: [.notFound], handler: bookings),
            Route(
                .post, "/api/staff/classrooms/{id}/check-in", access: .site(.bookClassrooms),
                summary: "Say that you are there: for your own booking, which is not given away then",
                pathSchemas: RoomRoutes.path, answers: [.json(.classroom)], refusals: [.notFound, .conflict],
                handler: checkIn),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage)
        let after = request.given("after").flatMap { ClassroomID($0) }
        let wanted = try WantedRoom(request)
        let now = services.clock.now()
        let (devices, scope) = (services.devices, request.scope)
        let found = try await services.database.read { reader in
            // What is wanted thins the list out: all are read, and the page is cut then.
            let all = try KnownRoomTable.all(at: scope, after: after, devices: devices, at: now, in: reader)
            let fitting = try all.filter { try wanted.fits($0, in: reader) }
            return limit.map { Array(fitting.prefix(Page<KnownRoom>.reading($0))) } ?? fitting
        }
        let page = limit.map { Page(found, limit: $0, key: \.room.id.text) } ?? Page(all: found)
        return .json(headers: page.headers(request, "/api/staff/classrooms", limit: limit)) { writer in
            writer.object {
                $0.member("classrooms", page.rows) { $0.write($1.room, $1.view(at: now)) }
                $0.member(next: page)
                $0.member("now", now)
            }
        }
    }

    private func bookings(_ request: RouteRequest) async throws -> RouteResponse {
        let room = try await services.classroom(request).room
        let from = try request.instant("from") ?? services.clock.now()
        let to = try request.instant("to") ?? from.advanced(bySeconds: 7 * 86_400)
        guard to > from, to <= from.advanced(bySeconds: Self.longestDays * 86_400) else {
            throw Refusal(.invalidParameter, "to is after from, and at most \(Self.longestDays) days.")
        }
        let people = services.people
        let reading = OccurrenceReader(request.caller, at: room.site)
        let shown = try await services.database.read { reader in
            try OccurrenceTable.items(of: room.id, from: from, to: to, in: reader).map { item in
                try reading.shown(item, people, in: reader)
            }
        }
        return .json { $0.object { $0.member("bookings", shown) { $0.write($1) } } }
    }

    private func checkIn(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, scope, caller) = (try request.classroomID(), request.scope, request.caller)
        let (room, view) = try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            let entry = try handler.entry(id, within: scope)
            let isManager = caller.grants.allows(.manageBookings, at: entry.site)
            try handler.checkIn(entry, only: isManager ? nil : caller.account, in: &line)
            return (entry.room, entry.known.view(at: line.now))
        }
        return .json { $0.write(room, view) }
    }
}

/// What somebody looks for.
private struct WantedRoom: Sendable {
    var free: Range<Timestamp>?
    var capacity: Int64 = 0
    var equipment: Set<String> = []
    var building: String?

    init(_ request: RouteRequest) throws(Refusal) {
        switch (try request.instant("from"), try request.instant("to")) {
        case (nil, nil): break
        case (let from?, let to?) where from < to: free = from..<to
        default: throw Refusal(.invalidParameter, "Give from and to, with to after from.")
        }
        capacity = try request.whole("capacity", in: 0...Classroom.Bounds.capacity.upperBound) ?? 0
        equipment = Set(request.query.lazy.filter { $0.name == "equipment" && !$0.value.isEmpty }.map(\.value))
        building = request.given("building")
    }

    func fits(_ known: KnownRoom, in reader: some SQLReading) throws -> Bool {
        let room = known.room
        guard room.capacity >= capacity, building == nil || room.building == building,
            equipment.isSubset(of: room.equipment)
        else { return false }
        guard let free else { return true }
        let slots = ClassroomTables.calendar.slots(
            from: free.lowerBound, to: free.upperBound.advanced(bySeconds: room.bufferMinutes * 60))
        return try ClassroomTables.calendar.holder(of: room.id.text, during: [slots], in: reader) == nil
    }
}
