internal import Crypto
internal import Foundation

/// A file that comes in: written under a name of its own and hashed meanwhile. Used by one task; `place` or `discard` ends it.
struct IncomingFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var hasher = SHA256()
    private(set) var bytes: Int64 = 0

    /// Begins a file in a folder.
    /// - Throws: `BlobFailure`.
    init(in folder: String) throws(BlobFailure) {
        path = "\(folder)/\(UUID().uuidString)"
        descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("a file could not be made in \(folder)") }
    }

    deinit {
        close(descriptor)
        // After `place` there is nothing of this name any more.
        unlink(path)
    }

    /// Writes what came next.
    /// - Throws: `BlobFailure`.
    mutating func write(_ piece: [UInt8]) throws(BlobFailure) {
        hasher.update(data: piece)
        bytes += Int64(piece.count)
        var rest = piece[...]
        while !rest.isEmpty {
            // Read within the call, and not beyond the count.
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("a file that came in could not be written")
            }
            rest = rest.dropFirst(written)
        }
    }

    /// SHA-256 of all that was written.
    var hash: String {
        hasher.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Brings the content onto the disk, then the file to its name, then the name onto the disk.
    /// - Throws: `BlobFailure`.
    func place(at target: String, in folder: String) throws(BlobFailure) {
        guard fsync(descriptor) == 0 else { throw .last("a file that came in could not be brought onto the disk") }
        guard rename(path, target) == 0 else { throw .last("a file that came in could not be put into its place") }
        try BlobFolder.synchronise(folder)
    }
}
