import Certificates
import Crypto
import Foundation
import SwiftASN1
import Testing
import X509

@Suite struct SigningRequestTests {
    private let folder: TemporaryFolder
    private let authority: CertificateAuthority

    init() throws {
        var generator = SeededGenerator(seed: 3)
        folder = try TemporaryFolder()
        authority = try CertificateAuthority.create(in: folder.path, now: now, using: &generator)
    }

    private func issue(_ request: String) throws -> IssuedCertificate {
        var generator = SystemRandomNumberGenerator()
        return try authority.issue(to: "node-07", days: 30, now: now, request: request, using: &generator)
    }

    private func request(
        for key: Certificate.PrivateKey, algorithm: Certificate.SignatureAlgorithm = .ecdsaWithSHA256
    ) throws -> CertificateSigningRequest {
        let wishes = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            SubjectAlternativeNames([.dnsName("admin.example")])
        }
        return try CertificateSigningRequest(
            version: .v1, subject: try DistinguishedName { CommonName("somebody else") }, privateKey: key,
            attributes: try CertificateSigningRequest.Attributes([.init(ExtensionRequest(extensions: wishes))]),
            signatureAlgorithm: algorithm)
    }

    @Test func onlyTheKeyOfARequestIsTaken() throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let issued = try issue(try request(for: key).serializeAsPEM().pemString)
        let certificate = try Certificate(pemEncoded: issued.pem)
        #expect(issued.key == nil)
        #expect(certificate.publicKey == key.publicKey)
        #expect(certificate.subject == (try DistinguishedName { CommonName("node-07") }))
        #expect(try certificate.extensions.basicConstraints == .notCertificateAuthority)
        #expect(try certificate.extensions.subjectAlternativeNames?.map { $0 } == [.dnsName("node-07")])
        let paths = try issued.write(to: folder.path + "/out", named: "node-07")
        #expect(paths.key == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/node-07.key"))
    }

    @Test func otherKeysAreTaken() throws {
        let key = Certificate.PrivateKey(P384.Signing.PrivateKey())
        let issued = try issue(try request(for: key, algorithm: .ecdsaWithSHA384).serializeAsPEM().pemString)
        #expect(try Certificate(pemEncoded: issued.pem).publicKey == key.publicKey)
        let large = try issue(SigningRequestTests.rsa2048)
        #expect(try Certificate(pemEncoded: large.pem).extensions.basicConstraints == .notCertificateAuthority)
    }

    @Test func aRequestMustBeSignedWithItsOwnKey() throws {
        let mine = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let theirs = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let good = try request(for: mine)
        let stolen = try CertificateSigningRequest(
            version: .v1, subject: good.subject, publicKey: theirs.publicKey, attributes: good.attributes,
            signatureAlgorithm: good.signatureAlgorithm, signature: good.signature)
        #expect(throws: CertificateFailure.badRequest("its signature does not fit its key")) {
            try issue(try stolen.serializeAsPEM().pemString)
        }
    }

    @Test func whatIsNoRequestIsRefused() throws {
        let good = try request(for: Certificate.PrivateKey(P256.Signing.PrivateKey())).serializeAsPEM().pemString
        let half = good.split(separator: "\n").enumerated().filter { $0.offset != 2 }.map(\.element)
        for bad in ["", "hello", authority.pem, half.joined(separator: "\n"), SigningRequestTests.rsa1024] {
            #expect {
                _ = try issue(bad)
            } throws: {
                guard case .badRequest(let reason) = $0 as? CertificateFailure else { return false }
                return reason.hasPrefix("it is no CERTIFICATE REQUEST in PEM")
            }
        }
        #expect(throws: CertificateFailure.badRequest("it is too large")) {
            try issue(good + String(repeating: "\n", count: 65_536))
        }
    }

    // Made with: openssl req -new -newkey rsa:1024 -nodes -subj /CN=small
    private static let rsa1024 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBTzCBuQIBADAQMQ4wDAYDVQQDDAVzbWFsbDCBnzANBgkqhkiG9w0BAQEFAAOB
        jQAwgYkCgYEAtO+XRm8kz1dt2DtNzWBnNq58nKqIU2u+8OBEpf2D7hTDYyfscCOf
        7+nB3xTF29UwKlh4qHBsITiBfdnuHwEoEEEPD918i7DGhN+0WvBYnsGfaIA07+X3
        /e5+zcfFrfv73IgjiuzqtDqWp81xwZLzncXbN+bf7/hjjlbuXcn73JECAwEAAaAA
        MA0GCSqGSIb3DQEBCwUAA4GBAEYA/dciA67Eq70mSi4tjY7YkyJDi9CYrGgLx3Rn
        ktwxJDH3OiNWjeuntaPKgGBiv0btZDUlOiyTmvsdNHziGTvJ5bCcIsLrQhVF/bNh
        qByHYhm1gEHbu5InxTHV6gZ+ZRTsdaTiv2yjqOcaJr1FMKjTx0laKmX5+HiuiBSr
        L6XD
        -----END CERTIFICATE REQUEST-----
        """

    // Made with: openssl req -new -newkey rsa:2048 -nodes -subj /CN=large
    private static let rsa2048 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIICVTCCAT0CAQAwEDEOMAwGA1UEAwwFbGFyZ2UwggEiMA0GCSqGSIb3DQEBAQUA
        A4IBDwAwggEKAoIBAQC/g16SttAEAUgCGarPISNP5wGqHi0zClX4MNzn21IG5Dzp
        9LSG/YNtrmHtgQ4hzH3fE1VgRfRlD0r/eLLyC0YfRzL6OivLz8FMEloGila/uxju
        m+TPsqwy+wJiDBIfT/GIncf7+bXyYfPylaUQ1MhssVJ28p2wJy9J611oHggBTGD6
        TpVP7faW/KZgs6i0Mglm7FQy3BE+i1i20owc12S/Mf+v3JFygody9Ash17vrlX+M
        qMfuy8LizzB/3uuJPruLbxnoox5+O1/aX7taaKimk0zK32OfV2DHfw6NB5J1nkFU
        tEUhEZ+7EtFLSLO9fZAvB7gCwmItJL0wNJzr52klAgMBAAGgADANBgkqhkiG9w0B
        AQsFAAOCAQEAUWHD1AyDWa2mkpGXOHn1ZFJ2wIS08Fu74hvFakwQLuPpSJjQcuuI
        CfspikZaKZfDIBRuXgm0Z3FX9G0PgyS0P/sMErhpox9fogZeu2GvX+g2o55sQGVs
        bNt8XfOKyqUk9+0fYu9D6BANlkyBMLoz1tuE7E4YCnML1vwnnierCEoMyQhMhoC/
        QaUGN9vY5/QEatpn8zduFgkcP3OBqPuiojgw9oz4IcZQs9MKApbudqI9PjmiqFeL
        MFErQYO3R4dnKoCbFTpxTeaL+a6HhmuR/ANCmMDC+z6gReT9bX8TPkYUbOjj9lrJ
        KwqMwf8PRtUNIYZII+kpZIOghc/5Gjgvkw==
        -----END CERTIFICATE REQUEST-----
        """
}
