internal import Foundation
internal import HubModel
internal import Logging
internal import SolutionKit
internal import Transport

/// How the hub runs, as plain data.
struct Configuration: Sendable {
    var data = "data"
    var http = HostPort(host: "127.0.0.1", port: 8080)
    var mqtt = HostPort(host: "127.0.0.1", port: 1883)
    var https: HostPort?
    var mqtts: HostPort?
    var tlsCertificate: String?
    var tlsKey: String?
    var clientAuthority: String?
    var trustedProxies = TrustedNetworks.none
    var keylessDevices = KeylessNetworks()
    var usesProxyProtocol = false
    var hosts: Set<String>?
    var publicOrigins: Set<String> = []
    var allowedOrigins: Set<String> = []
    var web: String?
    var isDemo = false
    var isOpen = false
    var isOpenToNetwork = false
    var retentionDays: Int?
    /// Ten years: longer than a device's memory, shorter than the distance to where clocks begin that nobody has set.
    var oldestDays: Int? = 3_650
    var logLevel = Logger.Level.notice
    var limits = HubLimits()
    /// What solutions and retention rules declare.
    var declared = SettingValues()
    /// Where a test moves the hub's clock; nil: it is the machine's.
    var testClock: TestClockSetting?
    /// Names in the environment that begin like settings and are none.
    var unknownNames: [String] = []

