internal import Crypto
internal import Foundation

/// Where files lie: `ab/cdef…` for the one whose hash is `abcdef…`, and `incoming` for those that come in.
struct BlobFolder: Sendable {
    let path: String

    var incoming: String { path + "/incoming" }

    /// The beginnings of hashes, in order.
    static let beginnings = (0..<256).map { String($0 + 256, radix: 16).suffix(2) }.map(String.init)

    /// The folder of the files whose hashes begin so.
    func folder(_ beginning: String) -> String { "\(path)/\(beginning)" }

    /// Where the file of a hash is.
    func file(_ hash: String) -> String { "\(path)/\(BlobFolder.name(hash))" }

    /// The name of a hash's file below the folder.
    static func name(_ hash: String) -> String { "\(hash.prefix(2))/\(hash.dropFirst(2))" }

    /// Whether a text is a hash: 64 small hexadecimal digits.
    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Makes the folders that are missing, and removes what came in and was not finished when the last process ended.
    /// - Throws: `BlobFailure`.
    func prepare() throws(BlobFailure) {
        for folder in [path, incoming] { try BlobFolder.make(folder) }
        for name in BlobFolder.names(in: incoming) { unlink("\(incoming)/\(name)") }
    }

    /// Makes sure that there is the folder of a hash.
    /// - Throws: `BlobFailure`.
    func prepare(for hash: String) throws(BlobFailure) {
        if try BlobFolder.make(folder(String(hash.prefix(2)))) { try BlobFolder.synchronise(path) }
    }

    /// The hashes of the files that begin so.
    func hashes(_ beginning: String) -> [String] {
        BlobFolder.names(in: folder(beginning)).map { beginning + $0 }.filter(BlobFolder.isHash)
    }

    /// How long the file of a hash is; nil: there is none.
    func length(_ hash: String) -> Int64? {
        var facts = stat()
        return stat(file(hash), &facts) == 0 ? Int64(facts.st_size) : nil
    }

    /// SHA-256 of what a file holds; nil: it cannot be read.
    static func hash(ofFile path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        var hasher = SHA256()
        do {
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(data: piece) }
        } catch {
            return nil
        }
        return hasher.finalize().map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
    }

    /// Brings the names in a folder onto the disk.
    /// - Throws: `BlobFailure`.
    static func synchronise(_ folder: String) throws(BlobFailure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("\(folder) could not be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("\(folder) could not be brought onto the disk") }
    }

    /// - Returns: whether it was not there.
    @discardableResult
    private static func make(_ folder: String) throws(BlobFailure) -> Bool {
        if mkdir(folder, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw .last("\(folder) could not be made") }
        return false
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
