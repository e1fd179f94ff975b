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
        help: .init(
            "The folder with the pages (MARTLET_WEB; default: Web, beside or above the program).", valueName: "DIR"))
    var web: String?

    @Flag(name: .long, help: "Simulated nodes connect, so that there is something to see (MARTLET_DEMO).")
    var demo = false

    @Flag(
        name: .long,
        help: "Admit devices and people without credentials: the only way until there are accounts (MARTLET_OPEN).")
    var open = false

    @Option(
        name: .long,
        help: .init(
            "Days for which readings are kept; 0: for ever (MARTLET_RETENTION_DAYS; default 0).", valueName: "DAYS"))
    var retentionDays: String?

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
        flags[.web] = web
        flags[.retentionDays] = retentionDays
        flags[.logLevel] = logLevel
        if demo { flags[.demo] = "yes" }
        if open { flags[.open] = "yes" }
        do {
            return try Configuration(flags: flags, environment: ProcessInfo.processInfo.environment, file: config)
        } catch let error as SettingError {
            throw ValidationError(error.description)
        }
    }
}
