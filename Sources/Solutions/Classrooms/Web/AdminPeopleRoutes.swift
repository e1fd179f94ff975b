internal import HubModel
internal import SQL
internal import SolutionKit

/// People under the addresses of the tracker of old: each is an admin or of the staff. All of them, with all roles, are at `/api/users`.
struct AdminPeopleRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.string(minimumLength: 1, maximumLength: 64)]

    private static let roles = ["admin", "staff"]

    private static let person = JSONSchema.named(
        "ClassroomUser",
        .object([
            .required("id", .text), .required("username", .text),
            .required("role", .text, "admin, staff, or another role that they have"),
            .required("enabled", .boolean), .required("created_at", .timestamp),
            .required("last_sign_in_at", .nullable(.timestamp)),
            .optional("password", .text, "The one that was made; it is shown once"),
        ]))

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/users", access: .hub(.manageUsers), summary: "The people of the hub, by name",
                answers: [.json(.object([.required("users", .array(Self.person))]))], handler: list),
            Route(
                .post, "/api/admin/users", access: .hub(.manageUsers), summary: "Add somebody as admin or staff",
                input: RouteInput(
                    .object([
                        .required("username", .string(minimumLength: 1, maximumLength: 256)),
                        .optional("password", .nullable(.string(maximumLength: 1_024)), "Without it one is made"),
                        .required("role", .words(Self.roles)),
                    ])), answers: [.json(Self.person, status: 201, "Added")], refusals: [.conflict, .limitReached],
                handler: add),
            Route(
                .get, "/api/admin/users/{id}", access: .hub(.manageUsers), summary: "Somebody",
                pathSchemas: Self.path, answers: [.json(Self.person)], refusals: [.notFound], handler: one),
            Route(
                .delete, "/api/admin/users/{id}", access: .hub(.manageUsers),
                summary: "Remove somebody; their bookings that are not over are cancelled",
                pathSchemas: Self.path, answers: [.empty()], refusals: [.notFound, .conflict], handler: remove),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (people, caller) = (services.people, request.caller)
        let found = try await services.database.read { try people.people(for: caller, in: $0) }
        return .json { $0.object { $0.member("users", found) { $0.write(classroomUser: $1) } } }
    }

    private func one(_ request: RouteRequest) async throws -> RouteResponse {
        let person = try await person(request)
        return .json { $0.write(classroomUser: person) }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        let name = try members.text("username", maximumBytes: 256)
        let word = try members.text("role", maximumBytes: 64)
        guard Self.roles.contains(word), let role = RoleName(word) else {
            throw Refusal(.valueOutOfRange, "role is admin or staff.")
        }
        let chosen = try members.optionalText("password", maximumBytes: 1_024)
        let (people, caller) = (services.people, request.caller)
        let password = try await people.password(chosen, for: name, by: caller)
        // That may have taken long.
        try await request.requireStillAllowed()
        let person = try await services.change(by: caller) { line in
            // The book itself records who was added.
            AuditedChange(try people.add(with: password, roles: [RoleAssignment(role)], by: caller, in: &line))
        }
        let headers = [("Location", "/api/admin/users/\(person.id)"), ("Cache-Control", "no-store")]
        return .json(status: 201, headers: headers) { $0.write(classroomUser: person, password: password.made) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let person = try await person(request)
        let (people, caller) = (services.people, request.caller)
        try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            try people.remove(person.name, by: caller, in: &line)
            try handler.cancelAll(ofPerson: person.id, remark: "The account was removed.", in: &line)
            return AuditedChange(())
        }
        return .empty()
    }

    /// Somebody, by their identifier or their user name.
    private func person(_ request: RouteRequest) async throws -> Person {
        let (people, caller, id) = (services.people, request.caller, request.path["id"] ?? "")
        return try await services.database.read { reader in
            let name = try people.known(id, in: reader)?.name ?? id
            return try people.person(name, for: caller, in: reader)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write(classroomUser person: Person, password: IssuedSecret? = nil) {
        let names = Set(person.roles.map(\.role))
        let role = names.contains(.admin) ? .admin : names.contains(.staff) ? .staff : person.roles.first?.role
        object {
            $0.member("id", person.id)
            $0.member("username", person.name)
            $0.member("role", role?.text ?? "none")
            $0.member("enabled", person.isEnabled)
            $0.member("created_at", person.createdAt)
            $0.member("last_sign_in_at", person.lastSignInAt)
            if let password { $0.member("password", password.text) }
        }
    }
}
