internal import Foundation
internal import HubModel
internal import SolutionKit

/// The settings file: lines `NAME=value` with the names of the environment, `#` for remarks; what systemd calls an
/// EnvironmentFile. It may come from any editor (`TextInput`).
enum ConfigurationFile {
    /// What a file sets, as text.
    typealias Content = (settings: [Setting: String], limits: [Limit: String], declared: [DeclaredSetting: String])

    /// Reads a file.
    /// - Throws: `SettingError` that names file and line.
    static func read(_ path: String) throws -> Content {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw SettingError("the settings file \(path) cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingError("the settings file \(path) is not UTF-8; save it as UTF-8")
        }
        return try parse(text, path: path)
    }

    static func parse(_ text: String, path: String) throws -> Content {
        var values: [Setting: String] = [:]
        var limits: [Limit: String] = [:]
        var declared: [DeclaredSetting: String] = [:]
        for (index, content) in TextInput.lines(text).enumerated() {
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let equals = content.firstIndex(of: "=") else {
                throw SettingError("\(path), line \(index + 1): not of the form NAME=value")
            }
            let name = content[..<equals].trimmingCharacters(in: .whitespaces)
            let (setting, limit) = (Setting(rawValue: name), Limit(rawValue: name))
            let other = Solutions.current.setting(named: name)
            guard setting != nil || limit != nil || other != nil else {
                let names =
                    Setting.allCases.map(\.rawValue) + Limit.allCases.map(\.rawValue)
                    + Solutions.current.settings.map(\.name)
                throw SettingError(
                    "\(path), line \(index + 1): there is no setting \(name). There are: "
                        + names.joined(separator: ", "))
            }
            var value = content[content.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if value.count >= 2, let first = value.first, first == value.last, first == "\"" || first == "'" {
                value = String(value.dropFirst().dropLast())
            }
            let isRepeated =
                setting.map { values.updateValue(value, forKey: $0) != nil }
                ?? limit.map { limits.updateValue(value, forKey: $0) != nil }
                ?? other.map { declared.updateValue(value, forKey: $0) != nil } ?? false
            guard !isRepeated else {
                throw SettingError("\(path), line \(index + 1): \(name) is set for the second time")
            }
        }
        return (values, limits, declared)
    }

    /// A sample file that says what every setting means.
    static var sample: String {
        let settings = Setting.allCases.map { "# \($0.help)\n#\($0.rawValue)=\n" }
        let limits = Limit.allCases.map { "# \($0.help).\n#\($0.rawValue)=\($0.standard)\n" }
        return (settings + limits + Solutions.current.settingsSample).joined(separator: "\n")
    }
}
