/// What a proxy says in front of a connection's first byte (the PROXY protocol, versions 1 and 2, as HAProxy's
/// `proxy-protocol.txt` defines it).
public enum ProxyHeader: Sendable, Hashable {
    /// It connects on somebody's behalf.
    case proxied(ConnectionOrigin)
    /// It connects for itself (a health check), or cannot say for whom: the address of the connection counts.
    case local
}

/// Reads the header from the bytes that have come so far.
public enum ProxyHeaderDecoder {
    /// What the bytes are.
    public enum Step: Sendable, Hashable {
        /// The beginning of a header.
        case needMoreBytes
        /// A header, which took so many bytes.
        case header(ProxyHeader, consumed: Int)
        /// No header, or one that breaks the rules. The connection is to be closed.
        case malformed
    }

    /// The longest header that is taken, in bytes: of version 1 the longest there is has 107; of version 2 addresses
    /// and a certificate's name in the further fields fit in easily.
    public static let mostBytes = 4_096

    /// Reads from the first byte of the connection on. Give it the same bytes with more behind them when it needs more.
    public static func decode(_ bytes: [UInt8]) -> Step {
        guard let first = bytes.first else { return .needMoreBytes }
        return first == signature[0] ? decodeBinary(bytes) : decodeText(bytes)
    }

    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
}

// MARK: Version 1

extension ProxyHeaderDecoder {
    private static let textSignature = Array("PROXY ".utf8)
    /// "PROXY UNKNOWN" with two of the longest IPv6 addresses and ports, CR and LF.
    private static let mostTextBytes = 107

    private static func decodeText(_ bytes: [UInt8]) -> Step {
        let known = min(bytes.count, textSignature.count)
        guard bytes.prefix(known).elementsEqual(textSignature.prefix(known)) else { return .malformed }
        guard let end = bytes.prefix(mostTextBytes).firstIndex(of: 0x0A) else {
            return bytes.count >= mostTextBytes ? .malformed : .needMoreBytes
        }
        guard bytes[end - 1] == 0x0D else { return .malformed }
        guard
            let line = String(validating: bytes[textSignature.count..<max(textSignature.count, end - 1)], as: UTF8.self)
        else { return .malformed }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        // Behind UNKNOWN anything may stand.
        if words.first == "UNKNOWN" { return .header(.local, consumed: end + 1) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6", let source = IPAddress(words[1]),
            let destination = IPAddress(words[2]), let port = port(words[3]), Self.port(words[4]) != nil,
            !words[1].contains(":") == (words[0] == "TCP4"), !words[2].contains(":") == (words[0] == "TCP4"),
            source.isIPv4 == destination.isIPv4 || words[0] == "TCP6"
        else { return .malformed }
        return .header(.proxied(ConnectionOrigin(address: source, port: port)), consumed: end + 1)
    }

    private static func port(_ word: Substring) -> Int? {
        guard (1...5).contains(word.utf8.count), word.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return UInt16(word).map(Int.init)
    }
}

// MARK: Version 2

extension ProxyHeaderDecoder {
    private static func decodeBinary(_ bytes: [UInt8]) -> Step {
        let known = min(bytes.count, signature.count)
        guard bytes.prefix(known).elementsEqual(signature.prefix(known)) else { return .malformed }
        guard bytes.count >= 16 else { return .needMoreBytes }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        let end = 16 + length
        guard bytes[12] >> 4 == 2, end <= mostBytes else { return .malformed }
        guard bytes.count >= end else { return .needMoreBytes }
        switch bytes[12] & 0x0F {
        case 0x0: return .header(.local, consumed: end)
        case 0x1: break
        default: return .malformed
        }
        let body = bytes[16..<end]
        let size: Int
        switch bytes[13] {
        case 0x11, 0x12: size = 4
        case 0x21, 0x22: size = 16
        // Unspecified, or local sockets: the proxy does not say.
        case 0x00, 0x31, 0x32: return .header(.local, consumed: end)
        default: return .malformed
        }
        guard body.count >= 2 * size + 4, let address = IPAddress(bytes: body.prefix(size)) else { return .malformed }
        let ports = body.startIndex + 2 * size
        guard let isSecure = isSecure(body.dropFirst(2 * size + 4)) else { return .malformed }
        let port = Int(bytes[ports]) << 8 | Int(bytes[ports + 1])
        return .header(
            .proxied(ConnectionOrigin(address: address, port: port, isSecure: isSecure)), consumed: end)
    }

    /// Looks for PP2_TYPE_SSL among the further fields, and in it for PP2_CLIENT_SSL. Nil if the fields do not fit.
    private static func isSecure(_ fields: ArraySlice<UInt8>) -> Bool? {
        var rest = fields
        var isSecure = false
        while !rest.isEmpty {
            guard rest.count >= 3 else { return nil }
            let at = rest.startIndex
            let length = Int(rest[at + 1]) << 8 | Int(rest[at + 2])
            guard rest.count >= 3 + length else { return nil }
            if rest[at] == 0x20, length >= 1, rest[at + 3] & 0x01 != 0 { isSecure = true }
            rest = rest.dropFirst(3 + length)
        }
        return isSecure
    }
}
