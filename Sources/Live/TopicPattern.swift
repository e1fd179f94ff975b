internal import HubModel

/// Which topics a page wants: a path in which `+` stands for one level and a last `#` for any number of levels, none
/// included.
///
/// At most 256 bytes and 16 levels, none of them empty.
public struct TopicPattern: Hashable, Sendable {
    /// The pattern as it was written.
    public let text: String
    private let filter: TopicFilterLevels

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
        // A shared subscription is a matter of MQTT; there is no live topic that begins with $.
        guard levels.count <= TopicPattern.maximumLevels, bytes.first != UInt8(ascii: "$") else { return nil }
        for (index, level) in levels.enumerated() {
            guard !level.isEmpty else { return nil }
            let hasHash = level.contains(UInt8(ascii: "#"))
            guard hasHash || level.contains(UInt8(ascii: "+")) else { continue }
            guard level.count == 1, !hasHash || index == levels.count - 1 else { return nil }
        }
        self.text = text
        filter = TopicFilterLevels(text)
    }

    /// Whether a topic, given by its levels, is among those meant.
    public func matches(_ topic: [String]) -> Bool { filter.covers(topic) }
}
