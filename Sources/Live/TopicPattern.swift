/// Which topics a page wants: a path in which `+` stands for one level and a last `#` for any number of levels, none
/// included.
///
/// At most 256 bytes and 16 levels, none of them empty.
public struct TopicPattern: Hashable, Sendable {
    /// The pattern as it was written.
    public let text: String
    /// Whether it stands for one topic only.
    private let isExact: Bool

    /// The most bytes a pattern may have.
    public static let maximumBytes = 256
    /// The most levels a pattern may have.
    public static let maximumLevels = 16

    /// A pattern if it keeps the rule above; nil otherwise.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= TopicPattern.maximumBytes else { return nil }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        let levels = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard levels.count <= TopicPattern.maximumLevels else { return nil }
        var isExact = true
        for (index, level) in levels.enumerated() {
            guard !level.isEmpty else { return nil }
            let hasHash = level.contains(UInt8(ascii: "#"))
            guard hasHash || level.contains(UInt8(ascii: "+")) else { continue }
            guard level.count == 1, !hasHash || index == levels.count - 1 else { return nil }
            isExact = false
        }
        self.text = text
        self.isExact = isExact
    }

    /// Whether a topic, which has no wildcards, is among those meant.
    public func matches(_ topic: String) -> Bool {
        if isExact { return topic == text }
        let slash = UInt8(ascii: "/")
        var wanted = text.utf8[...]
        var given = topic.utf8[...]
        while true {
            let level = wanted.prefix { $0 != slash }
            if level.count == 1, level.first == UInt8(ascii: "#") { return true }
            let name = given.prefix { $0 != slash }
            guard level.count == 1 && level.first == UInt8(ascii: "+") || level.elementsEqual(name) else {
                return false
            }
            wanted = wanted[level.endIndex...]
            given = given[name.endIndex...]
            switch (wanted.isEmpty, given.isEmpty) {
            case (true, true): return true
            case (true, false): return false
            // `a/#` stands for `a` as well.
            case (false, true): return wanted.elementsEqual("/#".utf8)
            case (false, false):
                wanted = wanted.dropFirst()
                given = given.dropFirst()
            }
        }
    }
}
