internal import ArgumentParser
internal import Glibc
public import SolutionKit

/// A hub as a program: `serve` and the commands around it, with the solutions that it is given.
///
/// An executable is one line; which solutions it runs is all that it says:
///
///     @main enum Start { static func main() async { await Program([ValvesSolution()]).run() } }
public struct Program: Sendable {
    private let solutions: [any Solution]
    private let pageFolders: [String]

    /// - Parameters:
    ///   - solutions: in the order in which pages show them.
    ///   - pageFolders: folders with pages of solutions that have none in `Web`, as paths from a folder in or above which the program
    ///     lies: `Valves/Web` holds `valves/solution.js` and what belongs to it.
    public init(_ solutions: [any Solution], pageFolders: [String] = []) {
        self.solutions = solutions
        self.pageFolders = pageFolders
    }

    /// Does what the command line says, and ends the process with its status where that is an error.
    public func run() async {
        // What devices said, and what proves who people are, is for the eyes of the owner of the files alone, in whatever folder they lie.
        umask(0o077)
        await Solutions.$bound.withValue(Solutions(solutions, pageFolders: pageFolders)) { await MartletCommand.main() }
    }
}

/// The program: `martlet serve` and the commands around it.
struct MartletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Invocation.program,
        abstract:
            "Runs sensor sites: devices speak MQTT or HTTP to it; it stores what they say, shows it live, and acts on it.",
        discussion: "Start with `\(Invocation.program) serve --demo`, then open the address that it prints.",
        version: Version.text,
        subcommands: [Serve.self, Check.self, Simulate.self, Backup.self, Restore.self, RetentionCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Access",
                subcommands: [
                    UserCommand.self, TokenCommand.self, DeviceCommand.self, SiteCommand.self, AuditCommand.self,
                ]),
            CommandGroup(name: "Certificate", subcommands: [AuthorityCommand.self, CertificateCommand.self]),
        ])
}

/// The version of this program.
enum Version {
    /// As in `martlet --version`.
    static let text = "0.1.0"
}
