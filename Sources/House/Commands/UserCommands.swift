internal import ArgumentParser
internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People who may sign in, and their roles.",
        discussion: """
            Works on the data folder, whether the hub runs or not; what a running hub knows is changed within a second.

              echo "$PASSWORD" | \(Invocation.program) user add anna --role admin --password-stdin
              \(Invocation.program) user role anna --grant operator@north
            """,
        subcommands: [
            UserAdd.self, UserList.self, UserPassword.self, UserRole.self, UserDisable.self, UserEnable.self,
            UserSignOut.self, UserSecondFactorOff.self, UserRemove.self,
        ])
}

/// `martlet user add`.
struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds somebody; makes the data folder if it is named and not there.",
        discussion: """
            Without --password-stdin and --generate the password is asked for on the terminal.

              echo "$PASSWORD" | \(Invocation.program) user add anna --role admin --password-stdin
              \(Invocation.program) user add ben --role viewer --site north --generate
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: "The name to sign in with: letters, digits and . _ @ -")
    var name: String

    @Option(help: .init("admin, operator, staff, viewer, or one that a solution adds.", valueName: "ROLE"))
    var role: RoleName

    @Option(help: .init("The site where the role holds (default: everywhere).", valueName: "SITE"))
    var site: SiteName?

    @OptionGroup var secret: PasswordOptions

    func run() async throws {
        try await AdministrationFolder.use(data.path, makes: .named) { folder in
            let name = try PeopleAdministration.name(name)
            let (password, made) = try secret.checked(for: name)
            let assignment = RoleAssignment(role, at: site?.id)
            _ = try await folder.changePeople { people, caller, now, transaction in
                try people.add(
                    name, password: password, roles: [assignment], by: caller, at: now, in: transaction)
            }
            if let made { Output.secrets([made]) }
            Output.note("\(name) is added as \(assignment.words)")
        }
    }
}

/// `martlet user passwd`.
struct UserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passwd", abstract: "Sets somebody's password; all their sign-ins end.",
        discussion: """
              echo "$PASSWORD" | \(Invocation.program) user passwd anna --password-stdin
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    @OptionGroup var secret: PasswordOptions

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            // A name that nobody has is said before a password is asked for.
            let account = try await folder.database.read { [people = folder.people] in
                try people.user(name, in: $0)
            }
            let (password, made) = try secret.checked(for: account.name)
            _ = try await folder.changePeople { people, caller, now, transaction in
                try people.setPassword(of: name, to: password, by: caller, at: now, in: transaction)
            }
            if let made { Output.secrets([made]) }
            Output.note("\(account.name) has a new password; all sign-ins of it are ended")
        }
    }
}

/// `martlet user role`.
struct UserRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Grants and takes roles.",
        discussion: """
              \(Invocation.program) user role ben --grant operator@north --take viewer@north
              \(Invocation.program) user role ben --grant admin
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: "The name.")
    var name: String

    @Option(help: .init("A role to grant, everywhere or at a site; may be repeated.", valueName: "ROLE[@SITE]"))
    var grant: [RoleAt] = []

    @Option(help: .init("A role to take; may be repeated.", valueName: "ROLE[@SITE]"))
    var take: [RoleAt] = []

    func validate() throws {
        if grant.isEmpty, take.isEmpty { throw ValidationError("Name a role to --grant or to --take") }
    }

    func run() async throws {
        let (granted, taken) = (grant.map(\.assignment), take.map(\.assignment))
        try await AdministrationFolder.use(data.path) { folder in
            let account = try await folder.changePeople { people, caller, now, transaction in
                let account = try people.user(name, in: transaction)
                for role in taken where !account.roles.contains(role) {
                    throw Refusal(.notFound, "\(account.name) is not \(role.words).")
                }
                var roles = account.roles.filter { !taken.contains($0) }
                for role in granted where !roles.contains(role) { roles.append(role) }
                return try people.setRoles(of: name, to: roles, by: caller, at: now, in: transaction)
            }
            Output.note("\(account.name) is now \(account.rolesInWords)")
        }
    }
}
