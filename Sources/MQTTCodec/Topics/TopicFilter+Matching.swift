extension TopicFilter {
    /// Whether a message published to `topic` belongs to this filter. A shared filter matches by the part behind its
    /// group. Walks both once; no recursion, no allocation (MQTT 5.0, 4.7).
    public func matches(_ topic: TopicName) -> Bool {
        let filter = text.bytes.span
        let name = topic.text.bytes.span
        var at = matchStart
        var position = 0
        // A wildcard in the first level does not match a topic that begins with `$` ([MQTT-4.7.2-1]).
        if name[0] == UInt8(ascii: "$"), filter[at] == UInt8(ascii: "#") || filter[at] == UInt8(ascii: "+") {
            return false
        }
        while at < filter.count {
            switch filter[at] {
            case UInt8(ascii: "#"):
                return true
            case UInt8(ascii: "+"):
                while position < name.count, name[position] != UInt8(ascii: "/") { position += 1 }
                at += 1
            case let byte:
                guard position < name.count, name[position] == byte else {
                    // "a/#" also matches its parent "a" (4.7.1.2).
                    return position == name.count && byte == UInt8(ascii: "/") && at + 2 == filter.count
                        && filter[at + 1] == UInt8(ascii: "#")
                }
                at += 1
                position += 1
            }
        }
        return position == name.count
    }
}
