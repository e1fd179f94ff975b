internal import Crypto
internal import Foundation
internal import SwiftASN1
internal import X509

/// The parts that every certificate of this room is made of.
enum CertificateMaking {
    /// How long before now a certificate begins, in seconds: clocks of small devices are not exact.
    static let skew: TimeInterval = 3_600
    /// A day, in seconds.
    static let day: TimeInterval = 86_400

    /// A new certificate authority that signs itself; it may sign certificates, but make no further authority.
    static func authority(
        named name: String, key: Certificate.PrivateKey, from notBefore: Date, until notAfter: Date,
        serial: CertificateSerial
    ) throws -> Certificate {
        let subject = try DistinguishedName { CommonName(name) }
        return try Certificate(
            version: .v3, serialNumber: serial.number, publicKey: key.publicKey, notValidBefore: notBefore,
            notValidAfter: notAfter, issuer: subject, subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            }, issuerPrivateKey: key)
    }

    /// A certificate at the end of a chain.
    static func leaf(
        named name: String, names: [CertificateName], usage: ExtendedKeyUsage.Usage, key: Certificate.PublicKey,
        from notBefore: Date, until notAfter: Date, serial: CertificateSerial,
        issuer: (certificate: Certificate, key: Certificate.PrivateKey)
    ) throws -> Certificate {
        // RFC 5280 §4.2.1.1: the issuer's own identifier, as it stands in its certificate.
        let authority =
            try issuer.certificate.extensions.subjectKeyIdentifier
            ?? SubjectKeyIdentifier(hash: issuer.certificate.publicKey)
        return try Certificate(
            version: .v3, serialNumber: serial.number, publicKey: key, notValidBefore: notBefore,
            notValidAfter: notAfter, issuer: issuer.certificate.subject,
            subject: try DistinguishedName { CommonName(name) },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                if !names.isEmpty { SubjectAlternativeNames(names.map(\.generalName)) }
                SubjectKeyIdentifier(hash: key)
                AuthorityKeyIdentifier(keyIdentifier: authority.keyIdentifier)
            }, issuerPrivateKey: issuer.key)
    }

    /// The PEM text of a certificate.
    static func pem(_ certificate: Certificate) throws -> String {
        try certificate.serializeAsPEM().pemString + "\n"
    }

    /// The PEM text of a key.
    static func pem(_ key: Certificate.PrivateKey) throws -> String {
        try key.serializeAsPEM().pemString + "\n"
    }

    /// A new key on the curve P-256: what small devices can compute with as well.
    static func newKey() -> Certificate.PrivateKey {
        Certificate.PrivateKey(P256.Signing.PrivateKey())
    }

    /// An instant as a certificate holds it: whole seconds.
    static func wholeSeconds(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    }
}

extension CertificateFacts {
    init(_ certificate: Certificate) {
        serial = CertificateSerial(bytes: certificate.serialNumber.bytes)
        let names = certificate.subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
        commonName = names.first.flatMap { String($0.value) } ?? ""
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
    }
}
