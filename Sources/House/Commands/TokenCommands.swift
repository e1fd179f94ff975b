internal import ArgumentParser
internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Personal access tokens, with which programs act for a person.",
        discussion: """
              \(Invocation.program) token add grafana --user anna --scope \(Solutions.current.examplePermission) --scope metrics.view --days 90
              \(Invocation.program) token list --user anna
            """,
        subcommands: [TokenAdd.self, TokenList.self, TokenRevoke.self])
}

/// `martlet token add`.
struct TokenAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Makes a token and prints it, once.",
        discussion: """
            Nobody can read it again: only its hash is stored. It can do what its owner may do, and of that only what its \
            scopes name.

              \(Invocation.program) token add grafana --user anna --scope \(Solutions.current.examplePermission) metrics.view --days 90
            """)

    @OptionGroup var data: DataArgument

    @Argument(help: "What it is for.")
    var name: String

    @Option(help: .init("Whose it is.", valueName: "NAME"))
    var user: String

    @Option(
        parsing: .upToNextOption, help: .init("What it may be used for; several may be named.", valueName: "PERMISSION")
    )
    var scope: [Permission]

    @Option(help: .init("Days for which it holds, 1 to 366.", valueName: "N"))
    var days: Int64

    func validate() throws {
        guard PeopleAdministration.tokenDays.contains(days) else {
            throw ValidationError("--days must be from 1 to 366")
        }
    }

    func run() async throws {
        let scopes = Set(scope)
        try await AdministrationFolder.use(data.path) { folder in
            let made = try await folder.changePeople { people, caller, now, transaction in
                try people.createToken(
                    of: user, name: name, scopes: scopes, days: days, by: caller, at: now, in: transaction)
            }
            Output.secrets([made.key.text])
            Output.note("token \(made.token.id) holds until \(Output.time(made.token.expiresAt)) UTC")
        }
    }
}

/// `martlet token list`.
struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The tokens of somebody, without the tokens themselves.",
        discussion: "  \(Invocation.program) token list --user anna")

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    @Option(help: .init("Whose they are.", valueName: "NAME"))
    var user: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let tokens = try await folder.database.read { [people = folder.people] in
                try people.tokens(of: user, in: $0)
            }
            guard list.json else {
                return Output.table(
                    ["ID", "NAME", "SCOPES", "HOLDS UNTIL (UTC)", "LAST USED (UTC)"],
                    tokens.map { token in
                        [
                            token.id, token.name, token.scopeNames.joined(separator: " "),
                            Output.time(token.expiresAt), Output.time(token.lastUsedAt),
                        ]
                    })
            }
            Output.json { json in
                json.object { json in
                    json.member("tokens", tokens) { $0.write($1) }
                }
            }
        }
    }
}

/// `martlet token revoke`.
struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Makes a token worth nothing, at once.",
        discussion: "  \(Invocation.program) token revoke ID    (`\(Invocation.program) token list` has the ID)")

    @OptionGroup var data: DataArgument

    @Argument(help: "The identifier of the token, not the token itself.")
    var id: String

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let owner = try await folder.changePeople { people, caller, now, transaction in
                guard let token = try PersonalTokenTable.token(id, in: transaction),
                    let owner = try AccountTable.account(token.account, in: transaction)
                else { throw Refusal(.notFound, "There is no token of this identifier.") }
                try people.revokeToken(id, of: owner.name.text, by: caller, at: now, in: transaction)
                return owner.name
            }
            Output.note("the token of \(owner) is revoked")
        }
    }
}

extension PersonalToken {
    fileprivate var scopeNames: [String] { scopes.map(\.name).sorted() }
}
