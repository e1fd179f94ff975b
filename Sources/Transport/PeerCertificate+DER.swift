internal import NIOSSL
internal import SwiftASN1
internal import X509

extension PeerCertificate {
    /// The facts of a verified certificate; nil if its names cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes() else { return nil }
        self.init(der: bytes)
    }

    /// The facts of a certificate in DER (RFC 5280, 4.1); nil if it is none.
    package init?(der: [UInt8]) {
        do {
            let certificate = try Certificate(derEncoded: der)
            let alternatives = try certificate.extensions.subjectAlternativeNames
            self.init(
                commonName: PeerCertificate.commonName(of: certificate.subject),
                dnsNames: alternatives?.compactMap(PeerCertificate.dnsName) ?? [],
                serialNumber: PeerCertificate.hexadecimal(certificate.serialNumber.bytes))
        } catch {
            return nil
        }
    }

    /// Two common names, or one in an alphabet of another time, are as good as none: nobody can say whom they mean.
    private static func commonName(of subject: DistinguishedName) -> String? {
        let found = subject.joined().filter { $0.type == .RDNAttributeType.commonName }
        return found.count == 1 ? String(found[0].value).flatMap(clean) : nil
    }

    private static func dnsName(_ name: GeneralName) -> String? {
        guard case .dnsName(let text) = name else { return nil }
        return clean(text)
    }

    /// Control characters are in no name. U+FFFD is what became of bytes that are no UTF-8.
    private static func clean(_ text: String) -> String? {
        text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\u{FFFD}" } ? nil : text
    }

    private static func hexadecimal(_ number: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        let significant = number.drop { $0 == 0 }
        return significant.isEmpty
            ? "00" : String(significant.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] })
    }
}
