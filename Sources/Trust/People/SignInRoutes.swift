internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// The routes by which people come in and go.
struct SignInRoutes: Sendable {
    let people: People

    /// The largest body of any of them.
    static let bodyBytes = 4_096

    private static let welcome = RouteAnswer.json(
        PeopleSchemas.welcome,
        """
        Signed in. Three cookies for a page: the access token, the refresh token, and one by which this browser is known. That one gives no \
        right and stays when one signs out; where it is shown, only failures in this browser lock its user out.
        """)

    var all: [Route] {
        [
            Route(
                .get, "/api/session", access: .anyone, summary: "Who is signed in, and what they may do",
                answers: [
                    .json(
                        .object([
                            .required("open", .boolean, "whoever reaches the hub may do everything"),
                            .required("demo", .boolean), .required("setup_needed", .boolean, "there are no users yet"),
                            .required("user", .nullable(PeopleSchemas.signedInUser)),
                        ]))
                ], handler: session),
            Route(
                .post, "/api/auth/login", access: .anyone, summary: "Sign in with a password",
                input: RouteInput(
                    .object([
                        .required("username", PeopleSchemas.userName), .required("password", PeopleSchemas.password),
                        .optional("code", .nullable(PeopleSchemas.code), "of the second factor, or a recovery code"),
                    ])), answers: [SignInRoutes.welcome], refusals: [.badCredentials],
                maximumBodyBytes: SignInRoutes.bodyBytes, setsCookies: true,
                handler: signIn),
            Route(
                .post, "/api/auth/refresh", access: .anyone, summary: "Get the next access token of a sign-in",
                input: RouteInput(
                    .object([.optional("refresh_token", .nullable(PeopleSchemas.code), "without it: the cookie")]),
                    isOptional: true), answers: [.json(PeopleSchemas.welcome)], refusals: [.notSignedIn],
                maximumBodyBytes: SignInRoutes.bodyBytes, setsCookies: true, handler: refresh),
            Route(
                .post, "/api/auth/logout", access: .anyone, summary: "End this sign-in",
                answers: [.empty()], maximumBodyBytes: SignInRoutes.bodyBytes, setsCookies: true, handler: signOut),
            Route(
                .post, "/api/auth/logout-everywhere", access: .signedIn, summary: "End all my sign-ins",
                input: RouteInput(
                    .object([.optional("tokens", .nullable(.boolean), "whether all my tokens are revoked too")]),
                    isOptional: true),
                answers: [.empty()], maximumBodyBytes: SignInRoutes.bodyBytes, handler: signOutEverywhere),
            Route(
                .post, "/api/auth/setup", access: .anyone, summary: "Make the first admin, from the machine itself",
                input: RouteInput(
                    .object([
                        .required("code", PeopleSchemas.code), .required("username", PeopleSchemas.userName),
                        .required("password", PeopleSchemas.newPassword),
                    ])), answers: [SignInRoutes.welcome], refusals: [.badCredentials, .conflict],
                maximumBodyBytes: SignInRoutes.bodyBytes, setsCookies: true,
                handler: setUp),
            Route(
                .post, "/api/auth/code", access: .anyone, summary: "Sign in with a code that the hub printed",
                input: RouteInput(.object([.required("code", PeopleSchemas.code)])),
                answers: [SignInRoutes.welcome], refusals: [.badCredentials],
                maximumBodyBytes: SignInRoutes.bodyBytes, setsCookies: true, handler: code),
        ]
    }

    private func session(_ request: RouteRequest) async throws -> RouteResponse {
        let id = request.caller.account
        let (count, account) = try await people.database.read { reader in
            (try AccountTable.count(in: reader), try id.flatMap { try AccountTable.account($0, in: reader) })
        }
        let facts = people.facts
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("open", facts.isOpen)
                writer.member("demo", facts.isDemo)
                writer.member("setup_needed", count == 0 && !facts.isOpen)
                writer.member("user") { writer in
                    if let account {
                        writer.write(account, grants: (request.caller.grants, people.administration.roles))
                    } else {
                        writer.null()
                    }
                }
            }
        }
    }

    private func signIn(_ request: RouteRequest) async throws -> RouteResponse {
        let body = try JSONMembers(request.body)
        let words = Words(
            name: try body.text("username", maximumBytes: 256),
            password: try body.text("password", maximumBytes: 1_024),
            code: try body.optionalText("code", maximumBytes: 64))
        let welcome = try await people.signIn(words, over: request.transport)
        return try await answer(welcome, to: request)
    }

    private func refresh(_ request: RouteRequest) async throws -> RouteResponse {
        let body = try JSONMembers(request.body, isOptional: true)
        let shown = try body.optionalText("refresh_token", maximumBytes: 256)
        guard let token = shown ?? request.transport.cookies[people.cookies.refresh] else {
            throw Refusal(.notSignedIn, "There is no refresh token: sign in.")
        }
        let welcome = try await people.refresh(token, over: request.transport)
        return try await answer(welcome, to: request)
    }

    private func signOut(_ request: RouteRequest) async throws -> RouteResponse {
        let token = request.transport.cookies[people.cookies.refresh]
        try await people.signOut(request.caller, refresh: token)
        return .empty(headers: people.cookies.clear(over: request.transport))
    }

    private func signOutEverywhere(_ request: RouteRequest) async throws -> RouteResponse {
        let account = try await people.person(of: request)
        let endsTokens = try JSONMembers(request.body, isOptional: true).optionalBoolean("tokens") ?? false
        let administration = people.administration
        try await people.line.perform { line in
            let (transaction, name) = (try line.transaction(), account.name.text)
            if endsTokens {
                try administration.revokeTokens(of: name, by: request.caller, at: line.now, in: transaction)
            }
            try administration.endSessions(of: name, by: request.caller, at: line.now, in: transaction)
        }
        return .empty(headers: people.cookies.clear(over: request.transport))
    }

    private func setUp(_ request: RouteRequest) async throws -> RouteResponse {
        let body = try JSONMembers(request.body)
        let words = Words(
            name: try body.text("username", maximumBytes: 256),
            password: try body.text("password", maximumBytes: 1_024),
            code: nil)
        let welcome = try await people.setUp(
            code: body.text("code", maximumBytes: 64), words, over: request.transport)
        return try await answer(welcome, to: request)
    }

    private func code(_ request: RouteRequest) async throws -> RouteResponse {
        let code = try JSONMembers(request.body).text("code", maximumBytes: 64)
        let welcome = try await people.signIn(code: code, over: request.transport)
        return try await answer(welcome, to: request)
    }

    private func answer(_ welcome: Welcome, to request: RouteRequest) async throws -> RouteResponse {
        let seconds = people.settings.accessSeconds
        let token = try await people.accessToken(for: welcome)
        let rest = welcome.signIn.expiresAt.microseconds(since: people.clock.now()) / 1_000_000
        var headers = [
            people.cookies.set(access: token, seconds: seconds, over: request.transport),
            people.cookies.set(refresh: welcome.refresh.text, seconds: rest, over: request.transport),
            ("Cache-Control", "no-store"),
        ]
        if let browser = welcome.browser {
            headers.append(
                people.cookies.set(
                    browser: browser, seconds: people.settings.browserSeconds, over: request.transport))
        }
        let grants = welcome.account.grants(people.administration.roles)
        return RouteResponse.json(headers: headers) { writer in
            writer.object { writer in
                writer.member("token", token)
                writer.member("token_type", "Bearer")
                writer.member("expires_in", seconds)
                writer.member("user") { $0.write(welcome.account, grants: (grants, people.administration.roles)) }
            }
        }
    }
}
