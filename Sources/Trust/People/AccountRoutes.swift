internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// The routes by which people look after their own account.
struct AccountRoutes: Sendable {
    let people: People

    private static let second = "/api/account/second-factor"

    var all: [Route] {
        let proof = RouteInput(
            .object([
                .required("password", PeopleSchemas.password),
                .optional("code", .nullable(PeopleSchemas.code), "of the present second factor, where there is one"),
            ]))
        return [
            Route(
                .get, "/api/account", access: .signedIn, summary: "My account, and where I am signed in",
                answers: [.json(PeopleSchemas.account)], handler: account),
            Route(
                .post, "/api/account/password", access: .signedIn,
                summary: "Change my password; every other sign-in ends",
                input: RouteInput(
                    .object([
                        .required("current", PeopleSchemas.password), .required("new", PeopleSchemas.newPassword),
                        .optional("tokens", .nullable(.boolean), "whether all my tokens are revoked too"),
                    ])), answers: [.empty()], maximumBodyBytes: SignInRoutes.bodyBytes, handler: changePassword),
            Route(
                .post, AccountRoutes.second, access: .signedIn, summary: "Make a second factor, to be confirmed",
                input: proof,
                answers: [
                    .json(
                        .object([
                            .required("secret", .text, "Base32"), .required("uri", .text, "for an authenticator app"),
                        ]))
                ], maximumBodyBytes: SignInRoutes.bodyBytes, handler: proposeSecondFactor),
            Route(
                .post, AccountRoutes.second + "/confirm", access: .signedIn,
                summary: "Confirm the second factor with its first code",
                input: RouteInput(.object([.required("code", PeopleSchemas.code)])),
                answers: [.json(.object([.required("recovery_codes", .array(.text), "they are shown once")]))],
                refusals: [.conflict],
                maximumBodyBytes: SignInRoutes.bodyBytes, handler: confirmSecondFactor),
            Route(
                .post, AccountRoutes.second + "/disable", access: .signedIn,
                summary: "Ask for no second factor any more",
                input: proof, answers: [.empty()], maximumBodyBytes: SignInRoutes.bodyBytes,
                handler: disableSecondFactor),
            Route(
                .delete, "/api/account/sessions/{id}", access: .signedIn, summary: "End one of my sign-ins",
                answers: [.empty()], handler: endSession),
            Route(
                .get, "/api/account/tokens", access: .signedIn, summary: "My personal access tokens",
                answers: [.json(.object([.required("tokens", .array(PeopleSchemas.token))]))], handler: tokens),
            Route(
                .post, "/api/account/tokens", access: .signedIn, summary: "Make a personal access token",
                input: RouteInput(
                    .object([
                        .required("name", .string(minimumLength: 1, maximumLength: 64)),
                        .required("scopes", .array(.words(people.administration.roles.permissions.map(\.name)))),
                        .optional("days", .nullable(.integer(minimum: 1, maximum: 366)), "90 without it"),
                    ])), answers: [.json(PeopleSchemas.newToken, status: 201, "Made")],
                maximumBodyBytes: SignInRoutes.bodyBytes, handler: makeToken),
            Route(
                .delete, "/api/account/tokens/{id}", access: .signedIn, summary: "Revoke a personal access token",
                answers: [.empty()], handler: revokeToken),
        ]
    }

    private func account(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.owner(of: request)
        let (current, now) = (request.caller.session, people.clock.now())
        // Where somebody is signed in, and from which addresses, is not for their programs to know.
        let sessions =
            current == nil ? [] : try await people.database.read { try SignInTable.all(of: account.id, in: $0) }
        return RouteResponse.json { writer in
            writer.write(account) { writer in
                writer.array("sessions") { writer in
                    for signIn in sessions where signIn.expiresAt > now {
                        writer.write(signIn, isCurrent: signIn.id == current)
                    }
                }
            }
        }
    }

