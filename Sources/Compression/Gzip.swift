internal import CZlib

/// Whole texts as gzip (RFC 1952), made by the system's zlib.
public enum Gzip {
    /// The best that zlib does; meant for what is compressed once and sent often.
    private static let level: Int32 = 9

    /// The bytes as gzip; nil if that is not worth it, because a tenth at least has to be saved, or if zlib gives up for want of memory.
    public static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard !bytes.isEmpty, bytes.count < UInt32.max, czlib_begin_gzip(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: bytes.count - bytes.count / 10)
        guard !output.isEmpty else { return nil }
        // Safe: zlib reads `avail_in` and writes `avail_out` bytes at most, which are the two buffers' counts, and both buffers live until
        // deflate returns. It does not write to its input; its interface only lacks the word `const` for that.
        let status = bytes.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        // Anything but the end: there was no room, so too little would be saved.
        guard status == Z_STREAM_END else { return nil }
        output.removeLast(Int(stream.avail_out))
        return output
    }

    /// What gzip holds, all of its members one after the other.
    /// - Parameter limit: the most bytes that may come of it: a few kilobytes of gzip can hold gigabytes.
    /// - Throws: `GzipFailure`.
    public static func decompressed(_ bytes: [UInt8], limit: Int) throws(GzipFailure) -> [UInt8] {
        var stream = z_stream()
        guard bytes.count < UInt32.max, czlib_begin_gunzip(&stream) == Z_OK else { throw .malformed }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        var taken = 0
        while true {
            // Safe: zlib reads `avail_in` bytes from where the rest begins and writes `avail_out` at most, which are the counts of the two
            // buffers, and both live until inflate returns. It does not write to its input; its interface only lacks `const` for that.
            let status = bytes.withUnsafeBufferPointer { source in
                piece.withUnsafeMutableBufferPointer { target in
                    stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { $0 + taken })
                    stream.avail_in = UInt32(source.count - taken)
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
            }
            guard status == Z_OK || status == Z_STREAM_END else { throw .malformed }
            let made = piece.count - Int(stream.avail_out)
            guard output.count + made <= limit else { throw .tooLarge }
            output.append(contentsOf: piece[..<made])
            taken = bytes.count - Int(stream.avail_in)
            if status == Z_STREAM_END {
                guard taken < bytes.count else { return output }
                // Another member follows (RFC 1952, section 2.2).
                guard inflateReset(&stream) == Z_OK else { throw .malformed }
            } else if made == 0, taken == bytes.count {
                throw .malformed
            }
        }
    }
}

/// Why bytes could not be decompressed.
public enum GzipFailure: Error, Hashable, Sendable {
    /// They are no gzip, are damaged, or break off.
    case malformed
    /// More comes of them than is allowed.
    case tooLarge
}
