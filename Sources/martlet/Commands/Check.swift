internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import SQL

/// `martlet check`.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what `serve` would do with the same flags, and what is in its way, without starting anything.")

    @OptionGroup var options: ConfigurationOptions

    @Flag(name: .long, help: "Also read the whole database and all telemetry for damage; takes a while.")
    var deep = false

    @Flag(name: .long, help: "Print a settings file that explains every setting, and do nothing else.")
    var sample = false

    func run() async throws {
        if sample {
            print(ConfigurationFile.sample)
            return
        }
        let configuration = try options.configuration()
        try await Failure.explained {
            let pages = try WebFolder.find(configuration.web)
            print("pages      \(pages.web)")
            if !FileManager.default.fileExists(atPath: pages.vendor) {
                throw SettingError(
                    "the third-party parts of the pages are missing in \(pages.vendor); scripts/fetch-web gets them")
            }
            print("http       \(configuration.http)")
            print("mqtt       \(configuration.mqtt)")
            print("retention  \(configuration.retentionDays.map { "\($0) days" } ?? "for ever")")
            try await checkData(configuration)
            print("everything is in order")
        }
    }

    private func checkData(_ configuration: Configuration) async throws {
        guard FileManager.default.fileExists(atPath: configuration.data + "/martlet.db") else {
            print("data       \(configuration.data) (will be made)")
            return
        }
        // Settings are usually checked while the hub still runs with the old ones.
        let use = DataFolder.isInUse(configuration.data) ? ", in use by a running martlet" : ""
        print("data       \(configuration.data) (\(DataFolder.bytes(configuration.data)) bytes\(use))")
        for name in try BackupFolder.databases(in: configuration.data) where deep {
            let database = try Database.open(DatabaseConfiguration(.file(configuration.data + "/" + name), readers: 1))
            let problems = try await database.integrityCheck()
            try database.close()
            if let problem = problems.first { throw SettingError("\(name) is damaged: \(problem)") }
            print("database   \(name) is sound")
        }
    }
}
