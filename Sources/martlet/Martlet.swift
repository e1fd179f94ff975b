internal import ArgumentParser
internal import Glibc

/// Where the program begins.
@main
enum Program {
    static func main() async {
        // What devices said, and what proves who people are, is for the eyes of the owner of the files alone, in whatever folder they lie.
        umask(0o077)
        await Martlet.main()
    }
}

/// The program: `martlet serve` and the commands around it.
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract:
            "Runs sensor sites: devices speak MQTT or HTTP to it; it stores what they say, shows it live, and acts on it.",
        discussion: "Start with `martlet serve --demo`, then open the address that it prints.",
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
