internal import Foundation
internal import HubModel

/// The keys with which simulated devices sign in, out of a file with a line `ID KEY` for each: what `martlet device add` prints.
///
/// They come in a file and not on the command line, where everybody on the machine could read them.
struct DeviceKeys: Sendable {
    private let keys: [String: String]

    /// The largest file, in bytes: room for 100,000 devices.
    private static let maximumBytes = 16 << 20

    /// No keys: for a hub that was opened with `--open`.
    static let none = DeviceKeys([:])

    /// Keys by the devices' names.
    init(_ keys: [String: String]) {
        self.keys = keys
    }

    /// Reads a file.
    /// - Throws: `SettingError`, which says the line but never what is in it.
    init(file path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path),
            let content = try? file.read(upToCount: DeviceKeys.maximumBytes + 1)
        else { throw SettingError("--keys: \(path) cannot be read, or is empty") }
        guard content.count <= DeviceKeys.maximumBytes else {
            throw SettingError("--keys: \(path) is larger than 16 MiB")
        }
        try self.init(text: String(decoding: content, as: UTF8.self))
    }

    /// Reads lines; empty ones are left out.
    /// - Throws: `SettingError`.
    init(text: String) throws {
        var keys: [String: String] = [:]
        for (number, line) in TextInput.lines(text).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            guard words.count == 2 else { throw SettingError("--keys: line \(number + 1) is not ID KEY") }
            guard keys.updateValue(String(words[1]), forKey: String(words[0])) == nil else {
                throw SettingError("--keys: line \(number + 1) names a device for the second time")
            }
        }
        self.init(keys)
    }

    /// What a device of these names shows when it connects: the first that has a key; nil when none has.
    func credentials(of names: [String]) -> (userName: String, key: String)? {
        for name in names {
            if let key = keys[name] { return (name, key) }
        }
        return nil
    }
}
