import Certificates
import Foundation
import Testing

private let tool = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

/// OpenSSL's opinion, where it is installed.
@Suite(.enabled(if: tool != nil))
struct ForeignVerificationTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func openssl(_ arguments: String...) throws -> (code: Int32, text: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try #require(tool))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    @Test func aDevicesCertificateIsForClients() throws {
        var generator = SystemRandomNumberGenerator()
        let authority = try CertificateAuthority.create(in: folder.path, now: Date(), using: &generator)
        try folder.write(try issue(authority, request: nil), to: "new.pem")
        let made = try openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-subj", "/CN=x")
        let request = try #require(made.text.firstRange(of: "-----BEGIN CERTIFICATE REQUEST-----"))
        try folder.write(try issue(authority, request: String(made.text[request.lowerBound...])), to: "own.pem")
        for name in ["new.pem", "own.pem"] {
            let client = try openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "ca.pem", name)
            #expect(client.code == 0, "\(client.text)")
            let server = try openssl("verify", "-purpose", "sslserver", "-CAfile", "ca.pem", name)
            #expect(server.code != 0)
        }
        let subject = try openssl("x509", "-in", "own.pem", "-noout", "-subject", "-nameopt", "RFC2253")
        #expect(subject.text == "subject=CN=node-07\n")
    }

    @Test func aSerialNumberIsWhatOpenSSLPrints() throws {
        var generator = SystemRandomNumberGenerator()
        let authority = try CertificateAuthority.create(in: folder.path, now: Date(), using: &generator)
        let issued = try authority.issue(to: "node-07", days: 3, now: Date(), using: &generator)
        _ = try issued.write(to: folder.path, named: "node-07")
        let printed = try openssl("x509", "-in", "node-07.pem", "-noout", "-serial").text
        let digits = try #require(printed.split(separator: "=").last).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(digits == issued.facts.serial.hex.uppercased())
        #expect(CertificateSerial(digits) == issued.facts.serial)
    }

    @Test func aServersCertificateIsForServersOfItsNames() throws {
        var generator = SystemRandomNumberGenerator()
        _ = try DevelopmentCertificate.create(
            in: folder.path, further: ["hub.local", "192.0.2.7"], now: Date(), using: &generator)
        func verify(_ option: String, _ name: String) throws -> Int32 {
            try openssl(
                "verify", "-x509_strict", "-purpose", "sslserver", option, name, "-CAfile", "ca.pem", "server.pem"
            ).code
        }
        for host in ["localhost", "hub.local"] { #expect(try verify("-verify_hostname", host) == 0) }
        for address in ["127.0.0.1", "::1", "192.0.2.7"] { #expect(try verify("-verify_ip", address) == 0) }
        #expect(try verify("-verify_hostname", "other.local") != 0)
        #expect(try verify("-verify_ip", "192.0.2.8") != 0)
    }

    private func issue(_ authority: CertificateAuthority, request: String?) throws -> String {
        var generator = SystemRandomNumberGenerator()
        return try authority.issue(to: "node-07", days: 3, now: Date(), request: request, using: &generator).pem
    }
}
