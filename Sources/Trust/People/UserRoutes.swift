internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// The routes by which somebody with the right to looks after people.
struct UserRoutes: Sendable {
    let people: People

    private static let one = "/api/users/{name}"
    private static let largestRoles = 16_384

    var all: [Route] {
        let password = JSONSchema.nullable(PeopleSchemas.newPassword)
        return [
            route(
                .get, "/api/users", "All users, and the roles and sites that exist",
                answer: .json(
                    .object([
                        .required("users", .array(PeopleSchemas.user)),
                        .required(
                            "roles",
                            .array(
                                .object([
                                    .required("name", PeopleSchemas.role),
                                    .required("permissions", .array(PeopleSchemas.permission)),
                                ]))), .required("sites", .array(.text)),
                    ])), list),
            route(
                .post, "/api/users", "Add a user",
                input: RouteInput(
                    .object([
                        .required("username", PeopleSchemas.userName),
                        .optional("password", password, "without it one is made"),
                        .required("role", PeopleSchemas.role),
                        .optional("site", .nullable(PeopleSchemas.site), "* without it: everywhere"),
                    ])), answer: .json(PeopleSchemas.userWithPassword, status: 201, "Added"),
                refusals: [.conflict], add),
            route(.get, UserRoutes.one, "One user", answer: .json(PeopleSchemas.user), show),
            route(
                .delete, UserRoutes.one, "Remove a user; never the last admin", answer: .empty(),
                refusals: [.conflict], remove),
            route(
                .post, UserRoutes.one + "/password", "Set a user's password; all their sign-ins end",
                input: RouteInput(
                    .object([.optional("password", password, "without it one is made")]), isOptional: true),
                answer: .json(.object([.optional("password", .text, "the one that was made; it is shown once")])),
                setPassword),
            route(
                .post, UserRoutes.one + "/disable", "Disable a user, who may not sign in then; never the last admin",
                answer: .json(PeopleSchemas.user), refusals: [.conflict], disable),
            route(
                .post, UserRoutes.one + "/enable", "Let a user sign in again", answer: .json(PeopleSchemas.user), enable
            ),
            route(
                .post, UserRoutes.one + "/second-factor/disable", "Ask a user for no second factor any more",
                answer: .json(PeopleSchemas.user), disableSecondFactor),
            route(
                .put, UserRoutes.one + "/roles", "Give a user exactly these roles; the last admin stays one",
                input: RouteInput(.object([.required("roles", .array(PeopleSchemas.assignment))])),
                answer: .json(PeopleSchemas.user), refusals: [.conflict], setRoles),
        ]
    }

