internal import ArgumentParser
internal import HubModel
internal import Registry
internal import SQL
internal import Trust

/// `martlet site`.
struct SiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Sites: what belongs together and is looked after by the same people.",
        discussion: """
              \(Invocation.program) site add north --title "North campus"
              \(Invocation.program) site list
            """,
        subcommands: [SiteAdd.self, SiteList.self])
}

/// `martlet site add`.
struct SiteAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds a site; makes the data folder if it is named and not there.",
        discussion: "  \(Invocation.program) site add north --title \"North campus\"")

    @OptionGroup var data: DataArgument

    @Argument(help: "Its name: 1 to 64 letters, digits and . _ - : @")
    var site: SiteID

    @Option(help: .init("What people read (default: the name).", valueName: "TEXT"))
    var title: String?

    func run() async throws {
        let (site, title) = (site, title ?? site.text)
        try await AdministrationFolder.use(data.path, makes: .named) { folder in
            try await folder.changeDevices { devices, administrator, transaction in
                try devices.addSite(site, title: title, by: administrator, in: transaction)
            }
            Output.note("the site \(site) is added")
        }
    }
}

/// `martlet site list`.
struct SiteList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The sites, with how many devices belong to each.",
        discussion: "  \(Invocation.program) site list")

    @OptionGroup var data: DataArgument
    @OptionGroup var list: ListArgument

    func run() async throws {
        try await AdministrationFolder.use(data.path) { folder in
            let sites = try await folder.database.read { try SiteRegistry().sites(in: $0) }
            guard list.json else {
                return Output.table(
                    ["SITE", "TITLE", "DEVICES"], sites.map { [$0.id.text, $0.title, "\($0.devices)"] })
            }
            Output.json { json in
                json.object { json in
                    json.member("sites", sites) { $0.write($1) }
                }
            }
        }
    }
}
