/// The levels of a topic, between its `/`, one range of bytes after the other; nothing is allocated or copied.
public struct TopicLevels: Sequence, IteratorProtocol, Sendable {
    private let bytes: [UInt8]
    private var start: Int
    private var isFinished = false

    init(bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        self.start = start
    }

    /// The range of the next level in the topic's bytes; empty for an empty level, nil at the end.
    public mutating func next() -> Range<Int>? {
        guard !isFinished else { return nil }
        let first = start
        var index = first
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/") {
                start = index + 1
                return first..<index
            }
            index += 1
        }
        isFinished = true
        return first..<bytes.count
    }

    static func count(in bytes: Span<UInt8>, from start: Int) -> Int {
        var levels = 1
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "/") { levels += 1 }
            index += 1
        }
        return levels
    }
}
