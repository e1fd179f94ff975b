/// Everything that can be set: its name in the environment and in the file, and what it means. This list is the
/// documentation.
enum Setting: String, CaseIterable {
    case data = "MARTLET_DATA"
    case http = "MARTLET_HTTP"
    case mqtt = "MARTLET_MQTT"
    case https = "MARTLET_HTTPS"
    case mqtts = "MARTLET_MQTTS"
    case tlsCertificate = "MARTLET_TLS_CERT"
    case tlsKey = "MARTLET_TLS_KEY"
    case clientAuthority = "MARTLET_CLIENT_CA"
    case trustedProxies = "MARTLET_TRUSTED_PROXIES"
    case keylessDevices = "MARTLET_KEYLESS_DEVICES"
    case proxyProtocol = "MARTLET_PROXY_PROTOCOL"
    case hosts = "MARTLET_HOSTS"
    case publicOrigins = "MARTLET_PUBLIC_ORIGINS"
    case allowedOrigins = "MARTLET_ALLOWED_ORIGINS"
    case web = "MARTLET_WEB"
    case demo = "MARTLET_DEMO"
    case open = "MARTLET_OPEN"
    case openToNetwork = "MARTLET_OPEN_TO_NETWORK"
    case retentionDays = "MARTLET_RETENTION_DAYS"
    case oldestDays = "MARTLET_OLDEST_DAYS"
    case logLevel = "MARTLET_LOG_LEVEL"

    /// What it means, with its default.
    var help: String {
        switch self {
        case .data: "The folder in which everything is stored. Default: ./data, with --demo ./demo-data"
        case .http: "HOST:PORT for pages, API and /ws. Default: 127.0.0.1:8080"
        case .mqtt: "HOST:PORT for MQTT devices. Default: 127.0.0.1:1883"
        case .https: "HOST:PORT for pages, API and /ws over TLS. Default: none"
        case .mqtts: "HOST:PORT for MQTT devices over TLS; 8883 is customary. Default: none"
        case .tlsCertificate: "The certificate for TLS with its chain (PEM); SIGHUP reads it again. Default: none"
        case .tlsKey: "The private key of that certificate (PEM). Default: none"
        case .clientAuthority:
            "The authority whose certificates devices may show over MQTT with TLS (PEM). Default: ca/ca.pem in the data folder, if it is there"
        case .trustedProxies:
            "Addresses and networks (10.0.0.0/8) of proxies that are believed, separated by commas. Default: none"
        case .proxyProtocol:
            "yes: MQTT connections from trusted proxies begin with a PROXY header (version 1 or 2). Default: no"
        case .keylessDevices:
            "Devices of old without name and key that are let in by their network, over MQTT and where a route says so, as KIND@NETWORK (KIND@192.168.5.0/24), separated by commas. Default: none"
        case .hosts:
            "Names under which browsers reach the hub, separated by commas. Default: any; on loopback only localhost"
        case .publicOrigins:
            "Origins that are the hub itself, when a proxy asks it under another name than browsers do (https://hub.example.org), separated by commas. Default: none"
        case .allowedOrigins:
            "Origins of other sites whose pages may use the API (https://example.org), separated by commas. Default: none"
        case .web: "The folder with the pages. Default: Web, looked for beside and above the program"
        case .demo:
            "yes: a demonstration with simulated devices and an account of its own, in a folder of its own, on loopback only. Default: no"
        case .open: "yes: admit devices and people without credentials; on loopback only. Default: no"
        case .openToNetwork: "yes: MARTLET_OPEN also where other machines can reach it. Default: no"
        case .retentionDays: "Days for which readings are kept; 0: for ever. Default: 0"
        case .oldestDays:
            "Readings that say that they are older than so many days are refused, since only a clock that is wrong says so; raise it to take in an archive. 0: none is. Default: 3650"
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
