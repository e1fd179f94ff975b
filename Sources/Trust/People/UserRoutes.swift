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
                .get, "/api/users", "All users, and the roles and sites that there are",
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
                .post, UserRoutes.one + "/disable", "Let a user sign in no more; never the last admin",
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
        refusals: [RefusalCode] = [],
        _ handler: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) -> Route {
        Route(
            method, path, access: .hub(.manageUsers), summary: summary,
            pathSchemas: path.contains("{name}") ? ["name": PeopleSchemas.userName] : [:], input: input,
            answers: [answer], refusals: refusals, maximumBodyBytes: UserRoutes.largestRoles, handler: handler)
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let administration = people.administration
        let (users, sites) = try await people.database.read { reader in
            (try administration.users(in: reader), try SiteRegistry().sites(in: reader))
        }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("users", users) { $0.write($1) }
                writer.array("roles") { writer in
                    for role in administration.roles.names {
                        writer.object { writer in
                            writer.member("name", role.text)
                            writer.member("permissions") {
                                $0.write(administration.roles.listed(administration.roles.permissions(of: role) ?? []))
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
        let name = try PeopleAdministration.name(body.text("username", maximumBytes: 256))
        let role = try assignment(
            role: body.text("role", maximumBytes: 64), site: body.optionalText("site", maximumBytes: 64) ?? "*")
        let chosen = try body.optionalText("password", maximumBytes: 1_024)
        let password = chosen ?? PasswordRules.generate()
        let hash = try await people.hash(password, for: name, at: request.place)
        let account = try await change { administration, instant, transaction in
            try administration.add(
                name, password: hash, roles: [role], by: request.caller, at: instant, in: transaction)
        }
        let headers = [("Location", "/api/users/\(account.name)"), ("Cache-Control", "no-store")]
        return RouteResponse.json(status: 201, headers: headers) { writer in
            writer.write(account) { writer in
                guard chosen == nil else { return }
                writer.member("password", password)
            }
        }
    }

    private func show(_ request: RouteRequest) async throws -> RouteResponse {
        let (administration, name) = (people.administration, name(request))
        let account = try await people.database.read { try administration.user(name, in: $0) }
        return RouteResponse.json { $0.write(account) }
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let name = name(request)
        try await change { administration, instant, transaction in
            try administration.remove(name, by: request.caller, at: instant, in: transaction)
        }
        return .empty()
    }

    private func setPassword(_ request: RouteRequest) async throws -> RouteResponse {
        let name = name(request)
        let chosen = try JSONMembers(request.body, isOptional: true).optionalText("password", maximumBytes: 1_024)
        let password = chosen ?? PasswordRules.generate()
        let administration = people.administration
        let account = try await people.database.read { try administration.user(name, in: $0) }
        try UserRoutes.refuse(own: account, request.caller)
        let hash = try await people.hash(password, for: account.name, at: request.place)
        _ = try await change { administration, instant, transaction in
            try administration.setPassword(
                of: name, to: hash, by: request.caller, at: instant, in: transaction)
        }
        return RouteResponse.json(headers: [("Cache-Control", "no-store")]) { writer in
            writer.object { writer in
                if chosen == nil {
                    writer.member("password", password)
                }
            }
        }
    }

    private func disable(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) { try $0.disable($1, by: request.caller, at: $2, in: $3) }
    }

    private func enable(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) { try $0.enable($1, by: request.caller, at: $2, in: $3) }
    }

    private func disableSecondFactor(_ request: RouteRequest) async throws -> RouteResponse {
        try await changed(request) {
            try UserRoutes.refuse(own: $0.user($1, in: $3), request.caller)
            return try $0.disableSecondFactor(of: $1, by: request.caller, at: $2, in: $3)
        }
    }

    /// What guards one's own account is changed where the present password is asked for: a page that was left open, or a token, must not
    /// become the account.
    private static func refuse(own account: Account, _ caller: Caller) throws(Refusal) {
        guard account.id != caller.account else {
            throw Refusal(.forbidden, "This is your own account: change it under /api/account.")
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
        return try await changed(request) {
            try $0.setRoles(of: $1, to: wanted, by: request.caller, at: $2, in: $3)
        }
    }

    private func assignment(role: String, site: String) throws(Refusal) -> RoleAssignment {
        guard let role = RoleName(role) else { throw Refusal(.invalidParameter, "There is no such role.") }
        if site == "*" { return RoleAssignment(role) }
        guard let site = SiteID(site) else { throw Refusal(.invalidIdentifier, "site is * or the name of a site.") }
        return RoleAssignment(role, at: site)
    }

    private func name(_ request: RouteRequest) -> String { request.path["name"] ?? "" }

    private func changed(
        _ request: RouteRequest,
        _ work: @escaping @Sendable (PeopleAdministration, String, Timestamp, Transaction) throws -> Account
    ) async throws -> RouteResponse {
        let name = name(request)
        let account = try await change { try work($0, name, $1, $2) }
        return RouteResponse.json { $0.write(account) }
    }

    private func change<Value: Sendable>(
        _ work: @escaping @Sendable (PeopleAdministration, Timestamp, Transaction) throws -> Value
    ) async throws -> Value {
        let administration = people.administration
        return try await people.line.perform { line in try work(administration, line.now, line.transaction()) }
    }
}
