internal import ArgumentParser

/// `martlet serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the hub until SIGTERM or Ctrl-C.",
        discussion: """
            When all doors are open it writes one line of JSON to standard output, {"event":"ready",...}, and the same into \
            ready.json in the data folder. Everything else goes to standard error.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.configuration()
        try await Failure.explained { try await House(configuration: configuration).run() }
    }
}
