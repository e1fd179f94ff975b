internal import MQTTCodec

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The topic to which a client may publish for certain, with this RETAIN: a device mostly publishes to one.
struct GrantedTopic {
    private let bytes: [UInt8]
    private let retain: Bool

    init(_ topic: TopicName, retain: Bool) {
        bytes = topic.bytes
        self.retain = retain
    }

    /// Whether it is this topic, byte for byte.
    func isSame(_ topic: TopicName, retain: Bool) -> Bool {
        guard self.retain == retain else { return false }
        let other = topic.bytes
        guard bytes.count == other.count else { return false }
        // Both buffers are valid within their closures, and as long as is compared.
        return bytes.withUnsafeBytes { mine in
            other.withUnsafeBytes { theirs in
                guard let first = mine.baseAddress, let second = theirs.baseAddress else { return true }
                return memcmp(first, second, mine.count) == 0
            }
        }
    }
}
