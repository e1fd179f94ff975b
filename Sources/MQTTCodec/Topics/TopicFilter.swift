/// A topic filter: what a subscription asks for. `+` stands for one level, a last `#` for any number of levels, and
/// `$share/group/filter` is a shared subscription (MQTT 5.0, 4.7 and 4.8.2).
public struct TopicFilter: Sendable, Hashable {
    /// The filter as it was sent, with a `$share/group/` in front if there is one.
    public let text: MQTTString
    /// Where the part that matches topics begins in `bytes`; 0 unless the filter is shared.
    public let matchStart: Int

    /// Checks the bytes. `maximumLevels` bounds the levels of the part that matches; throws `TopicFailure`.
    public init(_ bytes: [UInt8], maximumLevels: Int = .max) throws(TopicFailure) {
        if bytes.isEmpty { throw .empty }
        if let failure = UTF8Check.failure(in: bytes.span) { throw TopicFailure(failure) }
        let start = try TopicFilter.checkedMatchStart(in: bytes.span)
        if maximumLevels < .max, TopicLevels.count(in: bytes.span, from: start) > maximumLevels {
            throw .tooManyLevels
        }
        text = MQTTString(checked: bytes)
        matchStart = start
    }

    /// Checks the UTF-8 of a Swift string. Throws `TopicFailure`.
    public init(_ string: String, maximumLevels: Int = .max) throws(TopicFailure) {
        try self.init(Array(string.utf8), maximumLevels: maximumLevels)
    }

    /// The UTF-8 bytes of the whole filter; 1...65535 of them.
    public var bytes: [UInt8] { text.bytes }

    /// The number of levels of the part that matches.
    public var levelCount: Int { TopicLevels.count(in: text.bytes.span, from: matchStart) }

    /// The levels of the part that matches, as ranges of `bytes`.
    public var levels: TopicLevels { TopicLevels(bytes: text.bytes, from: matchStart) }

    /// Whether `+` or `#` occurs in the part that matches.
    public var hasWildcard: Bool {
        var index = matchStart
        while index < text.bytes.count {
            let byte = text.bytes[index]
            if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") { return true }
            index += 1
        }
        return false
    }

    /// Whether the filter is a shared subscription.
    public var isShared: Bool { matchStart > 0 }

    /// The group of a shared subscription (its ShareName); nil if the filter is not shared.
    public var shareGroup: MQTTString? {
        isShared ? MQTTString(checked: Array(text.bytes[ShareName.prefix.utf8CodeUnitCount..<(matchStart - 1)])) : nil
    }

    /// The filter without `$share/group/`; the filter itself if it is not shared.
    public var unshared: TopicFilter {
        isShared
            ? TopicFilter(text: MQTTString(checked: Array(text.bytes[matchStart...])), matchStart: 0) : self
    }

    /// For text that the decoder has checked already.
    init(text: MQTTString, matchStart: Int) {
        self.text = text
        self.matchStart = matchStart
    }

    /// Where the part that matches begins, after a check of the group and of the wildcards.
    static func checkedMatchStart(in bytes: Span<UInt8>) throws(TopicFailure) -> Int {
        let start = try ShareName.filterStart(in: bytes)
        if let failure = wildcardFailure(in: bytes, from: start) { throw failure }
        return start
    }

    private static func wildcardFailure(in bytes: Span<UInt8>, from start: Int) -> TopicFailure? {
        let slash = UInt8(ascii: "/")
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") {
                let opensLevel = index == start || bytes[index - 1] == slash
                let isLast = index + 1 == bytes.count
                let closesLevel = isLast || (byte == UInt8(ascii: "+") && bytes[index + 1] == slash)
                if !opensLevel || !closesLevel { return .misplacedWildcard }
            }
            index += 1
        }
        return nil
    }
}

#if !hasFeature(Embedded)
extension TopicFilter: CustomStringConvertible {
    /// The filter as a Swift string.
    public var description: String { text.description }
}
#endif
