internal import HubModel
internal import SQL
internal import SolutionKit

/// Classrooms as admins see and change them.
struct RoomRoutes: Sendable {
    let services: WebServices

    static let path = ["id": JSONSchema.identifier]
    private static let largestPage = 1_000

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/classrooms", access: .site(.manageClassrooms),
                summary: "Classrooms, by the names of their addresses",
                query: [
                    QueryParameter("after", "only classrooms behind this one: next of the page before", .identifier),
                    .pageLimit("classrooms", most: Self.largestPage, without: "all without it"),
                ], answers: [.json(.classroomPage)], handler: list),
            Route(
                .post, "/api/admin/classrooms", access: .site(.manageClassrooms), summary: "Add a classroom",
                input: RouteInput(.newClassroom), answers: [.json(.classroom, status: 201, "Added")],
                refusals: [.notFound, .conflict, .limitReached], handler: add),
            Route(
                .get, "/api/admin/classrooms/{id}", access: .site(.manageClassrooms), summary: "One classroom",
                pathSchemas: Self.path, answers: [.json(.classroom)], refusals: [.notFound], handler: one),
            Route(
                .put, "/api/admin/classrooms/{id}", access: .site(.manageClassrooms), summary: "Change a classroom",
                pathSchemas: Self.path, input: RouteInput(.changedClassroom), answers: [.json(.classroom)],
                refusals: [.notFound, .conflict], handler: change),
            Route(
                .delete, "/api/admin/classrooms/{id}", access: .site(.manageClassrooms),
                summary: "Remove a classroom: its bookings that are not over are cancelled, its history is kept",
                pathSchemas: Self.path, answers: [.empty()], refusals: [.notFound], handler: remove),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage)
        let after = request.given("after").flatMap { ClassroomID($0) }
        let (page, now) = (
            try await services.classrooms(at: request.scope, after: after, limit: limit), services.clock.now()
        )
        return .json(headers: page.headers(request, "/api/admin/classrooms", limit: limit)) { writer in
            writer.object {
                $0.member("classrooms", page.rows) { $0.write($1.room, $1.view(at: now)) }
                $0.member(next: page)
            }
        }
    }

    private func one(_ request: RouteRequest) async throws -> RouteResponse {
        let (known, now) = (try await services.classroom(request), services.clock.now())
        return .json { $0.write(known.room, known.view(at: now)) }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let facts = try ClassroomFacts(members)
        let site = try members.optionalSite("site") ?? .main
        let id = try members.optionalDevice("classroom_id").flatMap { ClassroomID($0.text) }
        let scope = request.scope
        let (room, view) = try await services.change(with: ClassroomsHandler.self, by: request.caller) {
            handler, line in
            let entry = try handler.add(id, facts, at: site, within: scope, in: &line)
            return AuditedChange(
                (entry.room, entry.known.view(at: line.now)), .changeClassroom, of: "classroom:\(entry.room.id)",
                facts: entry.room.audited)
        }
        return .json(status: 201, headers: [("Location", "/api/admin/classrooms/\(room.id)")]) {
            $0.write(room, view)
        }
    }

    private func change(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, scope) = (try request.classroomID(), request.scope)
        let facts = try ClassroomFacts(JSONMembers(request.body))
        let (room, view) = try await services.change(with: ClassroomsHandler.self, by: request.caller) {
            handler, line in
            let entry = try handler.entry(id, within: scope)
            try handler.change(entry, facts, in: &line)
            return AuditedChange(
                (entry.room, entry.known.view(at: line.now)), .changeClassroom, of: "classroom:\(id)",
                facts: entry.room.audited)
        }
        return .json { $0.write(room, view) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, scope) = (try request.classroomID(), request.scope)
        try await services.change(with: ClassroomsHandler.self, by: request.caller) { handler, line in
            try handler.remove(try handler.entry(id, within: scope), in: &line)
            return AuditedChange(.removeClassroom, of: "classroom:\(id)")
        }
        return .empty()
    }
}

extension JSONSchema {
    static let classroomPage = JSONSchema.named(
        "ClassroomPage", .object([.required("classrooms", .array(classroom)), .next()]))
}

extension Classroom {
    /// What the audit keeps of it.
    fileprivate var audited: [(name: String, value: String)] {
        [
            ("name", name), ("building", building), ("capacity", "\(capacity)"), ("zone", zone),
            ("hours", hours.text), ("automatic", "\(policy.isAutomatic)"),
        ]
    }
}

extension WebServices {
    /// Rooms at these sites, page by page.
    func classrooms(
        at scope: SiteScope, after: ClassroomID? = nil, limit: Int? = nil
    ) async throws -> Page<KnownRoom> {
        let (now, devices) = (clock.now(), devices)
        let found = try await database.read { reader in
            try KnownRoomTable.all(
                at: scope, after: after, limit: limit.map(Page<KnownRoom>.reading), devices: devices, at: now,
                in: reader)
        }
        return limit.map { Page(found, limit: $0, key: \.room.id.text) } ?? Page(all: found)
    }

    /// The classroom that the path names, within the sites of the request: elsewhere there is none.
    /// - Throws: `not_found`.
    func classroom(_ request: RouteRequest) async throws -> KnownRoom {
        let (id, now, devices) = (try request.classroomID(), clock.now(), devices)
        let known = try await database.read { try KnownRoomTable.one(id, devices: devices, at: now, in: $0) }
        guard let known, request.scope.contains(known.room.site) else { throw ClassroomsHandler.noRoom(id) }
        return known
    }
}

extension RouteRequest {
    /// The classroom that the path names.
    /// - Throws: `not_found`.
    func classroomID() throws(Refusal) -> ClassroomID {
        guard let id = ClassroomID(path["id"] ?? "") else { throw Refusal(.notFound, "There is no such classroom.") }
        return id
    }
}
