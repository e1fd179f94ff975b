/// Addresses of this API, written by the hub itself.
public enum RouteAddress {
    /// The address of a route.
    /// - Parameters:
    ///   - route: its path with its parameters in braces.
    ///   - path: the values of those.
    ///   - query: what stands behind the question mark, in order.
    public static func text(
        _ route: String, _ path: [String: String] = [:], _ query: [(name: String, value: String)] = []
    ) -> String {
        let levels = route.split(separator: "/", omittingEmptySubsequences: false).map { level -> String in
            guard level.hasPrefix("{"), level.hasSuffix("}") else { return String(level) }
            return encoded(path[String(level.dropFirst().dropLast())] ?? "")
        }
        let pairs = query.map { "\(encoded($0.name))=\(encoded($0.value))" }
        return levels.joined(separator: "/") + (pairs.isEmpty ? "" : "?\(pairs.joined(separator: "&"))")
    }

    /// A text in which only unreserved characters (RFC 3986, section 2.3) and the colon, which the names of devices may have, stand as they
    /// are.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return encoded
    }
}
