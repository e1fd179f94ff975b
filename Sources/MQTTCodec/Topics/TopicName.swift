/// A topic name: what a message is published to. At least one character, no `+` and no `#` (MQTT 5.0, 4.7).
public struct TopicName: Sendable, Hashable {
    /// The name as text.
    public let text: MQTTString

    /// Checks the bytes. `maximumLevels` bounds the number of `/`-separated levels; throws `TopicFailure`.
    public init(_ bytes: [UInt8], maximumLevels: Int = .max) throws(TopicFailure) {
        if let failure = TopicName.failure(in: bytes.span) { throw failure }
        if maximumLevels < .max, TopicLevels.count(in: bytes.span, from: 0) > maximumLevels {
            throw .tooManyLevels
        }
        text = MQTTString(checked: bytes)
    }

    /// Checks the UTF-8 of a Swift string. Throws `TopicFailure`.
    public init(_ string: String, maximumLevels: Int = .max) throws(TopicFailure) {
        try self.init(Array(string.utf8), maximumLevels: maximumLevels)
    }

    /// For bytes that the decoder has checked already.
    init(checked bytes: [UInt8]) { text = MQTTString(checked: bytes) }

    /// The UTF-8 bytes; 1...65535 of them.
    public var bytes: [UInt8] { text.bytes }

    /// The number of levels: one more than the number of `/`.
    public var levelCount: Int { TopicLevels.count(in: text.bytes.span, from: 0) }

    /// The levels as ranges of `bytes`; a level may be empty.
    public var levels: TopicLevels { TopicLevels(bytes: text.bytes, from: 0) }

    /// Whether the name begins with `$`: a leading wildcard does not match it ([MQTT-4.7.2-1]).
    public var beginsWithDollar: Bool { text.bytes.first == UInt8(ascii: "$") }

    static func failure(in bytes: Span<UInt8>) -> TopicFailure? {
        if bytes.isEmpty { return .empty }
        if bytes.count > UTF8Check.maximumCount { return .tooLong }
        return switch UTF8Check.finding(in: bytes, from: 0, to: bytes.count, refusingWildcards: true) {
        case .wildcard: .wildcardInName
        case .nullCharacter: .nullCharacter
        case .notUTF8: .notUTF8
        case .discouraged, nil: nil
        }
    }
}

#if !hasFeature(Embedded)
extension TopicName: CustomStringConvertible {
    /// The name as a Swift string.
    public var description: String { text.description }
}
#endif
