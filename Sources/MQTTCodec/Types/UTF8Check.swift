/// Well-formedness of UTF-8 as The Unicode Standard, table 3-7, defines it, and no U+0000 (MQTT 5.0, 1.5.4).
enum UTF8Check {
    static let maximumCount = 65_535

    static func failure(in bytes: borrowing Span<UInt8>) -> TextFailure? {
        if bytes.count > maximumCount { return .tooLong }
        var index = 0
        let count = bytes.count
        while index < count {
            let lead = bytes[index]
            if lead < 0x80 {
                if lead == 0 { return .nullCharacter }
                index += 1
                continue
            }
            guard let length = sequenceLength(of: bytes, at: index) else { return .notUTF8 }
            index += length
        }
        return nil
    }

    /// The length of the multi-byte sequence at `index`, 2...4; nil if it is ill-formed.
    static func sequenceLength(of bytes: borrowing Span<UInt8>, at index: Int) -> Int? {
        let left = bytes.count - index
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

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
