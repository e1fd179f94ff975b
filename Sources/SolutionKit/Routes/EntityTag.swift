/// Strong entity tags (RFC 9110, section 8.8.3).
public enum EntityTag {
    /// A tag out of the content, with its quotes: FNV-1a with 64 bits, and the length. It tells versions of one thing apart; it need not
    /// withstand a forger.
    public static func of(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))-\(String(bytes.count, radix: 16))\""
    }
}
