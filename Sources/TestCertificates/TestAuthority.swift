public import Foundation

/// An authority for a test with the certificates that it issues, made by the `openssl` command in a folder that is removed with it.
public final class TestAuthority {
    /// Where its files are; its own certificate is `ca.pem`.
    public let folder: URL

    /// An authority of its own.
    /// - Throws: `OpenSSLFailure`, or what the file system throws.
    public init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "authority-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Test authority", "-keyout", path("ca.key"), "-out", path("ca.pem"),
        ])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of one of its files.
    public func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A certificate of this authority in `name.pem`, its key in `name.key`.
    /// - Parameter days: for how long it is valid; negative: it has been out of date for so long.
    /// - Throws: `OpenSSLFailure`.
    public func issue(
        _ name: String, subject: String, dnsNames: [String] = [], serial: String = "0x7f", days: Int = 1
    ) throws {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-subj", subject,
            "-keyout", path("\(name).key"), "-out", path("\(name).csr"),
        ])
        var arguments = [
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-set_serial", serial, "-days", "\(days)", "-out", path("\(name).pem"),
        ]
        if !dnsNames.isEmpty {
            let names = "subjectAltName=critical,IP:192.0.2.1," + dnsNames.map { "DNS:\($0)" }.joined(separator: ",")
            try names.write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
            arguments += ["-extfile", path("\(name).ext")]
        }
        try openssl(arguments)
    }

    /// The certificate of a name as DER.
    /// - Throws: `OpenSSLFailure`.
    public func der(_ name: String) throws -> [UInt8] {
        try openssl(["x509", "-in", path("\(name).pem"), "-outform", "DER", "-out", path("\(name).der")])
        return Array(try Data(contentsOf: URL(filePath: path("\(name).der"))))
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw OpenSSLFailure(arguments: arguments) }
    }
}

/// The `openssl` command failed.
public struct OpenSSLFailure: Error {
    /// What it was asked.
    public let arguments: [String]
}
