internal import ArgumentParser
internal import Foundation

/// The flags that `serve` and `check` share.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .long, help: "The folder in which everything is stored (MARTLET_DATA; default ./data).")
    var data: String?

    @Option(
        name: .long,
        help: "HOST:PORT for pages, API and /ws (MARTLET_HTTP; default 127.0.0.1:8080; port 0: a free one).")
    var http: String?

    @Option(name: .long, help: "HOST:PORT for MQTT devices (MARTLET_MQTT; default 127.0.0.1:1883; port 0: a free one).")
    var mqtt: String?

    @Option(name: .long, help: "The folder with the pages (MARTLET_WEB; default: Web, beside or above the program).")
    var web: String?

    @Flag(name: .long, help: "Simulated nodes connect, so that there is something to see (MARTLET_DEMO).")
    var demo = false

    @Flag(
        name: .long,
        help: "Admit devices and people without credentials: the only way until there are accounts (MARTLET_OPEN).")
    var open = false

    @Option(name: .long, help: "Days for which readings are kept; 0: for ever (MARTLET_RETENTION_DAYS; default 0).")
    var retentionDays: String?

    @Option(
        name: .long, help: "trace, debug, info, notice, warning, error, critical (MARTLET_LOG_LEVEL; default notice).")
    var logLevel: String?

    @Option(name: .long, help: "A file of lines NAME=value with the names above; flags and the environment count more.")
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
