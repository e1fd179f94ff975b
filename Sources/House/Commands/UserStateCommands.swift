internal import ArgumentParser
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet user list`.
struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Who may sign in, and as what.",
        discussion: """
              \(Invocation.program) user list
              \(Invocation.program) user list --json
            """)

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let accounts = try await folder.database.read { [people = folder.people] in try people.users(in: $0) }
            guard list.json else {
                return Output.table(
                    ["NAME", "STATE", "ROLES", "SECOND FACTOR", "LAST SIGN-IN (UTC)"],
                    accounts.map { account in
                        [
                            account.name.text, account.state.rawValue, account.rolesInWords,
                            account.hasSecondFactor ? "yes" : "no", Output.time(account.lastSignInAt),
                        ]
                    })
            }
            Output.json { json in
                json.object { json in
                    json.member("users", accounts) { $0.write($1) }
                }
            }
        }
    }
}

/// `martlet user disable`.
struct UserDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Lets somebody sign in no more; what they have open ends.",
        discussion: "  \(Invocation.program) user disable ben")

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let account = try await folder.changePeople { people, caller, now, transaction in
                try people.disable(name, by: caller, at: now, in: transaction)
            }
            Output.note("\(account.name) is disabled")
        }
    }
}

/// `martlet user enable`.
struct UserEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Lets somebody sign in again.",
        discussion: "  \(Invocation.program) user enable ben")

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let account = try await folder.changePeople { people, caller, now, transaction in
                try people.enable(name, by: caller, at: now, in: transaction)
            }
            Output.note("\(account.name) is active")
        }
    }
}

/// `martlet user sign-out`.
struct UserSignOut: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out",
        abstract: "Ends all sign-ins of somebody, or of everybody; who knows a password may sign in anew.",
        discussion: """
            For a phone that was lost. With --everybody after a backup or a copy of the database was lost: whatever somebody could make of
            the keys in it ends as well, for it would have to name a sign-in that is there.

            Tokens of programs are no sign-ins and stay, unless --tokens says that they go too.

              \(Invocation.program) user sign-out anna --tokens
              \(Invocation.program) user sign-out --everybody
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String?

    @Flag(help: "All people.")
    var everybody = false

    @Flag(help: "Revoke all their tokens too.")
    var tokens = false

    func validate() throws {
        guard (name == nil) == everybody else { throw ValidationError("Name one person, or say --everybody.") }
    }

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let count = try await folder.changePeople { people, caller, now, transaction in
                let names = try name.map { [$0] } ?? people.users(in: transaction).map(\.name.text)
                for name in names {
                    if tokens { try people.revokeTokens(of: name, by: caller, at: now, in: transaction) }
                    try people.endSessions(of: name, by: caller, at: now, in: transaction)
                }
                return names.count
            }
            Output.note(name.map { "\($0) is signed out everywhere" } ?? "\(count) people are signed out everywhere")
        }
    }
}

/// `martlet user second-factor-off`.
struct UserSecondFactorOff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "second-factor-off", abstract: "Asks somebody for no second factor any more: their app is gone.",
        discussion: "  \(Invocation.program) user second-factor-off anna")

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let account = try await folder.changePeople { people, caller, now, transaction in
                try people.disableSecondFactor(of: name, by: caller, at: now, in: transaction)
            }
            Output.note("\(account.name) signs in without a second factor")
        }
    }
}

/// `martlet user remove`.
struct UserRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes somebody with all their tokens; the audit keeps what they did.",
        discussion: "  \(Invocation.program) user remove ben")

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            try await folder.changePeople { people, caller, now, transaction in
                try people.remove(name, by: caller, at: now, in: transaction)
            }
            Output.note("\(name) is removed")
        }
    }
}

extension Account {
    /// The roles for a person: `admin, viewer@north`.
    var rolesInWords: String {
        roles.isEmpty ? "without a role" : roles.map(\.words).joined(separator: ", ")
    }
}

extension RoleAssignment {
    /// As it is typed: `admin`, `viewer@north`.
    var words: String { site.map { "\(role)@\($0)" } ?? role.text }
}
