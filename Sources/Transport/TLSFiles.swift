internal import Foundation
internal import NIOSSL

/// The files that a server's TLS is made of, all PEM.
public struct TLSFiles: Sendable, Hashable {
    /// The server's certificate, followed by those of intermediate authorities.
    public var certificateChain: String
    /// The private key of the certificate, not encrypted.
    public var privateKey: String
    /// The authorities whose certificates clients may show; nil if no client certificate is asked for. With it a client
    /// without certificate is let through, and one whose certificate is not from these, or expired, is not.
    public var clientAuthorities: String?

    /// These files.
    public init(certificateChain: String, privateKey: String, clientAuthorities: String? = nil) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientAuthorities = clientAuthorities
    }

    func load(applicationProtocols: [String]) throws(TLSFileFailure) -> NIOSSLContext {
        let chain = try certificates(certificateChain)
        let key = try key()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.renegotiationSupport = .none
        configuration.applicationProtocols = applicationProtocols
        if let clientAuthorities {
            configuration.trustRoots = .certificates(try certificates(clientAuthorities))
            configuration.certificateVerification = .optionalVerification
            // Clients with several certificates choose by it (RFC 8446, 4.2.4).
            configuration.sendCANameList = true
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFileFailure(file: privateKey, problem: .keyOfAnother(certificate: certificateChain))
        }
    }

    private func certificates(_ path: String) throws(TLSFileFailure) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw TLSFileFailure(file: path, problem: .noCertificate)
        }
        return certificates
    }

    private func key() throws(TLSFileFailure) -> NIOSSLPrivateKey {
        let bytes = try read(privateKey)
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            // What the library says is left out: nothing of a key's file may reach a log.
            throw TLSFileFailure(file: privateKey, problem: .noKey)
        }
    }

    private func read(_ path: String) throws(TLSFileFailure) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw TLSFileFailure(file: path, problem: .unreadable)
        }
        defer { try? file.close() }
        do {
            let data = try file.read(upToCount: TLSFiles.mostBytes + 1) ?? Data()
            // Editors on Windows may write a byte order mark, before which PEM's first line is none.
            let text = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
            if data.count <= TLSFiles.mostBytes { return Array(text) }
        } catch {
            throw TLSFileFailure(file: path, problem: .unreadable)
        }
        throw TLSFileFailure(file: path, problem: .unreadable)
    }

    /// A bundle of all public authorities has a fifth of that.
    private static let mostBytes = 1_048_576
}

/// Why a server's TLS cannot be set up. Names the file, never what it holds.
public struct TLSFileFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the file.
    public enum Problem: Sendable, Hashable {
        /// Not there, no right to read it, or larger than 1 MiB.
        case unreadable
        /// No certificate in PEM.
        case noCertificate
        /// No private key in PEM, or an encrypted one.
        case noKey
        /// Not the key of this certificate, or of a kind that TLS does not know.
        case keyOfAnother(certificate: String)
    }

    /// The path of the file.
    public let file: String
    /// What is wrong with it.
    public let problem: Problem

    /// One line for a person.
    public var description: String {
        switch problem {
        case .unreadable: "\(file) cannot be read, or is larger than 1 MiB"
        case .noCertificate: "\(file) holds no certificate (PEM)"
        case .noKey: "\(file) holds no private key (PEM, not encrypted)"
        case .keyOfAnother(let certificate): "\(file) is not the private key of the certificate in \(certificate)"
        }
    }
}
