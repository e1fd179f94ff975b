internal import Foundation

/// Reads and writes the files of certificates and keys.
enum KeyFiles {
    /// The most that is read of any: a chain of several certificates fits.
    static let maximumBytes = 64 << 10

    /// Writes a file that must not exist yet, onto the disk.
    /// - Parameter mode: its permissions from the first byte on; the process's mask can only narrow them.
    static func create(_ path: String, _ text: String, mode: mode_t) throws(CertificateFailure) {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .alreadyThere(path: path) }
            throw .inaccessible(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw discard(path, errno) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw discard(path, errno) }
    }

    /// Writes several files, all or none.
    static func create(_ files: [(path: String, text: String, mode: mode_t)]) throws(CertificateFailure) {
        for file in files where FileManager.default.fileExists(atPath: file.path) {
            throw .alreadyThere(path: file.path)
        }
        for (index, file) in files.enumerated() {
            do throws(CertificateFailure) {
                try create(file.path, file.text, mode: file.mode)
            } catch {
                for made in files.prefix(index) { unlink(made.path) }
                throw error
            }
        }
    }

    /// Makes a folder that only its owner may enter, if it is not there.
    static func folder(_ path: String) throws(CertificateFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .inaccessible(path: path, reason: "the folder cannot be made")
        }
    }

    /// The text of a file.
    /// - Parameter secret: it holds a key, which nobody but its owner may be able to read.
    static func read(_ path: String, secret: Bool) throws(CertificateFailure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .missing(path: path) }
            throw .inaccessible(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        // Foundation's word for what fstat says: the member names of the C structure belong to another module when this room is built
        // beside others that import Foundation's core.
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            facts[.type] as? FileAttributeType == .typeRegular, let size = (facts[.size] as? NSNumber)?.intValue,
            let mode = (facts[.posixPermissions] as? NSNumber)?.intValue
        else { throw .inaccessible(path: path, reason: "it is no file") }
        if secret, mode & 0o077 != 0 { throw .exposedKey(path: path) }
        guard size <= maximumBytes else { throw .unusable(path: path, reason: "it is too large") }
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .inaccessible(path: path, reason: "it cannot be read whole") }
            filled += count
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func discard(_ path: String, _ code: Int32) -> CertificateFailure {
        unlink(path)
        return .inaccessible(path: path, reason: reason(code))
    }

    private static func reason(_ code: Int32) -> String {
        String(cString: strerror(code)).lowercased()
    }
}
