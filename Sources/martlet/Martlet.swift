internal import ArgumentParser

/// The program: `martlet serve` and the commands around it.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract:
            "Runs sensor sites: devices speak MQTT or HTTP to it; it stores what they say, shows it live, and acts on it.",
        discussion: "Start with `martlet serve --demo`, then open the address that it prints.",
        version: Version.text,
        subcommands: [Serve.self, Check.self, Simulate.self, Backup.self, Restore.self],
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
