public import Foundation

/// A private key as PEM; its text is never printed by accident.
public struct PrivateKeyText: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// PKCS #8 in PEM (RFC 7468 §10): a secret.
    public let pem: String

    init(pem: String) {
        self.pem = pem
    }

    /// Says only that it is one.
    public var description: String { "a private key" }
    /// Says only that it is one.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is known of a certificate without reading it again.
public struct CertificateFacts: Hashable, Sendable {
    /// Its serial number.
    public let serial: CertificateSerial
    /// The common name of its subject.
    public let commonName: String
    /// From when it is valid.
    public let notBefore: Date
    /// Until when it is valid.
    public let notAfter: Date
}

/// A certificate that was made just now.
public struct IssuedCertificate: Hashable, Sendable {
    /// What is in it.
    public let facts: CertificateFacts
    /// The certificate as PEM, without its chain.
    public let pem: String
    /// Its private key; nil when it was made from a request, whose sender has the key.
    public let key: PrivateKeyText?
}

extension IssuedCertificate {
    /// Writes `NAME.pem` and, when there is a key, `NAME.key` with mode 0600; both or neither.
    /// - Parameters:
    ///   - folder: is made, mode 0700, when it is not there.
    ///   - name: the beginning of the file names, without a slash.
    /// - Returns: the paths of the files; that of the key only when there is one.
    /// - Throws: `badName`; `alreadyThere`; `inaccessible`.
    public func write(
        to folder: String, named name: String
    ) throws(CertificateFailure) -> (certificate: String, key: String?) {
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else {
            throw .badName("a file name has no slash")
        }
        try KeyFiles.folder(folder)
        let path = folder + "/" + name
        let keyFile = key.map { (path: path + ".key", text: $0.pem, mode: mode_t(0o600)) }
        try KeyFiles.create((keyFile.map { [$0] } ?? []) + [(path: path + ".pem", text: pem, mode: 0o644)])
        return (path + ".pem", keyFile?.path)
    }
}
