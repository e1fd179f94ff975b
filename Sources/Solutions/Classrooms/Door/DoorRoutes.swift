internal import HubModel
internal import SQL
internal import SolutionKit

/// What the display at a room's door shows to anyone who comes with its link, and what one may do there; and what people set for it.
struct DoorRoutes: Sendable {
    let services: WebServices
    let doorBell: DoorBell

    /// The page of the display; what stands behind the # is sent to nobody.
    static let page = "/classrooms/door#{key}"
    private static let longestWait = 30

    var all: [Route] { ofDisplays + ofRules }

    private var ofDisplays: [Route] {
        [
            Route(
                .get, "/api/room-doors", access: .link(.classroomDoor, key: .header),
                summary: "How a room is, and what comes next, for the display at its door; it may wait for news",
                query: [
                    QueryParameter("after", "the version that the display has: only another is news"),
                    QueryParameter(
                        "wait", "how long to wait for news, 0 to \(Self.longestWait) s; 0 without it",
                        .integer(minimum: 0, maximum: Int64(Self.longestWait))),
                ], answers: [.json(.roomDoor)], waits: true, handler: board),
            Route(
                .post, "/api/room-doors/check-in", access: .link(.classroomDoor, key: .header),
                summary: "Say at the door that you are there: the booking is not given away then",
                input: RouteInput(
                    .object([
                        .optional(
                            "start", .nullable(.timestamp),
                            "When the booking begins; without it the first that can be confirmed is meant")
                    ]), isOptional: true), answers: [.json(.roomDoor)], refusals: [.conflict], handler: checkIn),
            Route(
                .post, "/api/room-doors/book", access: .link(.classroomDoor, key: .header),
                summary: "Book the room at the door, from now on; only where the room's door may do that",
                input: RouteInput(
                    .object([
                        .required(
                            "minutes", .integer(minimum: WalkUp.lengths.min() ?? 0, maximum: WalkUp.lengths.max() ?? 0),
                            "15, 30, 45 or 60")
                    ])), answers: [.json(.roomDoor, status: 201, "Booked")], refusals: [.conflict, .limitReached],
                handler: book),
        ]
    }

    private var ofRules: [Route] {
        [
            Route(
                .get, "/api/admin/classrooms/{id}/door", access: .site(.manageClassrooms),
                summary: "What the display at a room's door shows and does", pathSchemas: RoomRoutes.path,
                answers: [.json(.doorRules)], refusals: [.notFound], handler: rules),
            Route(
                .put, "/api/admin/classrooms/{id}/door", access: .site(.manageClassrooms),
                summary: "Set what the display at a room's door shows and does; what is not said stays as it is",
                pathSchemas: RoomRoutes.path, input: RouteInput(.changedDoorRules), answers: [.json(.doorRules)],
                refusals: [.notFound], handler: setRules),
        ]
    }

    // MARK: At the door

    /// What is shown, and by which name.
    private struct Shown: Sendable {
        let board: DoorBoard
        let version: String
        let now: Timestamp

        init(_ board: DoorBoard, at now: Timestamp) {
            self.board = board
            self.now = now
            var writer = JSONWriter()
            writer.write(board)
            version = String(EntityTag.of(writer.bytes).dropFirst().dropLast())
        }
    }

    private func board(_ request: RouteRequest) async throws -> RouteResponse {
        let wait = try request.whole("wait", in: 0...Self.longestWait) ?? 0
        let after = request.given("after")
        let first = try await shown(request)
        guard wait > 0, let after, first.version == after else { return answer(first) }
        // What time alone changes is shown then.
        let untilChange = Duration.microseconds(first.board.changesAt.microseconds(since: first.now))
        let link: String? = if case .link(let grant) = request.caller.identity { grant.id } else { nil }
        var isAgain = false
        let news = try await doorBell.polls(by: services.rhythm).value(
            for: first.board.room.id, by: link, within: min(.seconds(wait), untilChange)
        ) {
            if isAgain { try await request.requireStillAllowed() }
            isAgain = true
            let shown = try await shown(request)
            return shown.version == after ? nil : shown
        }
        if let news { return answer(news) }
        try await request.requireStillAllowed()
        return answer(try await shown(request))
    }

    private func checkIn(_ request: RouteRequest) async throws -> RouteResponse {
        let start = try request.body.isEmpty ? nil : JSONMembers(request.body).optionalInstant("start")
        try await atDoor(request) { handler, entry, line in
            try handler.checkInAtDoor(entry, start: start, in: &line)
        }
        return answer(try await shown(request))
    }

    private func book(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        guard let minutes = try members.optionalWholeNumber("minutes") else { throw JSONMembers.missing("minutes") }
        guard WalkUp.lengths.contains(minutes) else {
            throw Refusal(.valueOutOfRange, "minutes is 15, 30, 45 or 60.")
        }
        let (people, id) = (services.people, RandomName.make())
        try await atDoor(request) { handler, entry, line in
            try handler.bookAtDoor(minutes, in: entry, people, id: id, in: &line)
        }
        return answer(try await shown(request), status: 201)
    }

    private typealias Deed = @Sendable (ClassroomsHandler, ClassroomEntry, inout LineContext) throws -> Void

    /// Does something at the door of the link's room.
    private func atDoor(_ request: RouteRequest, _ deed: @escaping Deed) async throws {
        let (id, scope) = (try Self.room(request), request.scope)
        try doorBell.tap(id, at: services.clock.now())
        try await services.line.perform(with: ClassroomsHandler.self) { handler, line in
            guard let entry = handler[id], scope.contains(entry.site) else { throw RouteAccess.noSuchLink }
            try deed(handler, entry, &line)
        }
    }

    private func shown(_ request: RouteRequest) async throws -> Shown {
        let (id, now, devices) = (try Self.room(request), services.clock.now(), services.devices)
        let board = try await services.database.read { try DoorBoard.read(id, devices: devices, at: now, in: $0) }
        guard let board, request.scope.contains(board.room.site) else { throw RouteAccess.noSuchLink }
        return Shown(board, at: now)
    }

    private func answer(_ shown: Shown, status: Int = 200) -> RouteResponse {
        .json(status: status, headers: [("Cache-Control", "private, no-store")]) {
            $0.write(shown.board, version: shown.version, at: shown.now)
        }
    }

    private static func room(_ request: RouteRequest) throws(Refusal) -> ClassroomID {
        guard let id = ClassroomID(try request.linkedThing()) else { throw RouteAccess.noSuchLink }
        return id
    }

    // MARK: What people set

    private func rules(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try await services.classroom(request).room.id
        let rules = try await services.database.read { try DoorTable.rules(of: id, in: $0) }
        return .json { $0.write(rules) }
    }

    private func setRules(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let (purpose, bookings) = (
            try members.optionalBoolean("shows_purpose"), try members.optionalBoolean("takes_bookings")
        )
        let (id, scope) = (try request.classroomID(), request.scope)
        let rules = try await services.change(with: ClassroomsHandler.self, by: request.caller) { handler, line in
            let entry = try handler.entry(id, within: scope)
            var rules = try DoorTable.rules(of: id, in: try line.transaction())
            rules.showsPurpose = purpose ?? rules.showsPurpose
            rules.takesBookings = bookings ?? rules.takesBookings
            try handler.setDoor(rules, of: entry, in: &line)
            return AuditedChange(
                rules, .changeClassroom, of: "classroom:\(id)",
                facts: [
                    ("door_shows_purpose", "\(rules.showsPurpose)"), ("door_takes_bookings", "\(rules.takesBookings)"),
                ])
        }
        return .json { $0.write(rules) }
    }
}
