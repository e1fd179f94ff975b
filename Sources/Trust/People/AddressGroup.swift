internal import Foundation

/// Which addresses belong to one customer of a network: an IPv4 address stands for itself, of IPv6 the first 64 bits do (RFC 6177),
/// because whoever has one address of them has them all.
enum AddressGroup {
    /// The group of an address as text; all unknown ones are one group.
    static func of(_ address: String?) -> String {
        guard let address else { return "?" }
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address }
        // A zone (`%eth0`) is no part of the number.
        let plain = address.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
        var number = in6_addr()
        guard inet_pton(AF_INET6, String(plain), &number) == 1 else { return address }
        let bytes = withUnsafeBytes(of: &number) { Array($0) }
        // An IPv4 address in the clothes of IPv6 (RFC 4291, section 2.5.5.2).
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255] {
            return bytes.suffix(4).map { String($0) }.joined(separator: ".")
        }
        return bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "/64"
    }
}
