import Certificates
import Crypto
import Foundation
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

@Suite struct CertificateAuthorityTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority
    private let issuer: Certificate

    init() throws {
        var generator = SeededGenerator(seed: 1)
        folder = try TemporaryFolder()
        authority = try CertificateAuthority.create(in: folder.path + "/ca", now: now, using: &generator)
        issuer = try Certificate(pemEncoded: authority.pem)
    }

    private func issue(_ device: String, days: Int = 365, at time: Date = now, request: String? = nil) throws
        -> IssuedCertificate
    {
        var generator = SystemRandomNumberGenerator()
        return try authority.issue(to: device, days: days, now: time, request: request, using: &generator)
    }

    /// Whether the chain from a certificate to the authority holds at a time.
    private func verifies(_ certificate: Certificate, at time: Date, root: Certificate? = nil) async -> Bool {
        var verifier = Verifier(rootCertificates: CertificateStore([root ?? issuer])) {
            RFC5280Policy(fixedExpiryValidationTime: time)
        }
        let result = await verifier.validate(leaf: certificate, intermediates: CertificateStore())
        if case .validCertificate = result { return true }
        return false
    }

    @Test func theAuthorityMaySignCertificatesAndMakeNoFurtherAuthority() throws {
        let constraints = try #require(try issuer.extensions.basicConstraints)
        #expect(constraints == .isCertificateAuthority(maxPathLength: 0))
        let usage = try #require(try issuer.extensions.keyUsage)
        #expect(usage == KeyUsage(keyCertSign: true, cRLSign: true))
        let critical = issuer.extensions.filter(\.critical).map(\.oid)
        #expect(Set(critical) == [.X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage])
        #expect(issuer.issuer == issuer.subject)
        #expect(issuer.publicKey.isValidSignature(issuer.signature, for: issuer))
        #expect(issuer.notValidBefore == Date(timeIntervalSince1970: 1_795_255_200 - 3_600))
        #expect(issuer.notValidAfter == Date(timeIntervalSince1970: 1_795_255_200 + 3_652 * day))
        #expect(authority.facts.notAfter == issuer.notValidAfter)
        #expect(authority.facts.commonName.hasPrefix("Martlet devices "))
    }

    @Test func itsKeyIsForItsOwnerAlone() throws {
        #expect(try folder.mode("ca") == 0o700)
        #expect(try folder.mode("ca/ca.key") == 0o600)
        #expect(try folder.text("ca/ca.pem") == authority.pem)
        let key = try Certificate.PrivateKey(pemEncoded: try folder.text("ca/ca.key"))
        #expect(key.publicKey == issuer.publicKey)
        #expect(P256.Signing.PublicKey(key.publicKey) != nil)
    }

    @Test func nothingIsEverOverwritten() throws {
        var generator = SeededGenerator(seed: 2)
        let before = (try folder.text("ca/ca.pem"), try folder.text("ca/ca.key"))
        #expect(throws: CertificateFailure.alreadyThere(path: folder.path + "/ca/ca.key")) {
            try CertificateAuthority.create(in: folder.path + "/ca", now: now, using: &generator)
        }
        // Half of one is enough to stand in the way, and nothing is left of the attempt.
        try FileManager.default.removeItem(atPath: folder.path + "/ca/ca.key")
        #expect(throws: CertificateFailure.alreadyThere(path: folder.path + "/ca/ca.pem")) {
            try CertificateAuthority.create(in: folder.path + "/ca", now: now, using: &generator)
        }
        #expect(try folder.text("ca/ca.pem") == before.0)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/ca/ca.key"))
    }

    @Test func aLoadedAuthorityIssuesAsTheOneThatWasMade() async throws {
        let loaded = try CertificateAuthority.load(from: folder.path + "/ca")
        #expect(loaded.facts == authority.facts)
        #expect(loaded.pem == authority.pem)
        var generator = SystemRandomNumberGenerator()
        let issued = try loaded.issue(to: "node_07", days: 1, now: now, using: &generator)
        #expect(await verifies(try Certificate(pemEncoded: issued.pem), at: now))
    }

    @Test func filesThatAreNoAuthorityAreNotLoaded() throws {
        let good = (certificate: try folder.text("ca/ca.pem"), key: try folder.text("ca/ca.key"))
        let paths = CertificateAuthority.files(in: folder.path)
        #expect(throws: CertificateFailure.missing(path: paths.certificate)) {
            try CertificateAuthority.load(from: folder.path)
        }
        try folder.write(good.certificate, to: "ca.pem")
        #expect(throws: CertificateFailure.missing(path: paths.key)) {
            try CertificateAuthority.load(from: folder.path)
        }
        try folder.write(good.key, to: "ca.key", mode: 0o640)
        #expect(throws: CertificateFailure.exposedKey(path: paths.key)) {
            try CertificateAuthority.load(from: folder.path)
        }
        try folder.write(good.key, to: "ca.key")
        _ = try CertificateAuthority.load(from: folder.path)

        let foreign = try CertificateAuthorityTests.pem(Certificate.PrivateKey(P256.Signing.PrivateKey()))
        let leaf = try issue("node_07")
        for (certificate, key, wrong) in [
            (good.certificate, foreign, paths.key), (good.certificate, good.certificate, paths.key),
            (good.certificate, "", paths.key), (good.key, good.key, paths.certificate),
            (leaf.pem, leaf.key?.pem ?? "", paths.certificate),
            (String(repeating: "\n", count: 65_537) + good.certificate, good.key, paths.certificate),
        ] {
            try folder.write(certificate, to: "ca.pem")
            try folder.write(key, to: "ca.key")
            #expect {
                _ = try CertificateAuthority.load(from: folder.path)
            } throws: {
                guard case .unusable(let path, _) = $0 as? CertificateFailure else { return false }
                return path == wrong
            }
        }
    }

    @Test func aDevicesCertificateSaysWhoItIsAndNothingElse() async throws {
        let issued = try issue("node-07")
        let certificate = try Certificate(pemEncoded: issued.pem)
        #expect(certificate.subject == (try DistinguishedName { CommonName("node-07") }))
        #expect(certificate.issuer == issuer.subject)
        #expect(try certificate.extensions.subjectAlternativeNames?.map { $0 } == [.dnsName("node-07")])
        #expect(try certificate.extensions.extendedKeyUsage == ExtendedKeyUsage([.clientAuth]))
        #expect(try certificate.extensions.keyUsage == KeyUsage(digitalSignature: true))
        #expect(try certificate.extensions.basicConstraints == .notCertificateAuthority)
        let authorityIdentifier = try certificate.extensions.authorityKeyIdentifier?.keyIdentifier
        #expect(try authorityIdentifier == issuer.extensions.subjectKeyIdentifier?.keyIdentifier)
        #expect(certificate.notValidAfter == Date(timeIntervalSince1970: 1_795_255_200 + 365 * day))
        #expect(issued.facts.notAfter == certificate.notValidAfter)
        #expect(issued.facts.commonName == "node-07")
        #expect(await verifies(certificate, at: now))
        #expect(await verifies(certificate, at: now + 364 * day))
        #expect(await verifies(certificate, at: now + 366 * day) == false)
        let key = try Certificate.PrivateKey(pemEncoded: try #require(issued.key).pem)
        #expect(key.publicKey == certificate.publicKey)
    }

    @Test(arguments: ["node_07", "10.0.0.7", "AA:BB:CC", "a@b", "-x", "07"])
    func aNameThatDNSDoesNotKnowIsOnlyTheCommonName(name: String) throws {
        let certificate = try Certificate(pemEncoded: try issue(name).pem)
        #expect(certificate.subject == (try DistinguishedName { CommonName(name) }))
        #expect(try certificate.extensions.subjectAlternativeNames == nil)
    }

    @Test func anotherAuthoritysCertificateDoesNotVerify() async throws {
        var generator = SystemRandomNumberGenerator()
        let other = try CertificateAuthority.create(in: folder.path + "/other", now: now, using: &generator)
        let certificate = try Certificate(pemEncoded: try issue("node-07").pem)
        #expect(await verifies(certificate, at: now, root: try Certificate(pemEncoded: other.pem)) == false)
        #expect(other.facts.commonName != authority.facts.commonName)
    }

    @Test func serialNumbersAreRandomPositiveAndOfOneLength() throws {
        var seen: Set<CertificateSerial> = []
        for _ in 0..<200 {
            var generator = SystemRandomNumberGenerator()
            let serial = CertificateSerial.random(using: &generator)
            #expect(serial.hex.count == 32)
            #expect(try #require(UInt8(serial.hex.prefix(2), radix: 16)) & 0xC0 == 0x40)
            #expect(seen.insert(serial).inserted)
        }
        let issued = try issue("node-07")
        let bytes = try Certificate(pemEncoded: issued.pem).serialNumber.bytes
        #expect(bytes.count == 16)
        #expect(issued.facts.serial.hex == bytes.map { String(format: "%02x", $0) }.joined())
    }

    @Test func aSerialNumberIsReadAsToolsWriteIt() {
        #expect(CertificateSerial("4F:0A:00")?.hex == "4f0a00")
        #expect(CertificateSerial("004f0a00")?.hex == "4f0a00")
        #expect(CertificateSerial("f0a")?.hex == "0f0a")
        for bad in ["", "0", "::", "4g", "0x4f", "４", "-4f", String(repeating: "f", count: 41)] {
            #expect(CertificateSerial(bad) == nil, "\(bad)")
        }
    }

    @Test(arguments: [0, -1, 3_653, Int.max])
    func validityHasBounds(days: Int) {
        #expect(throws: CertificateFailure.badValidity("a certificate is valid for 1 to 3652 days")) {
            try issue("node-07", days: days)
        }
    }

    @Test func noCertificateOutlivesTheAuthority() throws {
        #expect(throws: Never.self) { try issue("node-07", days: 3_652) }
        #expect(
            throws: CertificateFailure.badValidity("the certificate authority itself is valid for 3642 more days only")
        ) {
            try issue("node-07", days: 3_643, at: now + 9.5 * day)
        }
        for time in [now - 2 * day, now + 4_000 * day] {
            #expect(
                throws: CertificateFailure.badValidity("the certificate authority itself is not valid at this time")
            ) {
                try issue("node-07", days: 1, at: time)
            }
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 65), "a\nb", "a\u{7F}b"])
    func badNamesAreRefused(name: String) {
        #expect(throws: CertificateFailure.badName("a common name has 1 to 64 bytes and no control characters")) {
            try issue(name)
        }
    }

    @Test func aKeyIsNeverPrinted() throws {
        let issued = try issue("node-07")
        let secret = try #require(issued.key).pem.split(separator: "\n")[1]
        var dumped = ""
        dump(issued, to: &dumped)
        for text in ["\(issued)", String(reflecting: issued), dumped, String(describing: issued.key)] {
            #expect(!text.contains(secret))
        }
    }

    @Test func certificateAndKeyAreWrittenTogether() throws {
        let issued = try issue("node-07")
        let paths = try issued.write(to: folder.path + "/out", named: "node-07")
        #expect(paths.certificate == folder.path + "/out/node-07.pem")
        #expect(try folder.text("out/node-07.pem") == issued.pem)
        #expect(try folder.text("out/node-07.key") == issued.key?.pem)
        #expect(try folder.mode("out/node-07.key") == 0o600)
        try FileManager.default.removeItem(atPath: folder.path + "/out/node-07.key")
        #expect(throws: CertificateFailure.alreadyThere(path: paths.certificate)) {
            try issued.write(to: folder.path + "/out", named: "node-07")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/node-07.key"))
        #expect(throws: CertificateFailure.badName("a file name has no slash")) {
            try issued.write(to: folder.path + "/out", named: "../node-07")
        }
        try folder.write("in the way", to: "file")
        #expect(throws: CertificateFailure.self) { try issued.write(to: folder.path + "/file", named: "node-07") }
    }

    static func pem(_ key: Certificate.PrivateKey) throws -> String {
        try key.serializeAsPEM().pemString
    }
}
