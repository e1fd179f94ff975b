internal import Foundation

/// A personal access token in a file, and not on the command line, where everybody on the machine could read it.
enum TokenFile {
    /// Reads one.
    /// - Throws: `SettingError`, which names the option and the file, never what is in it.
    static func read(_ path: String, option: String) throws(SettingError) -> String {
        guard let file = FileHandle(forReadingAtPath: path), let content = try? file.read(upToCount: 4_096),
            case let text = String(decoding: content, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines),
            !text.isEmpty, text.utf8.count < 1_024
        else { throw SettingError("\(option): \(path) cannot be read, or holds no token") }
        return text
    }
}
