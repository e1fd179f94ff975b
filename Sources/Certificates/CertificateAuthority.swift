internal import Crypto
public import Foundation
internal import SwiftASN1
internal import X509

/// A small certificate authority in a folder: `ca.pem`, which everybody may have, and `ca.key`, which only the owner
/// of the folder may read. It issues certificates with which devices prove who they are.
///
/// Which of its certificates are revoked is not its business: whoever issues keeps the serial numbers.
public struct CertificateAuthority: Sendable {
    /// What is in its own certificate.
    public let facts: CertificateFacts
    /// What tells it apart from any other: SHA-256 of its public key, in hexadecimal digits.
    public let identity: String
    /// Its own certificate as PEM: what a server needs to check devices.
    public let pem: String

    private let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// Days for which a new authority is valid: ten years.
    public static let validDays = 3_652
    /// The most days for which a device's certificate may be valid: ten years, too.
    public static let maximumDays = 3_652

    private init(certificate: Certificate, key: Certificate.PrivateKey, pem: String) {
        self.certificate = certificate
        self.key = key
        self.pem = pem
        facts = CertificateFacts(certificate)
        identity = CertificateAuthority.identity(certificate)
    }

    private static func identity(_ certificate: Certificate) -> String {
        SHA256.hash(data: Array(certificate.publicKey.subjectPublicKeyInfoBytes))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Where the two files are.
    /// - Returns: the paths of `ca.pem` and `ca.key`.
    public static func files(in folder: String) -> (certificate: String, key: String) {
        (folder + "/ca.pem", folder + "/ca.key")
    }

    /// Makes a new authority: a key on P-256 and a certificate that it signs itself.
    /// - Parameters:
    ///   - folder: is made, mode 0700, when it is not there.
    ///   - name: the beginning of its common name, at most 50 bytes; a part of its serial number follows, so that two
    ///     authorities can be told apart.
    /// - Throws: `alreadyThere` when the folder has one, whole or in part; `inaccessible`; `badName`.
    public static func create(
        in folder: String, name: String = "Martlet devices", now: Date,
        using generator: inout some RandomNumberGenerator
    ) throws(CertificateFailure) -> CertificateAuthority {
        guard (1...50).contains(name.utf8.count) else {
            throw .badName("the name of a certificate authority has 1 to 50 bytes")
        }
        try KeyFiles.folder(folder)
        let paths = files(in: folder)
        let serial = CertificateSerial.random(using: &generator)
        let key = CertificateMaking.newKey()
        let certificate: Certificate
        let texts: (certificate: String, key: String)
        do {
            certificate = try CertificateMaking.authority(
                named: "\(name) \(serial.hex.suffix(8))", key: key,
                from: CertificateMaking.wholeSeconds(now - CertificateMaking.skew),
                until: CertificateMaking.wholeSeconds(now + Double(validDays) * CertificateMaking.day),
                serial: serial)
            texts = (try CertificateMaking.pem(certificate), try CertificateMaking.pem(key))
        } catch {
            throw .unusable(path: paths.certificate, reason: "it could not be made")
        }
        try KeyFiles.create([(paths.key, texts.key, 0o600), (paths.certificate, texts.certificate, 0o644)])
        return CertificateAuthority(certificate: certificate, key: key, pem: texts.certificate)
    }

    /// Opens the authority in a folder, also one that was brought along.
    /// - Throws: `missing`; `inaccessible`; `exposedKey`; `unusable` when the files are not a certificate authority
    ///   and its key.
    public static func load(from folder: String) throws(CertificateFailure) -> CertificateAuthority {
        let paths = files(in: folder)
        let (certificate, certificateText) = try Self.certificate(in: folder)
        let keyText = try KeyFiles.read(paths.key, secret: true)
        guard let key = try? Certificate.PrivateKey(pemEncoded: keyText) else {
            throw .unusable(path: paths.key, reason: "it is no private key in PEM")
        }
        guard certificate.publicKey == key.publicKey else {
            throw .unusable(path: paths.key, reason: "it is not the key of ca.pem")
        }
        return CertificateAuthority(certificate: certificate, key: key, pem: certificateText)
    }

    /// The identity of the authority in a folder, by its certificate alone: its key may be kept elsewhere.
    /// - Throws: `missing`; `inaccessible`; `unusable` when the file is not the certificate of an authority.
    public static func identity(in folder: String) throws(CertificateFailure) -> String {
        try identity(certificate(in: folder).certificate)
    }

    private static func certificate(
        in folder: String
    ) throws(CertificateFailure) -> (certificate: Certificate, text: String) {
        let path = files(in: folder).certificate
        let text = try KeyFiles.read(path, secret: false)
        guard let certificate = try? Certificate(pemEncoded: text) else {
            throw .unusable(path: path, reason: "it is no certificate in PEM")
        }
        guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else {
            throw .unusable(path: path, reason: "it is not the certificate of an authority")
        }
        return (certificate, text)
    }
}

extension CertificateAuthority {
    /// Issues a certificate with which a device proves who it is (`clientAuth`), its name as common name and, where
    /// it is a valid DNS name, as subject alternative name.
    /// - Parameters:
    ///   - device: 1 to 64 bytes (RFC 5280, upper bound of a common name).
    ///   - days: 1 to `maximumDays`, and not longer than the authority itself is valid.
    ///   - request: a certificate signing request in PEM (PKCS #10). Only its key is taken, and the proof that its
    ///     sender has it: names and extensions in it count for nothing. Without it a new key on P-256 is made.
    /// - Throws: `badName`, `badValidity`, `badRequest`.
    public func issue(
        to device: String, days: Int, now: Date, request: String? = nil,
        using generator: inout some RandomNumberGenerator
    ) throws(CertificateFailure) -> IssuedCertificate {
        guard (1...64).contains(device.utf8.count), device.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .badName("a common name has 1 to 64 bytes and no control characters")
        }
        let (notBefore, notAfter) = try validity(days: days, now: now)
        let made = request == nil ? CertificateMaking.newKey() : nil
        let publicKey = try request.map(CertificateAuthority.publicKey(of:)) ?? made?.publicKey
        guard let publicKey else { throw .badRequest("it has no key") }
        do {
            let certificate = try CertificateMaking.leaf(
                named: device, names: CertificateName.isDNSName(device) ? [.dns(device)] : [], usage: .clientAuth,
                key: publicKey, from: notBefore, until: notAfter,
                serial: CertificateSerial.random(using: &generator), issuer: (self.certificate, key))
            return IssuedCertificate(
                facts: CertificateFacts(certificate), pem: try CertificateMaking.pem(certificate),
                key: try made.map { PrivateKeyText(pem: try CertificateMaking.pem($0)) })
        } catch {
            throw .badRequest("a certificate could not be made")
        }
    }

