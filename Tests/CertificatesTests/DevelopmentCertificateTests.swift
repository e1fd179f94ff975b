import Certificates
import Foundation
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

@Suite struct DevelopmentCertificateTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func create(_ further: [String] = [], in name: String = "tls", at time: Date = now) throws
        -> DevelopmentCertificate
    {
        var generator = SystemRandomNumberGenerator()
        return try DevelopmentCertificate.create(
            in: folder.path + "/" + name, further: further, now: time, using: &generator)
    }

    private func chain(_ name: String = "tls") throws -> (server: Certificate, authority: Certificate) {
        let documents = try PEMDocument.parseMultiple(pemString: try folder.text(name + "/server.pem"))
        try #require(documents.count == 2)
        return (try Certificate(pemDocument: documents[0]), try Certificate(pemDocument: documents[1]))
    }

    @Test func itIsForThisMachineAndTheNamesAsked() async throws {
        let made = try create(["hub.local", "192.0.2.7", "[2001:db8::7]", "hub.local", "127.0.0.1"])
        let (server, authority) = try chain()
        #expect(
            try server.extensions.subjectAlternativeNames?.map { $0 } == [
                .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
                .dnsName("hub.local"), .ipAddress(ASN1OctetString(contentBytes: [192, 0, 2, 7])),
                .ipAddress(
                    ASN1OctetString(contentBytes: [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7])),
            ])
        #expect(made.names == ["localhost", "127.0.0.1", "::1", "hub.local", "192.0.2.7", "[2001:db8::7]"])
        #expect(try server.extensions.extendedKeyUsage == ExtendedKeyUsage([.serverAuth]))
        #expect(try server.extensions.basicConstraints == .notCertificateAuthority)
        #expect(try authority.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        for name in ["localhost", "hub.local"] {
            var verifier = Verifier(rootCertificates: CertificateStore([authority])) {
                RFC5280Policy(fixedExpiryValidationTime: now)
                ServerIdentityPolicy(serverHostname: name, serverIP: nil)
            }
            let result = await verifier.validate(leaf: server, intermediates: CertificateStore())
            guard case .validCertificate = result else {
                Issue.record("\(name): \(result)")
                continue
            }
        }
    }

    @Test func itIsValidNoLongerThanBrowsersTake() throws {
        let made = try create()
        let server = try chain().server
        #expect(server.notValidBefore < now)
        #expect(server.notValidAfter.timeIntervalSince(server.notValidBefore) == 825 * day)
        #expect(made.facts.notAfter == server.notValidAfter)
        #expect(made.facts.commonName == "localhost")
        #expect(made.facts.serial.hex.count == 32)
    }

    @Test func theServersKeyIsTheOnlyOneAndForItsOwnerAlone() throws {
        let made = try create()
        #expect(try folder.mode("tls") == 0o700)
        #expect(try folder.mode("tls/server.key") == 0o600)
        let key = try Certificate.PrivateKey(pemEncoded: try folder.text("tls/server.key"))
        let (server, authority) = try chain()
        #expect(key.publicKey == server.publicKey)
        #expect(key.publicKey != authority.publicKey)
        #expect(try Certificate(pemEncoded: try folder.text("tls/ca.pem")) == authority)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tls").sorted()
        #expect(files == ["ca.pem", "server.key", "server.pem"])
        #expect(made.keyFile == folder.path + "/tls/server.key")
    }

    @Test(arguments: ["ca.pem", "server.pem", "server.key"])
    func nothingIsOverwritten(file: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/tls", withIntermediateDirectories: true)
        try folder.write("somebody's", to: "tls/" + file)
        #expect(throws: CertificateFailure.alreadyThere(path: folder.path + "/tls/" + file)) { try create() }
        #expect(try folder.text("tls/" + file) == "somebody's")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tls") == [file])
    }

    @Test func nothingIsWrittenThroughALinkAndNothingHalfIsLeft() throws {
        let (tls, target) = (folder.path + "/tls", folder.path + "/somewhere")
        try FileManager.default.createDirectory(atPath: tls, withIntermediateDirectories: true)
        // It points to nothing, so that it is seen only when the file is to be made, after the key.
        try FileManager.default.createSymbolicLink(atPath: tls + "/server.pem", withDestinationPath: target)
        #expect(throws: CertificateFailure.alreadyThere(path: tls + "/server.pem")) { try create() }
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(try FileManager.default.contentsOfDirectory(atPath: tls) == ["server.pem"])
    }

    @Test(arguments: [
        "", "a b", "-a.example", "a-.example", "a..example", ".a", "a.", "*.example", "http://hub", "hub:8080",
        "192.0.2.256",
        "[hub]", "fe80::1%eth0", "hüb.example", "1.2.3", String(repeating: "a", count: 64),
        String(repeating: "a.", count: 127) + "a",
    ])
    func whatIsNoNameIsRefused(name: String) {
        #expect(throws: CertificateFailure.badName("\(name.prefix(80)) is neither a host name nor an IP address")) {
            try create([name])
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/tls"))
    }

    @Test func namesAreBounded() {
        #expect(throws: CertificateFailure.badName("at most 100 further names")) {
            try create((0...100).map { "h\($0).example" })
        }
    }

    @Test func eachHasAnAuthorityOfItsOwn() throws {
        _ = try create(in: "one")
        _ = try create(in: "two")
        let (one, two) = (try chain("one").authority, try chain("two").authority)
        #expect(one.publicKey != two.publicKey)
        #expect(one.subject != two.subject)
    }
}
