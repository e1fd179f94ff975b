/// The first byte and the remaining length of a packet (MQTT 5.0, 2.1).
struct FixedHeader {
    /// Of the header, 2...5 bytes.
    let size: Int
    /// Of the whole packet, header included, in bytes.
    let packetSize: Int
    /// Whether the remaining length took as few bytes as it could ([MQTT-1.5.5-1]).
    let isMinimal: Bool

    /// Nil while the remaining length is not complete. Throws if it would take more than four bytes.
    init?(_ bytes: Span<UInt8>) throws(DecodeFailure) {
        var remaining = 0
        var index = 1
        while true {
            if index > 4 { throw .remainingLengthTooLong }
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            remaining |= Int(byte & 0x7F) << (7 * (index - 1))
            index += 1
            if byte & 0x80 == 0 {
                size = index
                packetSize = index + remaining
                isMinimal = byte != 0 || index == 2
                return
            }
        }
    }
}
