/// Why bytes are not what they should be. `offset` is where reading stopped.
package struct FormatError: Error, Hashable {
    package enum Reason: String { case truncated, magic, version, checksum, range, unknownField }
    package var reason: Reason
    var offset: Int
}

/// Builds the binary forms: little-endian, LEB128 varints, zigzag for signed numbers.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    @inline(__always)
    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    @inline(__always)
    mutating func varint(_ value: Int) {
        varint(UInt64(truncatingIfNeeded: value))
    }

    @inline(__always)
    mutating func zigzag(_ value: Int64) {
        varint(ZigZag.encode(value))
    }

    mutating func word(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ text: String) {
        varint(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ other: [UInt8]) {
        bytes.append(contentsOf: other)
    }

    /// Ends the form with the checksum of all before it.
    mutating func checksum() {
        let crc = CRC32C.checksum(bytes, 0..<bytes.count)
        withUnsafeBytes(of: crc.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads the binary forms and never past `end`.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    /// A reader of all but the checksum at the end, which is verified.
    init(checked bytes: [UInt8]) throws(FormatError) {
        guard bytes.count >= 4 else { throw FormatError(reason: .truncated, offset: 0) }
        let end = bytes.count - 4
        var stored: UInt32 = 0
        for index in (0..<4).reversed() { stored = stored << 8 | UInt32(bytes[end + index]) }
        guard stored == CRC32C.checksum(bytes, 0..<end) else { throw FormatError(reason: .checksum, offset: end) }
        self.init(bytes, 0..<end)
    }

    var remaining: Int { end - position }

    func fail(_ reason: FormatError.Reason) -> FormatError {
        FormatError(reason: reason, offset: position)
    }

    mutating func byte() throws(FormatError) -> UInt8 {
        guard position < end else { throw fail(.truncated) }
        position += 1
        return bytes[position - 1]
    }

    mutating func varint() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || (shift == 63 && next <= 1) else { throw fail(.range) }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A number that must be at most `limit`: lengths and counts, before anything is allocated for them.
    mutating func count(limit: Int) throws(FormatError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw fail(.range) }
        return Int(value)
    }

    mutating func zigzag() throws(FormatError) -> Int64 {
        ZigZag.decode(try varint())
    }

    mutating func word() throws(FormatError) -> UInt64 {
        guard remaining >= 8 else { throw fail(.truncated) }
        var value: UInt64 = 0
        for index in (0..<8).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
        position += 8
        return value
    }

    /// The range of the next `count` bytes.
    mutating func range(_ count: Int) throws(FormatError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw fail(.truncated) }
        position += count
        return position - count..<position
    }

    mutating func text() throws(FormatError) -> String {
        String(decoding: bytes[try range(try count(limit: remaining))], as: UTF8.self)
    }
}

/// Signed numbers as unsigned ones, small ones of either sign small.
enum ZigZag {
    @inline(__always)
    static func encode(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    @inline(__always)
    static func decode(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
