internal import Foundation

/// The settings file: lines `NAME=value` with the names of the environment, `#` for remarks; what systemd calls an
/// EnvironmentFile.
enum ConfigurationFile {
    /// Reads a file.
    /// - Throws: `SettingError` that names file and line.
    static func read(_ path: String) throws -> [Setting: String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw SettingError("the settings file \(path) cannot be read")
        }
        return try parse(text, path: path)
    }

    static func parse(_ text: String, path: String) throws -> [Setting: String] {
        var values: [Setting: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmingCharacters(in: .whitespaces)
            if content.isEmpty || content.hasPrefix("#") { continue }
            guard let equals = content.firstIndex(of: "=") else {
                throw SettingError("\(path), line \(index + 1): not of the form NAME=value")
            }
            let name = content[..<equals].trimmingCharacters(in: .whitespaces)
            guard let setting = Setting(rawValue: name) else {
                throw SettingError(
                    "\(path), line \(index + 1): there is no setting \(name). There are: "
                        + Setting.allCases.map(\.rawValue).joined(separator: ", "))
            }
            var value = content[content.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if value.count >= 2, let first = value.first, first == value.last, first == "\"" || first == "'" {
                value = String(value.dropFirst().dropLast())
            }
            values[setting] = value
        }
        return values
    }

    /// A sample file that says what every setting means.
    static var sample: String {
        Setting.allCases.map { "# \($0.help)\n#\($0.rawValue)=\n" }.joined(separator: "\n")
    }
}
