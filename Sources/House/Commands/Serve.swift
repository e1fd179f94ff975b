internal import ArgumentParser

/// `martlet serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the hub until SIGTERM or Ctrl-C.",
        discussion: """
            When all doors are open it writes one line of JSON to standard output, {"event":"ready",...}, and the same into \
            ready.json in the data folder. Everything else goes to standard error.

            These are set in the environment or in the file of --config, as are the limits of docs/limits.md; `\(Invocation.program) check --sample` prints \
            them all:

            \(Solutions.current.settingsHelp)
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.configuration()
        try await Failure.explained { try await House(configuration: configuration, solutions: .current).run() }
    }
}
