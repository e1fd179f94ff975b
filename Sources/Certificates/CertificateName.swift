internal import Foundation
internal import SwiftASN1
internal import X509

/// A server's name or address as it stands in the subject alternative names of its certificate (RFC 5280 §4.2.1.6).
enum CertificateName: Hashable {
    case dns(String)
    /// 4 or 16 bytes, in network order.
    case address([UInt8])

    /// Reads a host name or an IP address, IPv6 with or without brackets; nil for anything else.
    init?(_ text: String) {
        var bare = text
        if bare.hasPrefix("["), bare.hasSuffix("]") { bare = String(bare.dropFirst().dropLast()) }
        if let bytes = CertificateName.addressBytes(bare) {
            self = .address(bytes)
        } else if CertificateName.isDNSName(text) {
            self = .dns(text)
        } else {
            return nil
        }
    }

    var generalName: GeneralName {
        switch self {
        case .dns(let name): .dnsName(name)
        case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    /// Labels of letters, digits and hyphens, none empty (RFC 1123 §2.1); the last one is no number, or it would be
    /// taken for an IPv4 address.
    static func isDNSName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let hyphen = UInt8(ascii: "-")
        guard
            labels.allSatisfy({ label in
                (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen }
            })
        else { return false }
        return labels.last?.allSatisfy(isDigit) == false
    }

    private static func addressBytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        if inet_pton(AF_INET6, text, &bytes) == 1 { return bytes }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        // Bit 5 is what tells a small letter from a capital one in ASCII.
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
