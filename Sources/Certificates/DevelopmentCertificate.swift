internal import Crypto
public import Foundation
internal import SwiftASN1
internal import X509

/// A server's certificate for development, signed by an authority that is made for it alone: whoever trusts that
/// authority trusts this one certificate, for the key of the authority is thrown away.
public struct DevelopmentCertificate: Sendable {
    /// What is in the server's certificate.
    public let facts: CertificateFacts
    /// The names and addresses that it is for.
    public let names: [String]
    /// The path of the authority's certificate: what a client is told to trust.
    public let authorityFile: String
    /// The path of the server's certificate with the authority's after it.
    public let certificateFile: String
    /// The path of the server's key, mode 0600.
    public let keyFile: String

    /// Days for which it is valid: the most that browsers take of an authority that was added by hand.
    public static let validDays = 825
    /// The most names beside those of this machine.
    public static let maximumNames = 100

    /// Makes `ca.pem`, `server.pem` and `server.key` for `localhost`, `127.0.0.1`, `::1` and further names.
    /// - Parameters:
    ///   - folder: is made, mode 0700, when it is not there.
    ///   - further: host names and IP addresses.
    /// - Throws: `badName`; `alreadyThere` when one of the files is there; `inaccessible`.
    public static func create(
        in folder: String, further: [String] = [], now: Date, using generator: inout some RandomNumberGenerator
    ) throws(CertificateFailure) -> DevelopmentCertificate {
        guard further.count <= maximumNames else { throw .badName("at most \(maximumNames) further names") }
        var texts: [String] = []
        var names: [CertificateName] = []
        for text in ["localhost", "127.0.0.1", "::1"] + further {
            guard let name = CertificateName(text) else {
                throw .badName("\(text.prefix(80)) is neither a host name nor an IP address")
            }
            guard !names.contains(name) else { continue }
            names.append(name)
            texts.append(text)
        }
        let paths = (folder + "/ca.pem", folder + "/server.pem", folder + "/server.key")
        let issuerKey = CertificateMaking.newKey()
        let key = CertificateMaking.newKey()
        let serials = (CertificateSerial.random(using: &generator), CertificateSerial.random(using: &generator))
        let notBefore = CertificateMaking.wholeSeconds(now - CertificateMaking.skew)
        // The hour before now counts as well.
        let notAfter = notBefore + Double(validDays) * CertificateMaking.day
        let made: (authority: String, certificate: String, key: String, facts: CertificateFacts)
        do {
            let authority = try CertificateMaking.authority(
                named: "Martlet development \(serials.0.hex.suffix(8))", key: issuerKey, from: notBefore,
                until: notAfter, serial: serials.0)
            let certificate = try CertificateMaking.leaf(
                named: "localhost", names: names, usage: .serverAuth, key: key.publicKey, from: notBefore,
                until: notAfter, serial: serials.1, issuer: (authority, issuerKey))
            let authorityText = try CertificateMaking.pem(authority)
            made = (
                authorityText, try CertificateMaking.pem(certificate) + authorityText,
                try CertificateMaking.pem(key), CertificateFacts(certificate)
            )
        } catch {
            throw .unusable(path: paths.1, reason: "it could not be made")
        }
        try KeyFiles.folder(folder)
        try KeyFiles.create([
            (paths.2, made.key, 0o600), (paths.1, made.certificate, 0o644), (paths.0, made.authority, 0o644),
        ])
        return DevelopmentCertificate(
            facts: made.facts, names: texts, authorityFile: paths.0, certificateFile: paths.1, keyFile: paths.2)
    }
}
