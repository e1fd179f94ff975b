internal import ArgumentParser

/// `martlet backup`.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies a data folder, consistently, while the hub may be running.")

    @Option(name: .long, help: .init("The data folder (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var data: String?

    @Argument(help: "The folder to make; it must not exist yet.")
    var target: String

    func run() async throws {
        let source = DataOption.path(data)
        try await Failure.explained {
            try await BackupFolder(path: target).make(from: source, now: SystemClock().now())
        }
        print("\(source) is saved in \(target)")
    }
}

/// `martlet restore`.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a data folder from a backup; what is there already is never overwritten.")

    @Option(name: .long, help: .init("The data folder to make (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var data: String?

    @Argument(help: "The folder that `martlet backup` made.")
    var backup: String

    func run() async throws {
        let target = DataOption.path(data)
        try await Failure.explained {
            try await BackupFolder(path: backup).restore(to: target)
        }
        print("\(backup) is restored to \(target); start it with: martlet serve --data \(target)")
    }
}
