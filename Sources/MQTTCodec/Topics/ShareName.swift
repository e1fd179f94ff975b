/// The `$share/{ShareName}/{filter}` form of a topic filter (MQTT 5.0, 4.8.2).
enum ShareName {
    static let prefix: StaticString = "$share/"

    /// Where the filter begins: 0 if this is not a shared subscription. Throws `malformedShare` when it begins like
    /// one and has no group, a wildcard in the group, or no filter behind it.
    static func filterStart(in bytes: Span<UInt8>) throws(TopicFailure) -> Int {
        guard begins(bytes) else { return 0 }
        var index = prefix.utf8CodeUnitCount
        // "$share" alone is one ordinary level; with nothing else the group is missing.
        while index < bytes.count, bytes[index] != UInt8(ascii: "/") {
            let byte = bytes[index]
            if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") { throw .malformedShare }
            index += 1
        }
        let hasGroup = index > prefix.utf8CodeUnitCount
        let hasFilter = index + 1 < bytes.count
        guard hasGroup, hasFilter else { throw .malformedShare }
        return index + 1
    }

    private static func begins(_ bytes: Span<UInt8>) -> Bool {
        let count = prefix.utf8CodeUnitCount
        guard bytes.count >= count, bytes[0] == UInt8(ascii: "$") else { return false }
        return bytes[1] == UInt8(ascii: "s") && bytes[2] == UInt8(ascii: "h") && bytes[3] == UInt8(ascii: "a")
            && bytes[4] == UInt8(ascii: "r") && bytes[5] == UInt8(ascii: "e") && bytes[6] == UInt8(ascii: "/")
    }
}
