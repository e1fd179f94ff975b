/// Everything that can be set: its name in the environment and in the file, and what it means. This list is the
/// documentation.
enum Setting: String, CaseIterable {
    case data = "MARTLET_DATA"
    case http = "MARTLET_HTTP"
    case mqtt = "MARTLET_MQTT"
    case web = "MARTLET_WEB"
    case demo = "MARTLET_DEMO"
    case open = "MARTLET_OPEN"
    case retentionDays = "MARTLET_RETENTION_DAYS"
    case logLevel = "MARTLET_LOG_LEVEL"

    /// What it means, with its default.
    var help: String {
        switch self {
        case .data: "The folder in which everything is stored. Default: ./data"
        case .http: "HOST:PORT for pages, API and /ws. Loopback only until there are accounts. Default: 127.0.0.1:8080"
        case .mqtt: "HOST:PORT for MQTT devices. Loopback only until there are accounts. Default: 127.0.0.1:1883"
        case .web: "The folder with the pages. Default: Web, looked for beside and above the program"
        case .demo: "yes: simulated nodes connect, so that there is something to see. Default: no"
        case .open:
            "yes: admit devices and people without credentials, the only way until there are accounts. Default: no"
        case .retentionDays: "Days for which readings are kept; 0: for ever. Default: 0"
        case .logLevel: "trace, debug, info, notice, warning, error or critical. Default: notice"
        }
    }
}

/// What is wrong with a setting, said to the person who made it.
struct SettingError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
