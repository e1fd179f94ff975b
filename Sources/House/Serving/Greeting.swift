/// What a person at the keyboard is told when the hub is ready: where it is, and how to get in.
enum Greeting {
    /// How one gets in.
    enum Entry: Sendable {
        /// Everybody is let in.
        case open
        /// There are people: they sign in.
        case accounts
        /// Nobody is there yet: whoever opens this address first is the first admin.
        case setUp(code: String)
        /// A demonstration, with its account.
        case demo(name: String, password: String, code: String)
    }

    /// The text. One-time codes stand behind `#`, where browsers keep them from every server, log and proxy.
    /// - Parameter installation: where the hub is on its machine, for the command that makes the first user.
    static func text(_ entry: Entry, _ doors: [Door: HostPort], _ installation: Installation) -> String {
        guard let http = doors[.http] else { return "" }
        let page = "http://\(local(http))"
        var lines = ["Martlet is at \(doors[.https].map { "https://\(local($0))" } ?? page)"]
        let mqtt = [doors[.mqtt], doors[.mqtts]].compactMap { $0?.description }.joined(separator: " and, with TLS, ")
        if !mqtt.isEmpty { lines[0] += ", MQTT at \(mqtt)" }
        lines[0] += "."
        switch entry {
        case .open: lines.append("It is OPEN (--open): whoever reaches it may do everything.")
        case .accounts: break
        case .setUp(let code):
            lines.append("There are no users yet. Open this address on this machine to make the first; it works once:")
            lines.append("")
            lines.append("    \(page)/setup#\(code)")
            lines.append("")
            lines.append("or: \(installation.command("user", "add", "NAME", "--role", "admin"))")
        case .demo(let name, let password, let code):
            lines.append("This is a demonstration. Open this address; it signs you in once:")
            lines.append("")
            lines.append("    \(page)/sign-in#code=\(code)")
            lines.append("")
            lines.append("Later: name \(name), password \(password)")
        }
        lines.append("Ctrl-C stops it.")
        return lines.joined(separator: "\n") + "\n"
    }

    /// An address as this machine reaches it: one that stands for all of the machine's is its loopback.
    private static func local(_ address: HostPort) -> HostPort {
        switch address.host {
        case "0.0.0.0": HostPort(host: "127.0.0.1", port: address.port)
        case "::": HostPort(host: "::1", port: address.port)
        default: address
        }
    }
}