    private func changePassword(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let body = try JSONMembers(request.body)
        let current = try body.text("current", maximumBytes: 1_024)
        let new = try body.text("new", maximumBytes: 1_024)
        let endsTokens = try body.optionalBoolean("tokens") ?? false
        try PasswordRules.check(new, for: account.name)
        try await people.confirm(current, of: account, by: request.caller)
        let hash = try await people.hash(new, for: account.name, at: request.caller.place)
        let (people, administration, kept) = (people, people.administration, request.caller.session)
        let isPage = request.transport.cookies[people.cookies.access] != nil
        let (changed, browser) = try await people.line.perform { line in
            let (transaction, name) = (try line.transaction(), account.name.text)
            if endsTokens {
                try administration.revokeTokens(of: name, by: request.caller, at: line.now, in: transaction)
            }
            let changed = try administration.setPassword(
                of: name, to: hash, keeping: kept, by: request.caller, at: line.now, in: transaction)
            guard isPage else { return (changed, BrowserKeys?.none) }
            let browser = try people.know(changed, over: request.transport, at: line.now, in: transaction)
            return (changed, BrowserKeys?.some(browser))
        }
        // The present access token ended with the others, and so did what this browser shows; a page goes on with the next ones.
        guard let browser, let kept else { return .empty() }
        let token = try await people.accessToken(for: changed, session: kept)
        return .empty(headers: [
            people.cookies.set(access: token, seconds: people.settings.accessSeconds, over: request.transport),
            people.cookies.set(
                browser: browser, seconds: people.settings.browserSeconds, over: request.transport),
        ])
    }

    private func proposeSecondFactor(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        try await prove(account, request)
        let factor = OneTimePassword()
        try await people.line.perform { line in
            try SecondFactorTable.propose(factor, for: account.id, in: line.transaction())
        }
        return RouteResponse.json(headers: [("Cache-Control", "no-store")]) { writer in
            writer.object { writer in
                writer.member("secret", Base32.encode(factor.secret))
                writer.member("uri", factor.address(issuer: "Martlet", account: account.name.text))
            }
        }
    }

    /// Whether it is the account's owner who asks, before the second factor changes.
    private func prove(_ account: Account, _ request: RouteRequest) async throws {
        let body = try JSONMembers(request.body)
        let (password, code) = (
            try body.text("password", maximumBytes: 1_024), try body.optionalText("code", maximumBytes: 64)
        )
        try await people.confirm(password, code: code, of: account, by: request.caller)
    }

    private func confirmSecondFactor(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let code = try JSONMembers(request.body).text("code", maximumBytes: 64)
        let codes = try await people.confirmSecondFactor(of: account, code: code, by: request.caller)
        return RouteResponse.json(headers: [("Cache-Control", "no-store")]) { writer in
            writer.object { writer in
                writer.member("recovery_codes", codes) { $0.string($1.text) }
            }
        }
    }

    private func disableSecondFactor(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        try await prove(account, request)
        let administration = people.administration
        try await people.line.perform { line in
            _ = try administration.disableSecondFactor(
                of: account.name.text, by: request.caller, at: line.now, in: line.transaction())
        }
        return .empty()
    }

    private func endSession(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let session = request.path["id"] ?? ""
        let people = people
        try await people.line.perform { line in
            guard
                try people.endSession(
                    session, of: account, by: request.caller, at: line.now, in: line.transaction())
            else { throw Refusal(.notFound, "There is no such sign-in.") }
        }
        return .empty()
    }

    private func tokens(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.owner(of: request)
        let tokens = try await people.database.read { try PersonalTokenTable.all(of: account.id, in: $0) }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("tokens", tokens) { $0.write($1) }
            }
        }
    }

    private func makeToken(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let body = try JSONMembers(request.body)
        let name = try body.text("name", maximumBytes: 256)
        let days = try body.optionalWholeNumber("days") ?? 90
        let known = people.administration.roles.permissions
        var found: [Permission] = []
        try body.array("scopes") { (reader) throws(Refusal) in
            guard try reader.peek() == .string else {
                throw Refusal(.invalidParameter, "scopes is an array of names of rights.")
            }
            let name = try reader.string()
            guard let permission = known.first(where: { $0.name == name }) else {
                throw Refusal(
                    .invalidParameter, "scopes names a right that does not exist. GET /api/catalogue lists them.")
            }
            found.append(permission)
        }
        let (administration, scopes) = (people.administration, Set(found))
        let made = try await people.line.perform { line in
            try administration.createToken(
                of: account.name.text, name: name, scopes: scopes, days: days, by: request.caller,
                at: line.now, in: line.transaction())
        }
        return RouteResponse.json(status: 201, headers: [("Cache-Control", "no-store")]) { writer in
            writer.write(made.token) { writer in
                writer.member("token", made.key.text)
            }
        }
    }

    private func revokeToken(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let (administration, id) = (people.administration, request.path["id"] ?? "")
        try await people.line.perform { line in
            try administration.revokeToken(
                id, of: account.name.text, by: request.caller, at: line.now, in: line.transaction())
        }
        return .empty()
    }
}
