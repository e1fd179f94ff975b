internal import Logging

/// How the hub runs, as plain data.
struct Configuration: Sendable {
    var data = "data"
    var http = HostPort(host: "127.0.0.1", port: 8080)
    var mqtt = HostPort(host: "127.0.0.1", port: 1883)
    var web: String?
    var isDemo = false
    var isOpen = false
    var retentionDays: Int?
    var logLevel = Logger.Level.notice

    /// Puts the settings together: what flags say counts most, then the environment, then the file.
    /// - Throws: `SettingError` for the first setting that cannot be.
    init(flags: [Setting: String], environment: [String: String], file: String?) throws {
        var values: [Setting: String] = [:]
        if let path = file { values = try ConfigurationFile.read(path) }
        for (name, value) in environment where name.hasPrefix("MARTLET_") {
            // Other names with this beginning belong to scripts around the program.
            if let setting = Setting(rawValue: name) { values[setting] = value }
        }
        values.merge(flags) { _, flag in flag }
        for (setting, value) in values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) { try set(setting, value) }
        try refuseOpenDoors()
    }

    private mutating func set(_ setting: Setting, _ value: String) throws {
        switch setting {
        case .data:
            guard !value.isEmpty else { throw SettingError("\(setting.rawValue) is empty") }
            data = value
        case .http: http = try address(setting, value)
        case .mqtt: mqtt = try address(setting, value)
        case .web: web = value
        case .demo: isDemo = try flag(setting, value)
        case .open: isOpen = try flag(setting, value)
        case .retentionDays:
            guard let days = Int(value), (0...36_500).contains(days) else {
                throw SettingError("\(setting.rawValue) is '\(value)', but must be a number of days from 0 to 36500")
            }
            retentionDays = days == 0 ? nil : days
        case .logLevel:
            guard let level = Logger.Level(rawValue: value.lowercased()) else {
                throw SettingError(
                    "\(setting.rawValue) is '\(value)', but must be trace, debug, info, notice, warning, error or critical"
                )
            }
            logLevel = level
        }
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

    private func refuseOpenDoors() throws {
        for (setting, address) in [(Setting.http, http), (.mqtt, mqtt)] where !address.isLoopback {
            throw SettingError(
                """
                \(setting.rawValue) is \(address), which other machines could reach. There are no accounts yet, so nothing would keep \
                strangers out: use 127.0.0.1, and a tunnel (ssh -L) to reach it from elsewhere.
                """)
        }
    }
}
