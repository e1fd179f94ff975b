internal import Foundation

/// What a look at a write-ahead log found, before SQLite opens it.
///
/// SQLite replays a log up to the first frame whose checksum is wrong and overwrites the rest. At the very end that is right: a
/// transaction that a power cut tore was never acknowledged. In the middle it drops transactions that were. Each frame's checksum
/// continues that of the frame before it, so those behind a damaged frame can be verified all the same, with the sum that the frame
/// before them carries. Format: https://www.sqlite.org/fileformat2.html#walformat
public enum LogInspection: Sendable, Hashable {
    /// Nothing is wrong, or there is no log.
    case sound
    /// The beginning of the log is no header of one: all of it is lost.
    case noLog(bytes: Int)
    /// A frame in the middle is damaged; behind it are whole transactions that SQLite will not see.
    case damaged(lostTransactions: Int)

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// Looks at the log of a database that nobody has open. Reads it once, as a whole: at most some 64 MiB.
    /// - Parameter path: the database's file, without `-wal`.
    public static func of(_ path: String) -> LogInspection {
        guard let data = FileManager.default.contents(atPath: path + "-wal"), !data.isEmpty else { return .sound }
        return of(log: Array(data))
    }

    /// Looks at the bytes of a log.
    static func of(log bytes: [UInt8]) -> LogInspection {
        guard let header = Header(bytes) else { return .noLog(bytes: bytes.count) }
        let frameBytes = frameHeaderBytes + header.pageBytes
        var sum = header.sum
        var start = headerBytes
        while start + frameBytes <= bytes.count {
            guard let next = header.sum(of: bytes, frame: start, after: sum) else { break }
            sum = next
            start += frameBytes
        }
        // Frame `start` is the end, or damaged. Transactions behind it have a last frame each.
        var lost = 0
        var frame = start + frameBytes
        while frame + frameBytes <= bytes.count {
            let before = Checksum(bytes, at: frame - frameBytes + 16)
            if header.sum(of: bytes, frame: frame, after: before) != nil, header.word(bytes, frame + 4) != 0 {
                lost += 1
            }
            frame += frameBytes
        }
        // One may be the transaction that was torn; only the next one proves that it had been whole.
        return lost > 1 ? .damaged(lostTransactions: lost) : .sound
    }

    /// The two running sums.
    private struct Checksum: Equatable {
        var first: UInt32 = 0
        var second: UInt32 = 0

        init() {}

        /// As stored, big-endian whatever the log's own order.
        init(_ bytes: [UInt8], at offset: Int) {
            first = LogInspection.word(bytes, offset)
            second = LogInspection.word(bytes, offset + 4)
        }

        mutating func add(_ bytes: [UInt8], _ range: Range<Int>, isBigEndian: Bool) {
            var (first, second) = (self.first, self.second)
            bytes.withUnsafeBytes { raw in
                var offset = range.lowerBound
                while offset < range.upperBound {
                    let one = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    let two = raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    first &+= (isBigEndian ? UInt32(bigEndian: one) : UInt32(littleEndian: one)) &+ second
                    second &+= (isBigEndian ? UInt32(bigEndian: two) : UInt32(littleEndian: two)) &+ first
                    offset += 8
                }
            }
            (self.first, self.second) = (first, second)
        }
    }

    /// The log's first 32 bytes.
    private struct Header {
        let pageBytes: Int
        let sum: Checksum
        private let isBigEndian: Bool
        private let salts: (UInt32, UInt32)

        init?(_ bytes: [UInt8]) {
            guard bytes.count >= headerBytes, LogInspection.word(bytes, 0) & ~1 == 0x377f_0682 else { return nil }
            isBigEndian = bytes[3] & 1 == 1
            pageBytes = Int(LogInspection.word(bytes, 8))
            guard (512...65_536).contains(pageBytes), pageBytes & (pageBytes - 1) == 0 else { return nil }
            salts = (LogInspection.word(bytes, 16), LogInspection.word(bytes, 20))
            var sum = Checksum()
            sum.add(bytes, 0..<24, isBigEndian: isBigEndian)
            guard sum == Checksum(bytes, at: 24) else { return nil }
            self.sum = sum
        }

        func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 { LogInspection.word(bytes, offset) }

        /// A frame's checksum, continued from the one before it; nil when the frame is not of this log or is damaged.
        func sum(of bytes: [UInt8], frame: Int, after before: Checksum) -> Checksum? {
            guard word(bytes, frame) != 0, word(bytes, frame + 8) == salts.0, word(bytes, frame + 12) == salts.1 else {
                return nil
            }
            var sum = before
            sum.add(bytes, frame..<frame + 8, isBigEndian: isBigEndian)
            sum.add(bytes, frame + frameHeaderBytes..<frame + frameHeaderBytes + pageBytes, isBigEndian: isBigEndian)
            return sum == Checksum(bytes, at: frame + 16) ? sum : nil
        }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
            | UInt32(bytes[offset + 3])
    }
}
