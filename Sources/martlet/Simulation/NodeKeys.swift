internal import Foundation
internal import HubModel

/// The keys with which simulated nodes sign in, out of a file with a line `ID KEY` for each: what `martlet device add` prints.
///
/// They come in a file and not on the command line, where everybody on the machine could read them.
struct NodeKeys: Sendable {
    private let keys: [String: String]

    /// The largest file, in bytes: room for 100,000 nodes.
    private static let maximumBytes = 16 << 20

    /// No keys: for a hub that was opened with `--open`.
    static let none = NodeKeys([:])

    /// Keys by the nodes' names: `node_01` or `01`.
    init(_ keys: [String: String]) {
        self.keys = keys
    }

    /// Reads a file.
    /// - Throws: `SettingError`, which says the line but never what stands in it.
    init(file path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path),
            let content = try? file.read(upToCount: NodeKeys.maximumBytes + 1)
        else { throw SettingError("--keys: \(path) cannot be read, or is empty") }
        guard content.count <= NodeKeys.maximumBytes else {
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
                throw SettingError("--keys: line \(number + 1) names a node for the second time")
            }
        }
        self.init(keys)
    }

    /// Whether there are none.
    var isEmpty: Bool { keys.isEmpty }

    /// What a device shows when it connects; nil when it has no key.
    func credentials(ofDevice id: String) -> (userName: String, key: String)? {
        keys[id].map { (id, $0) }
    }

    /// What node `01` shows when it connects; nil when it has no key.
    func credentials(ofNode id: String) -> (userName: String, key: String)? {
        for name in ["node_\(id)", id] {
            if let key = keys[name] { return (name, key) }
        }
        return nil
    }
}
