/// What the `Host` field of a request says (RFC 9110, section 7.2): a name or address, and perhaps a port.
package struct HostField: Hashable, Sendable {
    /// The name or address in small letters, IPv6 without its brackets; empty where a client of HTTP/1.0 names none.
    package let name: String

    /// Reads a field's value.
    /// - Returns: nil for one that is malformed: a user before an `@`, letters behind a bracket, a port of letters.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let end: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1,
                bytes[1..<bracket].allSatisfy(HostField.isOfAddress)
            else { return nil }
            name = String(decoding: bytes[1..<bracket], as: UTF8.self).lowercased()
            end = bracket + 1
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard bytes[..<end].allSatisfy(HostField.isOfName) else { return nil }
            name = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        }
        guard end < bytes.count else { return }
        guard bytes[end] == UInt8(ascii: ":"), bytes[(end + 1)...].allSatisfy(HostField.isDigit) else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: isDigit(byte)
        }
    }

    /// `reg-name` of RFC 3986, section 3.2.2, without percent-encoding, which no name in DNS has.
    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"),
            UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: isDigit(byte)
        }
    }
}
