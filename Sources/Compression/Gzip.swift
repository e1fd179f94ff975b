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
}
