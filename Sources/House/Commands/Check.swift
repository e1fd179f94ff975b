internal import ArgumentParser
internal import Foundation
internal import HubModel
internal import SQL
internal import SolutionKit

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
            let pages = try WebFolder.find(configuration.web, more: Solutions.current.pageFolders)
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
            for task in Solutions.current.retentionTasks {
                let bound = configuration.declared[task.setting]
                let kept = task.isByAge ? (bound == 0 ? "for ever" : "\(bound) days") : "\(bound) MiB a site"
                print(Check.line("keeps", "\(task.name) \(kept)"))
            }
            let damage = try await checkData(configuration)
            for problem in damage { print(Check.line("damage", problem)) }
            guard !deep || damage.isEmpty else {
                throw SettingError("files are damaged or missing: see above; the hub starts without them")
            }
            for name in configuration.unknownNames {
                print(Check.line("ignored", "\(name) in the environment is no setting"))
            }
            print(damage.isEmpty ? "everything is in order" : "all else is in order")
        }
    }

    private static func line(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 11 - name.count)) + value
    }

    /// - Returns: what is damaged or missing, which the hub starts without.
    private func checkData(_ configuration: Configuration) async throws -> [String] {
        let data = configuration.data
        try DataFolder.checkWritable(data)
        _ = try DataFolder.mayBeClaimed(data, forDemo: configuration.isDemo)
        let signs = FolderSigns(path: data)
        try signs.requireDatabase()
        guard FileManager.default.fileExists(atPath: data + "/martlet.db") else {
            print("data       \(data) (will be made)")
            return []
        }
        for warning in signs.warnings { print(Check.line("warning", warning)) }
        // Settings are usually checked while the hub still runs with the old ones.
        let use = DataFolder.isInUse(data) ? ", in use by a running martlet" : ""
        print("data       \(data) (\(DataFolder.bytes(data)) bytes\(use))")
        let lost = try signs.keepLostLog(now: SystemClock().now().microseconds)
        do {
            try await checkTables(data)
        } catch let failure as SQLFailure {
            throw signs.refusal(failure) ?? failure
        }
        var damage =
            try await (lost.map { [$0] } ?? [])
            + TelemetrySurvey.problems(of: data, known: data + "/martlet.db")
            + BackupFolder.fileProblems(of: data, known: data + "/martlet.db", deep: deep)
        if configuration.clientAuthority == nil {
            let found = try await AuthorityFiles(data: data).problems(
                known: data + "/martlet.db", now: SystemClock().now())
            if configuration.mqtts != nil, let fatal = found.first(where: \.isFatal) {
                throw SettingError("\(fatal.sentence) (in \(data))")
            }
            damage += found.map(\.sentence)
        }
        // The check itself has folded the log of a hub that was killed.
        defer { signs.noteFolded() }
        for name in try BackupFolder.databases(in: data) where deep {
            let path = data + "/" + name
            guard name != "martlet.db" else {
                let database = try Database.open(DatabaseConfiguration(.file(path), readers: 0))
                defer { try? database.close() }
                if let problem = try await database.integrityCheck().first {
                    throw SettingError("\(name) is damaged: \(problem)")
                }
                print("database   \(name) is sound")
                continue
            }
            guard !damage.contains(where: { $0.hasPrefix(name + " ") }) else { continue }
            do {
                let found = try await TelemetrySurvey.inspect(path)
                damage += found.map { "\(name): \($0)" }
                if found.isEmpty { print("database   \(name) is sound") }
            } catch let failure as SQLFailure {
                damage.append("\(name) cannot be read: \(failure.message)")
            }
        }
        return damage
    }

    /// The tables must be those of this program or an older one; an older one's are brought up to date by `serve`.
    private func checkTables(_ data: String) async throws {
        let database = try Database.open(DatabaseConfiguration(.file(data + "/martlet.db"), readers: 1))
        defer { try? database.close() }
        let missing = try await database.missing(Stored.migrations(of: .current))
        guard !missing.isEmpty else { return }
        print(Check.line("tables", "\(missing.count) changes will be made: \(missing.joined(separator: " "))"))
    }
}
