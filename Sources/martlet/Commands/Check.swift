internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import SQL

/// `martlet check`.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what `serve` would do with the same flags, and what is in its way, without starting anything.",
        discussion: "Whether the addresses are free is not tried: usually the hub that is checked runs there.")

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
            // What it reads is what `serve` reads, with the same words when something is wrong.
            let certificates = try DoorCertificates(configuration)
            for door in Door.expected(configuration) {
                guard let address = door.address(configuration) else { continue }
                print(Check.line(door.rawValue, address.description))
            }
            if !certificates.all.isEmpty, let file = configuration.tlsCertificate { print(Check.line("tls", file)) }
            print("retention  \(configuration.retentionDays.map { "\($0) days" } ?? "for ever")")
            try await checkData(configuration)
            for name in configuration.unknownNames {
                print(Check.line("ignored", "\(name) in the environment is no setting"))
            }
            print("everything is in order")
        }
    }

    private static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.count)) + value
    }

    private func checkData(_ configuration: Configuration) async throws {
        try DataFolder.checkWritable(configuration.data)
        _ = try DataFolder.mayBeClaimed(configuration.data, forDemo: configuration.isDemo)
        guard FileManager.default.fileExists(atPath: configuration.data + "/martlet.db") else {
            print("data       \(configuration.data) (will be made)")
            return
        }
        // Settings are usually checked while the hub still runs with the old ones.
        let use = DataFolder.isInUse(configuration.data) ? ", in use by a running martlet" : ""
        print("data       \(configuration.data) (\(DataFolder.bytes(configuration.data)) bytes\(use))")
        try await checkTables(configuration.data)
        for name in try BackupFolder.databases(in: configuration.data) where deep {
            let database = try Database.open(DatabaseConfiguration(.file(configuration.data + "/" + name), readers: 1))
            let problems = try await database.integrityCheck()
            try database.close()
            if let problem = problems.first { throw SettingError("\(name) is damaged: \(problem)") }
            print("database   \(name) is sound")
        }
    }

    /// The tables must be those of this program or an older one; an older one's are brought up to date by `serve`.
    private func checkTables(_ data: String) async throws {
        let database = try Database.open(DatabaseConfiguration(.file(data + "/martlet.db"), readers: 1))
        defer { try? database.close() }
        let missing = try await database.missing(Stored.migrations)
        guard !missing.isEmpty else { return }
        print(Check.line("tables", "\(missing.count) changes will be made: \(missing.joined(separator: " "))"))
    }
}
