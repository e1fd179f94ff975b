internal import ArgumentParser
internal import SolutionKit

/// `martlet simulate`: a command for each solution that has a simulator.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Devices that do not exist, for trying out and for tests.",
        subcommands: Solutions.current.all.compactMap { solution -> (any ParsableCommand.Type)? in
            (solution as? any HasSimulator).map { command($0.simulator) }
        })

    private static func command<Options: SimulatorOptions>(_ options: Options.Type) -> any ParsableCommand.Type {
        SimulateCommand<Options>.self
    }
}