    /// From when until when a certificate that is issued now is valid.
    private func validity(days: Int, now: Date) throws(CertificateFailure) -> (notBefore: Date, notAfter: Date) {
        guard (1...CertificateAuthority.maximumDays).contains(days) else {
            throw .badValidity("a certificate is valid for 1 to \(CertificateAuthority.maximumDays) days")
        }
        guard now >= facts.notBefore, now < facts.notAfter else {
            throw .badValidity("the certificate authority itself is not valid at this time")
        }
        let notAfter = CertificateMaking.wholeSeconds(now + Double(days) * CertificateMaking.day)
        guard notAfter <= facts.notAfter else {
            let left = Int((facts.notAfter.timeIntervalSince(now) / CertificateMaking.day).rounded(.down))
            throw .badValidity("the certificate authority itself is valid for \(left) more days only")
        }
        return (max(facts.notBefore, CertificateMaking.wholeSeconds(now - CertificateMaking.skew)), notAfter)
    }

    /// The key of a request whose signature proves that its sender has the private half.
    private static func publicKey(of request: String) throws(CertificateFailure) -> Certificate.PublicKey {
        guard request.utf8.count <= KeyFiles.maximumBytes else { throw .badRequest("it is too large") }
        let parsed: CertificateSigningRequest
        do {
            parsed = try CertificateSigningRequest(pemEncoded: request)
        } catch {
            throw .badRequest(
                "it is no CERTIFICATE REQUEST in PEM with a key on P-256, P-384, P-521 or of RSA from 2048 bits")
        }
        guard parsed.publicKey.isValidSignature(parsed.signature, for: parsed) else {
            throw .badRequest("its signature does not fit its key")
        }
        return parsed.publicKey
    }
}