    /// Puts the settings together: what flags say counts most, then the environment, then the file.
    /// - Throws: `SettingError` for the first setting that cannot be.
    init(flags: [Setting: String], environment: [String: String], file: String?) throws {
        var values: [Setting: String] = [:]
        var limitTexts: [Limit: String] = [:]
        var declaredTexts: [DeclaredSetting: String] = [:]
        if let path = file { (values, limitTexts, declaredTexts) = try ConfigurationFile.read(path) }
        for (name, value) in environment where name.hasPrefix("MARTLET_") {
            // Files of environments that were written on Windows leave `\r` at the end of a value.
            let value = String(TextInput.trimmed(value[...]))
            if let setting = Setting(rawValue: name) {
                values[setting] = value
            } else if let limit = Limit(rawValue: name) {
                limitTexts[limit] = value
            } else if let setting = Solutions.current.setting(named: name) {
                declaredTexts[setting] = value
            } else if name == TestClockSetting.name {
                testClock = try TestClockSetting(value)
            } else if !Configuration.isOfScripts(name) {
                unknownNames.append(name)
            }
        }
        unknownNames.sort()
        values.merge(flags) { _, flag in flag }
        if try flag(.demo, values[.demo] ?? "") { data = "demo-data" }
        for (setting, value) in values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { try set(setting, value) }
        for (limit, value) in limitTexts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try limits.set(limit, value)
        }
        for (setting, value) in declaredTexts.sorted(by: { $0.key.name < $1.key.name }) {
            do throws(Refusal) {
                try declared.set(setting, to: value)
            } catch {
                throw SettingError(error.detail)
            }
        }
        try checkTransport()
        try refuseOpenDoors()
    }

    private mutating func set(_ setting: Setting, _ value: String) throws {
        switch setting {
        case .data:
            guard !value.isEmpty else { throw SettingError("\(setting.rawValue) is empty") }
            data = Configuration.folder(value)
        case .http: http = try address(setting, value)
        case .mqtt: mqtt = try address(setting, value)
        case .https: https = value.isEmpty ? nil : try address(setting, value)
        case .mqtts: mqtts = value.isEmpty ? nil : try address(setting, value)
        case .tlsCertificate: tlsCertificate = value.isEmpty ? nil : value
        case .tlsKey: tlsKey = value.isEmpty ? nil : value
        case .clientAuthority: clientAuthority = value.isEmpty ? nil : value
        case .trustedProxies:
            do {
                trustedProxies = try TrustedNetworks(list: value)
            } catch {
                throw SettingError("\(setting.rawValue): \(error)")
            }
        case .keylessDevices:
            keylessDevices = try KeylessNetworks(setting, Configuration.list(value), of: Solutions.current.all)
        case .proxyProtocol: usesProxyProtocol = try flag(setting, value)
        case .hosts:
            let names = Configuration.list(value)
            hosts = names.isEmpty ? nil : Set(names.map { $0.lowercased() })
        case .publicOrigins: publicOrigins = try origins(setting, value)
        case .allowedOrigins: allowedOrigins = try origins(setting, value)
        case .web: web = value.isEmpty ? nil : Configuration.folder(value)
        case .demo: isDemo = try flag(setting, value)
        case .open: isOpen = try flag(setting, value)
        case .openToNetwork: isOpenToNetwork = try flag(setting, value)
        case .retentionDays: retentionDays = try days(setting, value)
        case .oldestDays: oldestDays = try days(setting, value)
        case .logLevel:
            guard let level = Logger.Level(rawValue: value.lowercased()) else {
                throw SettingError(
                    "\(setting.rawValue) is '\(value)', but must be trace, debug, info, notice, warning, error or critical"
                )
            }
            logLevel = level
        }
    }

    /// A number of days; nil for 0.
    private func days(_ setting: Setting, _ value: String) throws -> Int? {
        guard let days = Int(value), (0...36_500).contains(days) else {
            throw SettingError("\(setting.rawValue) is '\(value)', but must be a number of days from 0 to 36500")
        }
        return days == 0 ? nil : days
    }

    private func origins(_ setting: Setting, _ value: String) throws -> Set<String> {
        let origins = Configuration.list(value)
        for origin in origins {
            guard origin.hasPrefix("https://") || origin.hasPrefix("http://"), origin.last != "/" else {
                throw SettingError(
                    "\(setting.rawValue) names '\(origin)', but an origin is like https://example.org, without a path")
            }
        }
        return Set(origins.map { $0.lowercased() })
    }

    /// What scripts around the program are told by their environment.
    private static let namesOfScripts: Set<String> = [
        "MARTLET_BIN", "MARTLET_CHROMIUM", "MARTLET_CROWD_SECONDS", "MARTLET_SCREENSHOTS", "MARTLET_TOKEN",
        "MARTLET_URL", "MARTLET_WHEELS",
    ]

    /// Whether a name is for scripts: one of theirs, or how often a test of theirs ends the program.
    private static func isOfScripts(_ name: String) -> Bool {
        namesOfScripts.contains(name) || name.hasSuffix("_CRASH_ROUNDS")
    }

    /// A folder without the slashes that its name may end with.
    static func folder(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.last == "/" { path = path.dropLast() }
        return String(path)
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private func address(_ setting: Setting, _ value: String) throws -> HostPort {
        guard let address = HostPort(value) else {
            throw SettingError("\(setting.rawValue) is '\(value)', but must be HOST:PORT, such as 127.0.0.1:8080")
        }
        return address
    }

    private func flag(_ setting: Setting, _ value: String) throws -> Bool {
        switch value.lowercased() {
        case "yes", "true", "1", "on": true
        case "no", "false", "0", "off", "": false
        default: throw SettingError("\(setting.rawValue) is '\(value)', but must be yes or no")
        }
    }

    private func checkTransport() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw SettingError("\(Setting.tlsCertificate.rawValue) and \(Setting.tlsKey.rawValue) go together")
        }
        for (setting, address) in [(Setting.https, https), (.mqtts, mqtts)]
        where address != nil && tlsCertificate == nil {
            throw SettingError(
                "\(setting.rawValue) needs \(Setting.tlsCertificate.rawValue) and \(Setting.tlsKey.rawValue); `\(Invocation.program) cert dev` makes them for a try"
            )
        }
        if usesProxyProtocol, trustedProxies.isEmpty {
            throw SettingError("\(Setting.proxyProtocol.rawValue) needs \(Setting.trustedProxies.rawValue)")
        }
    }

    /// A hub that lets everybody in, one whose password is on the screen, and one whose clock is moved are for this machine alone.
    private func refuseOpenDoors() throws {
        let addresses =
            [(Setting.http, http), (.mqtt, mqtt)]
            + [(Setting.https, https), (.mqtts, mqtts)]
            .compactMap { setting, address in address.map { (setting, $0) } }
        for (setting, address) in addresses where !address.isLoopback {
            if testClock != nil {
                throw SettingError(
                    "\(setting.rawValue) is \(address), which other machines could reach; a clock that a test moves (\(TestClockSetting.name)) is for loopback only"
                )
            }
            if isDemo {
                throw SettingError(
                    "\(setting.rawValue) is \(address), which other machines could reach; a demonstration (--demo) stays on loopback"
                )
            }
            if isOpen, !isOpenToNetwork {
                throw SettingError(
                    """
                    \(setting.rawValue) is \(address), which other machines could reach, and --open would let everybody on that network do \
                    everything. Leave --open away and add people (\(Invocation.program) user add) and devices (\(Invocation.program) device add), or insist with \
                    --open-to-network.
                    """)
            }
        }
    }
}