    private func route(
        _ method: Route.Method, _ path: String, _ summary: String, input: RouteInput? = nil, answer: RouteAnswer,
        refusals: [RouteRefusal] = [],
        _ handler: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) -> Route {
        Route(
            method, path, access: .hub(.manageUsers), summary: summary,
            pathSchemas: path.contains("{name}") ? ["name": PeopleSchemas.userName] : [:], input: input,
            answers: [answer], refusals: refusals, maximumBodyBytes: UserRoutes.largestRoles, handler: handler)
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (people, roles) = (people, people.administration.roles)
        let (users, sites) = try await people.database.read { reader in
            (try people.people(for: request.caller, in: reader), try SiteRegistry().sites(in: reader))
        }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("users", users) { $0.write($1) }
                writer.array("roles") { writer in
                    for role in roles.names {
                        writer.object { writer in
                            writer.member("name", role.text)
                            writer.member("permissions") {
                                $0.write(roles.listed(roles.permissions(of: role) ?? []))
                            }
                        }
                    }
                }
                writer.member("sites", sites) { $0.string($1.id.text) }
            }
        }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let body = try JSONMembers(request.body)
        // What is wrong with the name or the role is said before the password is hashed.
        let name = try PeopleAdministration.name(body.text("username", maximumBytes: 256)).text
        let role = try assignment(
            role: body.text("role", maximumBytes: 64), site: body.optionalText("site", maximumBytes: 64) ?? "*")
        let chosen = try body.optionalText("password", maximumBytes: 1_024)
        let password = try await people.password(chosen, for: name, by: request.caller)
        // That may have taken long.
        try await request.requireStillAllowed()
        let person = try await change { people, line in
            try people.add(with: password, roles: [role], by: request.caller, in: &line)
        }
        let headers = [("Location", "/api/users/\(person.name)"), ("Cache-Control", "no-store")]
        return RouteResponse.json(status: 201, headers: headers) { writer in
            writer.write(person) { writer in
                guard let made = password.made else { return }
                writer.member("password", made.text)
            }
        }
    }

    private func show(_ request: RouteRequest) async throws -> RouteResponse {
        let person = try await person(of: request)
        return RouteResponse.json { $0.write(person) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let name = name(request)
        try await change { people, line in try people.remove(name, by: request.caller, in: &line) }
        return .empty()
    }

    private func setPassword(_ request: RouteRequest) async throws -> RouteResponse {
        let chosen = try JSONMembers(request.body, isOptional: true).optionalText("password", maximumBytes: 1_024)
        // Nothing is hashed for nobody, nor for oneself.
        let person = try await person(of: request)
        try People.refuse(own: person.id, request.caller)
        let password = try await people.password(chosen, for: person.name, by: request.caller)
        try await request.requireStillAllowed()
        _ = try await change { people, line in try people.setPassword(password, by: request.caller, in: &line) }
        return RouteResponse.json(headers: [("Cache-Control", "no-store")]) { writer in
            writer.object { writer in
                if let made = password.made {
                    writer.member("password", made.text)
                }
            }
        }
    }

    private func disable(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) { try $0.setEnabled(false, $1, by: request.caller, in: &$2) }
    }

    private func enable(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) { try $0.setEnabled(true, $1, by: request.caller, in: &$2) }
    }

    private func disableSecondFactor(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) { people, name, line in
            let administration = people.administration
            let account = try administration.user(name, in: line.transaction())
            try People.refuse(own: account.id, request.caller)
            return try administration.disableSecondFactor(
                of: name, by: request.caller, at: line.now, in: line.transaction()
            ).person
        }
    }

    private func setRoles(_ request: RouteRequest) async throws -> RouteResponse {
        var assignments: [RoleAssignment] = []
        try JSONMembers(request.body).array("roles") { (reader) throws(Refusal) in
            let body = try JSONMembers(&reader)
            assignments.append(
                try assignment(role: body.text("role", maximumBytes: 64), site: body.text("site", maximumBytes: 64)))
            guard assignments.count <= PeopleAdministration.roleLimit else {
                throw Refusal(.limitReached, "A user has at most \(PeopleAdministration.roleLimit) roles.")
            }
        }
        let wanted = assignments
        return try await changed(request) { try $0.setRoles(of: $1, to: wanted, by: request.caller, in: &$2) }
    }

    private func assignment(role: String, site: String) throws(Refusal) -> RoleAssignment {
        guard let role = RoleName(role) else { throw Refusal(.invalidParameter, "There is no such role.") }
        if site == "*" { return RoleAssignment(role) }
        guard let site = SiteID(site) else { throw Refusal(.invalidIdentifier, "site is * or the name of a site.") }
        return RoleAssignment(role, at: site)
    }

    private func name(_ request: RouteRequest) -> String { request.path["name"] ?? "" }

    private func person(of request: RouteRequest) async throws -> Person {
        let (people, name) = (people, name(request))
        return try await people.database.read { try people.person(name, for: request.caller, in: $0) }
    }

    private func changed(
        _ request: RouteRequest, _ work: @escaping @Sendable (People, String, inout LineContext) throws -> Person
    ) async throws -> RouteResponse {
        let name = name(request)
        let person = try await change { people, line in try work(people, name, &line) }
        return RouteResponse.json { $0.write(person) }
    }

    private func change<Value: Sendable>(
        _ work: @escaping @Sendable (People, inout LineContext) throws -> Value
    ) async throws -> Value {
        let people = people
        return try await people.line.perform { line in try work(people, &line) }
    }
}
