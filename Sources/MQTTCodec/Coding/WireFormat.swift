/// Sizes on the wire, in bytes (MQTT 5.0, 1.5).
enum WireSize {
    /// The largest remaining length four bytes can say.
    static let maximumRemainingLength = 268_435_455

    static func variableInteger(_ value: Int) -> Int {
        value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4
    }

    static func text(_ text: MQTTString) -> Int { 2 + text.count }

    /// Throws for more bytes than a two-byte length can say; the same bound that `MQTTString` keeps by itself.
    static func binary(_ bytes: [UInt8]) throws(EncodeFailure) -> Int {
        guard bytes.count <= UTF8Check.maximumCount else { throw .fieldTooLong }
        return 2 + bytes.count
    }
}

extension [UInt8] {
    mutating func append(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(_ value: UInt32) {
        append(UInt16(truncatingIfNeeded: value >> 16))
        append(UInt16(truncatingIfNeeded: value))
    }

    mutating func append(variableInteger value: UInt32) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Two bytes of length, then the bytes; the size was checked before.
    mutating func append(binary bytes: [UInt8]) {
        append(UInt16(truncatingIfNeeded: bytes.count))
        append(contentsOf: bytes)
    }

    mutating func append(text: MQTTString) { append(binary: text.bytes) }
}
