/// Which addresses count as one in whatever is limited or kept by address: an IPv4 address stands for itself, of IPv6 the first 64 bits do
/// (RFC 6177: what one customer gets), because whoever has one address of them has them all.
public enum AddressGroup {
    /// The group of an address as text: `192.0.2.7`, `2001:db8:1:2::/64`. All unknown ones are one group; what is no address is its own.
    public static func of(_ address: String?) -> String {
        guard let address, !address.isEmpty else { return "unknown" }
        guard address.utf8.contains(UInt8(ascii: ":")), let words = words(address) else { return address }
        // An IPv4 address in the clothes of IPv6 (RFC 4291, section 2.5.5.2).
        if words.prefix(6) == [0, 0, 0, 0, 0, 0xFFFF] {
            return words.suffix(2).map { "\($0 >> 8).\($0 & 0xFF)" }.joined(separator: ".")
        }
        return words.prefix(4).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    /// The eight words of an IPv6 address (RFC 4291, section 2.2); nil if it is none.
    private static func words(_ address: String) -> [UInt16]? {
        // A zone (`%eth0`) is no part of the number.
        var parts = address.prefix { $0 != "%" }.split(separator: ":", omittingEmptySubsequences: false)
        // `::` at an end leaves two empty parts there, of which one stands for the gap.
        if parts.first == "" {
            guard parts.count > 2, parts[1].isEmpty else { return nil }
            parts.removeFirst()
        }
        if parts.last == "", parts.count > 1 {
            guard parts[parts.count - 2].isEmpty else { return nil }
            parts.removeLast()
        }
        var words: [UInt16] = []
        var gap: Int?
        for (place, part) in parts.enumerated() {
            if part.isEmpty {
                guard gap == nil else { return nil }
                gap = words.count
            } else if place == parts.count - 1, let bytes = bytes(part) {
                words += [UInt16(bytes[0]) << 8 | UInt16(bytes[1]), UInt16(bytes[2]) << 8 | UInt16(bytes[3])]
            } else {
                guard part.utf8.count <= 4, let word = UInt16(part, radix: 16) else { return nil }
                words.append(word)
            }
        }
        guard let gap else { return words.count == 8 ? words : nil }
        guard words.count < 8 else { return nil }
        words.insert(contentsOf: repeatElement(0, count: 8 - words.count), at: gap)
        return words
    }

    /// The four bytes of an IPv4 address; nil if it is none.
    private static func bytes(_ address: Substring) -> [UInt8]? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
}
