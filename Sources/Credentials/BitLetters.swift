/// Letters each of which stands for the same number of bits (RFC 4648), the first bits first; without padding.
struct BitLetters: Sendable {
    /// 64 letters that need no escaping in an address (RFC 4648, section 5).
    static let base64URL = BitLetters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    /// 32 letters that nobody mistakes for each other (RFC 4648, section 6).
    static let base32 = BitLetters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    let letters: [UInt8]
    /// How many bits a letter stands for.
    let width: Int

    /// A power of two of different letters.
    private init(_ letters: String) {
        self.letters = Array(letters.utf8)
        width = self.letters.count.trailingZeroBitCount
    }

    /// The bytes as text; the last letter is filled up with zeros.
    func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in bytes {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= width {
                count -= width
                text.append(letters[bits >> count & (letters.count - 1)])
            }
        }
        if count > 0 { text.append(letters[bits << (width - count) & (letters.count - 1)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Base32 (RFC 4648, section 6), without padding.
public enum Base32 {
    /// The bytes as text.
    public static func encode(_ bytes: [UInt8]) -> String { BitLetters.base32.encode(bytes) }

    /// The bytes of a text in capital or small letters; nil if it is no Base32.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in text.utf8 {
            let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character) ? character - 32 : character
            guard let value = BitLetters.base32.letters.firstIndex(of: capital) else { return nil }
            bits = bits << 5 | UInt32(value)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        // A length that no bytes have, or leftover bits that are not zero, is no Base32 of ours.
        guard count < 5, bits & ((1 << count) - 1) == 0 else { return nil }
        return bytes
    }
}
