internal import ArgumentParser
internal import Foundation

/// The flags that `serve` and `check` share.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .init("The folder in which everything is stored (MARTLET_DATA; default ./data).", valueName: "DIR"))
    var data: String?

    @Option(
        name: .long,
        help: .init(
            "HOST:PORT for pages, API and /ws (MARTLET_HTTP; default 127.0.0.1:8080; port 0: a free one).",
            valueName: "HOST:PORT"))
    var http: String?

    @Option(
        name: .long,
        help: .init(
            "HOST:PORT for MQTT devices (MARTLET_MQTT; default 127.0.0.1:1883; port 0: a free one).",
            valueName: "HOST:PORT"))
    var mqtt: String?

    @Option(
        name: .long,
        help: .init("HOST:PORT for pages, API and /ws over TLS (MARTLET_HTTPS).", valueName: "HOST:PORT"))
    var https: String?

    @Option(name: .long, help: .init("HOST:PORT for MQTT devices over TLS (MARTLET_MQTTS).", valueName: "HOST:PORT"))
    var mqtts: String?

    @Option(
        name: .long,
        help: .init(
            "The certificate for TLS with its chain, PEM (MARTLET_TLS_CERT); SIGHUP reads it again.", valueName: "FILE")
    )
    var tlsCert: String?

    @Option(name: .long, help: .init("The private key of the certificate, PEM (MARTLET_TLS_KEY).", valueName: "FILE"))
    var tlsKey: String?

    @Option(
        name: .long,
        help: .init(
            "The authority whose certificates devices may show (MARTLET_CLIENT_CA; default ca/ca.pem in the data folder).",
            valueName: "FILE"))
    var clientCa: String?

    @Option(
        name: .long,
        help: .init(
            "Addresses and networks of proxies that are believed, separated by commas (MARTLET_TRUSTED_PROXIES).",
            valueName: "LIST"))
    var trustedProxies: String?

    @Flag(
        name: .long,
        help: "MQTT connections from trusted proxies begin with a PROXY header (MARTLET_PROXY_PROTOCOL).")
    var proxyProtocol = false

    @Option(
        name: .long,
        help: .init(
            "Names under which browsers reach the hub, separated by commas (MARTLET_HOSTS).", valueName: "LIST"))
    var hosts: String?

    @Option(
        name: .long,
        help: .init(
            "Devices without name and key that are let in by their network, as KIND@192.168.5.0/24, separated by commas (MARTLET_KEYLESS_DEVICES).",
            valueName: "LIST"))
    var keylessDevices: String?

    @Option(
        name: .long,
        help: .init(
            "Origins that are the hub itself, when a proxy asks it under another name, separated by commas (MARTLET_PUBLIC_ORIGINS).",
            valueName: "LIST"))
    var publicOrigins: String?

    @Option(
        name: .long,
        help: .init(
            "Origins of other sites whose pages may use the API, separated by commas (MARTLET_ALLOWED_ORIGINS).",
            valueName: "LIST"))
    var allowedOrigins: String?

    @Option(
        name: .long,
        help: .init(
            "The folder with the pages (MARTLET_WEB; default: Web, beside or above the program).", valueName: "DIR"))
    var web: String?

    @Flag(
        name: .long,
        help: "A demonstration: simulated devices and an account, in ./demo-data, on loopback only (MARTLET_DEMO).")
    var demo = false

    @Flag(
        name: .long, help: "Admit devices and people without credentials, on loopback only (MARTLET_OPEN).")
    var open = false

    @Flag(
        name: .long,
        help:
            "With --open: also where other machines can reach it (MARTLET_OPEN_TO_NETWORK). Everybody there may do everything."
    )
    var openToNetwork = false

    @Option(
        name: .long,
        help: .init(
            "Days for which readings are kept; 0: for ever (MARTLET_RETENTION_DAYS; default 0).", valueName: "DAYS"))
    var retentionDays: String?

    @Option(
        name: .long,
        help: .init(
            "Readings stamped longer ago than this are refused; 0: none is (MARTLET_OLDEST_DAYS; default 3650).",
            valueName: "DAYS"))
    var oldestDays: String?

    @Option(
        name: .long,
        help: .init(
            "trace, debug, info, notice, warning, error, critical (MARTLET_LOG_LEVEL; default notice).",
            valueName: "LEVEL"))
    var logLevel: String?

    @Option(
        name: .long,
        help: .init(
            "A file of lines NAME=value with the names above; flags and the environment count more.", valueName: "FILE")
    )
    var config: String?

    /// The configuration that these flags, the environment and the file make together.
    /// - Throws: `ValidationError`, which the command line prints with the usage.
    func configuration() throws -> Configuration {
        var flags: [Setting: String] = [:]
        flags[.data] = data
        flags[.http] = http
        flags[.mqtt] = mqtt
        flags[.https] = https
        flags[.mqtts] = mqtts
        flags[.tlsCertificate] = tlsCert
        flags[.tlsKey] = tlsKey
        flags[.clientAuthority] = clientCa
        flags[.trustedProxies] = trustedProxies
        flags[.keylessDevices] = keylessDevices
        flags[.hosts] = hosts
        flags[.publicOrigins] = publicOrigins
        flags[.allowedOrigins] = allowedOrigins
        flags[.web] = web
        flags[.retentionDays] = retentionDays
        flags[.oldestDays] = oldestDays
        flags[.logLevel] = logLevel
        if demo { flags[.demo] = "yes" }
        if open { flags[.open] = "yes" }
        if openToNetwork { flags[.openToNetwork] = "yes" }
        if proxyProtocol { flags[.proxyProtocol] = "yes" }
        do {
            return try Configuration(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        } catch let error as SettingError {
            throw ValidationError(error.description)
        }
    }
}
