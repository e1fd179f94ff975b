internal import X509

/// A certificate's serial number: 16 random bytes, positive, without leading zeros, so that every library writes the
/// same 32 digits (RFC 5280 §4.1.2.2 asks for a positive number of at most 20 bytes).
public struct CertificateSerial: Hashable, Sendable, CustomStringConvertible {
    /// Lower-case hexadecimal digits without separators.
    public let hex: String

    /// A new one; 126 of its bits are random.
    public static func random(using generator: inout some RandomNumberGenerator) -> CertificateSerial {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        // The first byte is 0x40...0x7f: its top bit would make the number negative, a zero would make it shorter.
        bytes[0] = bytes[0] & 0x3F | 0x40
        return CertificateSerial(bytes: bytes)
    }

    /// Reads a serial number as tools write it: hexadecimal in either case, with or without colons, up to 20 bytes;
    /// nil for anything else. Leading zeros are dropped.
    public init?(_ text: String) {
        let digits = text.lowercased().filter { $0 != ":" }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        let significant = digits.drop { $0 == "0" }
        guard significant.count <= 40, !significant.isEmpty else { return nil }
        hex = significant.count.isMultiple(of: 2) ? String(significant) : "0" + significant
    }

    init(bytes: some Collection<UInt8>) {
        hex = bytes.drop { $0 == 0 }.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The hexadecimal digits.
    public var description: String { hex }

    var number: Certificate.SerialNumber {
        var bytes: [UInt8] = []
        var rest = hex[...]
        while let byte = UInt8(rest.prefix(2), radix: 16), !rest.isEmpty {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return Certificate.SerialNumber(bytes: bytes)
    }
}
