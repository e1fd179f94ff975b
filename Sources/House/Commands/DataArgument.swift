internal import ArgumentParser

/// The data folder that a command works on.
struct DataArgument: ParsableArguments {
    @Option(name: .customLong("data"), help: .init("The data folder (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var path: String?
}

/// Whether a list is for a program.
struct ListArgument: ParsableArguments {
    @Flag(name: .long, help: "One line of JSON instead of a table.")
    var json = false
}
