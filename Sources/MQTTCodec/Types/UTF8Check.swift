/// Well-formedness of UTF-8 as The Unicode Standard, table 3-7, defines it, and what MQTT adds (MQTT 5.0, 1.5.4).
enum UTF8Check {
    static let maximumCount = 65_535

    /// What a check found first.
    enum Finding {
        case notUTF8
        case nullCharacter
        /// A control character or a non-character, which 1.5.4 lets a receiver refuse.
        case discouraged
        case wildcard
    }

    static func failure(in bytes: Span<UInt8>) -> TextFailure? {
        if bytes.count > maximumCount { return .tooLong }
        return switch finding(in: bytes, from: 0, to: bytes.count, refusingWildcards: false) {
        case .nullCharacter: .nullCharacter
        case .notUTF8: .notUTF8
        case .discouraged, .wildcard, nil: nil
        }
    }

    static func finding(
        in bytes: Span<UInt8>, from start: Int, to end: Int, refusingWildcards: Bool, refusingDiscouraged: Bool = false
    ) -> Finding? {
        var index = start
        while index < end {
            let byte = bytes[index]
            // One comparison for the printable ASCII that nearly every topic is made of.
            if byte &- 0x20 < 0x5F {
                if refusingWildcards, byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") { return .wildcard }
                index += 1
                continue
            }
            if byte < 0x80 {
                if byte == 0 { return .nullCharacter }
                if refusingDiscouraged { return .discouraged }
                index += 1
                continue
            }
            guard let length = sequenceLength(of: bytes, at: index, end: end) else { return .notUTF8 }
            if refusingDiscouraged, isDiscouraged(bytes, at: index, length: length) { return .discouraged }
            index += length
        }
        return nil
    }

    /// The length of the multi-byte sequence at `index`, 2...4; nil if it is ill-formed.
    private static func sequenceLength(of bytes: Span<UInt8>, at index: Int, end: Int) -> Int? {
        let left = end - index
        guard left >= 2 else { return nil }
        let second = bytes[index + 1]
        let length: Int
        // The range of the second byte is what shuts out overlong forms, surrogates and values above U+10FFFF.
        switch bytes[index] {
        case 0xC2...0xDF: return isContinuation(second) ? 2 : nil
        case 0xE0 where second >= 0xA0: length = 3
        case 0xE1...0xEC, 0xEE, 0xEF: length = 3
        case 0xED where second <= 0x9F: length = 3
        case 0xF0 where second >= 0x90: length = 4
        case 0xF1...0xF3: length = 4
        case 0xF4 where second <= 0x8F: length = 4
        default: return nil
        }
        guard left >= length, isContinuation(second), isContinuation(bytes[index + 2]) else { return nil }
        return length == 3 || isContinuation(bytes[index + 3]) ? length : nil
    }

    /// U+0080...U+009F, U+FDD0...U+FDEF, and the last two code points of every plane.
    private static func isDiscouraged(_ bytes: Span<UInt8>, at index: Int, length: Int) -> Bool {
        var scalar = UInt32(bytes[index]) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            scalar = scalar << 6 | UInt32(bytes[index + offset] & 0x3F)
        }
        return scalar <= 0x9F || (0xFDD0...0xFDEF).contains(scalar) || scalar & 0xFFFE == 0xFFFE
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
