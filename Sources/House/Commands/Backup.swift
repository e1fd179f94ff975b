internal import ArgumentParser

/// `martlet backup`.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies a data folder, consistently, while the hub may be running.",
        discussion: """
            What is damaged or missing in the data folder is named on standard error and in the copy's manifest.json; all else is saved, \
            and the exit code is 2.
            """)

    @Option(name: .long, help: .init("The data folder (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var data: String?

    @Argument(help: "The folder to make; it must not exist yet.")
    var target: String

    func run() async throws {
        let source = DataOption.path(data)
        var problems: [String] = []
        try await Failure.explained {
            problems = try await BackupFolder(path: target).make(from: source, now: SystemClock().now())
        }
        print("\(source) is saved in \(target)")
        guard !problems.isEmpty else { return }
        for problem in problems { Output.note("\(Invocation.program): incomplete: \(problem)") }
        // Whoever runs this at night reads no sentences.
        throw ExitCode(2)
    }
}

/// `martlet restore`.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a data folder from a backup; what is there already is never overwritten.")

    @Option(name: .long, help: .init("The data folder to make (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var data: String?

    @Argument(help: "The folder that `\(Invocation.program) backup` made.")
    var backup: String

    func run() async throws {
        let target = DataOption.path(data)
        var problems: [String] = []
        try await Failure.explained {
            problems = try await BackupFolder(path: backup).restore(to: target)
        }
        for problem in problems { Output.note("\(Invocation.program): the backup was made incomplete: \(problem)") }
        print("\(backup) is restored to \(target); start it with: \(Invocation.program) serve --data \(target)")
    }
}
