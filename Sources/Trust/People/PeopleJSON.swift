package import HubModel
package import Registry
package import SolutionKit

/// People as docs/accounts-api.md shows them.
extension JSONWriter {
    /// Writes a user.
    /// - Parameters:
    ///   - grants: what they may do, for themselves to see, and the roles that name it; nil: not shown.
    ///   - more: writes further members.
    package mutating func write(
        _ account: Account, grants: (Grants, RoleBook)? = nil, more: (inout JSONWriter) -> Void = { _ in }
    ) {
        write(account.person, grants: grants, more: more)
    }

    /// Writes a user, as `write` of an account.
    package mutating func write(
        _ person: Person, grants: (Grants, RoleBook)? = nil, more: (inout JSONWriter) -> Void = { _ in }
    ) {
        object { json in
            json.member("username", person.name)
            json.member("state", (person.isEnabled ? Account.State.active : .disabled).rawValue)
            json.array("roles") { json in
                for assignment in person.roles {
                    json.object { json in
                        json.member("site", assignment.siteText)
                        json.member("role", assignment.role.text)
                    }
                }
            }
            json.member("second_factor", person.hasSecondFactor)
            json.member("created_at", person.createdAt)
            json.member("last_sign_in_at", person.lastSignInAt)
            if let (grants, roles) = grants {
                json.member("permissions") { $0.write(roles.listed(grants.anywhere)) }
                json.member("grants") { $0.write(grants, roles) }
            }
            more(&json)
        }
    }

    private mutating func write(_ grants: Grants, _ roles: RoleBook) {
        let sites = grants.sites.sorted { $0.key.text < $1.key.text }.map { ($0.key.text, $0.value) }
        array { json in
            for (site, permissions) in [("*", grants.everywhere)] + sites where !permissions.isEmpty {
                json.object { json in
                    json.member("site", site)
                    json.member("permissions") { $0.write(roles.listed(permissions)) }
                }
            }
        }
    }

    /// Writes permissions by their names.
    mutating func write(_ permissions: [Permission]) {
        array(permissions) { $0.string($1.name) }
    }

    /// Writes a personal access token.
    package mutating func write(_ token: PersonalToken, more: (inout JSONWriter) -> Void = { _ in }) {
        object { json in
            json.member("id", token.id)
            json.member("name", token.name)
            json.member("scopes") { json in
                json.write(token.scopes.sorted { $0.name < $1.name })
            }
            json.member("created_at", token.createdAt)
            json.member("expires_at", token.expiresAt)
            json.member("last_used_at", token.lastUsedAt)
            more(&json)
        }
    }

    /// Writes a sign-in.
    mutating func write(_ signIn: SignIn, isCurrent: Bool) {
        object { json in
            json.member("id", signIn.id)
            json.member("created_at", signIn.createdAt)
            json.member("last_used_at", signIn.lastUsedAt)
            json.member("address", signIn.address)
            json.member("user_agent", signIn.userAgent)
            json.member("current", isCurrent)
        }
    }
}

/// The same as shapes, for the description of the API.
enum PeopleSchemas {
    static let userName = JSONSchema.string(
        minimumLength: 1, maximumLength: 64, pattern: "^[A-Za-z0-9._@-]{1,64}$")
    static let password = JSONSchema.string(minimumLength: 1, maximumLength: 256)
    static let newPassword = JSONSchema.string(minimumLength: 10, maximumLength: 256)
    static let code = JSONSchema.string(minimumLength: 1, maximumLength: 64)
    static let site = JSONSchema.string(minimumLength: 1, maximumLength: 64, pattern: "^([A-Za-z0-9._:@-]{1,64}|\\*)$")
    static let role = JSONSchema.string(minimumLength: 1, maximumLength: 32, pattern: "^[a-z0-9-]{1,32}$")
    static let permission = JSONSchema.string(minimumLength: 1, maximumLength: 64, pattern: "^[a-z0-9._-]{1,64}$")

    static let assignment = JSONSchema.object([
        .required("site", site, "* is everywhere"), .required("role", role),
    ])

    static let userMembers: [JSONSchema.Property] = [
        .required("username", userName), .required("state", .words(Account.State.allCases.map(\.rawValue))),
        .required("roles", .array(assignment)), .required("second_factor", .boolean),
        .required("created_at", .timestamp), .required("last_sign_in_at", .nullable(.timestamp)),
    ]

    static let user = JSONSchema.named("User", .object(userMembers))

    static let signedInUser = JSONSchema.named(
        "SignedInUser",
        .object(
            userMembers + [
                .required("permissions", .array(permission), "what is allowed at one site or more"),
                .required(
                    "grants",
                    .array(.object([.required("site", site), .required("permissions", .array(permission))]))),
            ]))

    static let userWithPassword = JSONSchema.named(
        "NewUser",
        .object(userMembers + [.optional("password", .text, "the one that was made; it is shown once")]))

    static let welcome = JSONSchema.named(
        "Welcome",
        .object([
            .required("token", .text, "an access token, for Authorization: Bearer"),
            .required("token_type", .words(["Bearer"])), .required("expires_in", .count, "seconds"),
            .required("user", signedInUser),
        ]))

    static let session = JSONSchema.object([
        .required("id", .text), .required("created_at", .timestamp), .required("last_used_at", .timestamp),
        .required("address", .nullable(.text)), .required("user_agent", .nullable(.text)),
        .required("current", .boolean),
    ])

    static let account = JSONSchema.named(
        "MyAccount", .object(userMembers + [.required("sessions", .array(session))]))

    static let tokenMembers: [JSONSchema.Property] = [
        .required("id", .text), .required("name", .text), .required("scopes", .array(permission)),
        .required("created_at", .timestamp), .required("expires_at", .timestamp),
        .required("last_used_at", .nullable(.timestamp), "to the minute"),
    ]

    static let token = JSONSchema.named("PersonalToken", .object(tokenMembers))

    static let newToken = JSONSchema.named(
        "NewPersonalToken", .object(tokenMembers + [.required("token", .text, "it is shown once")]))
}
