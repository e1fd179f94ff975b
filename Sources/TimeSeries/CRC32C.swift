/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes at a step.
package enum CRC32C {
    /// Tables 0...7, 256 entries each: table k is the CRC of a byte followed by k zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 {
                crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82f6_3b78 : crc >> 1
            }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = (before >> 8) ^ tables[Int(before & 0xff)]
        }
        return tables
    }()

    /// The checksum of `bytes[range]`. The range must lie within the bytes.
    package static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { all in
            // Slicing checks the range; all loads below stay inside `data`, and table indexes are below 8 * 256.
            let data = UnsafeRawBufferPointer(rebasing: all[range])
            return tables.withUnsafeBufferPointer { table in
                var crc = ~UInt32(0)
                var offset = 0
                while offset + 8 <= data.count {
                    let word = UInt64(littleEndian: data.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                    let low = UInt32(truncatingIfNeeded: word) ^ crc
                    let high = UInt32(truncatingIfNeeded: word >> 32)
                    crc =
                        table[Int(low & 0xff) + 1792] ^ table[Int(low >> 8 & 0xff) + 1536]
                        ^ table[Int(low >> 16 & 0xff) + 1280] ^ table[Int(low >> 24) + 1024]
                        ^ table[Int(high & 0xff) + 768] ^ table[Int(high >> 8 & 0xff) + 512]
                        ^ table[Int(high >> 16 & 0xff) + 256] ^ table[Int(high >> 24)]
                    offset += 8
                }
                while offset < data.count {
                    crc = (crc >> 8) ^ table[Int((crc ^ UInt32(data[offset])) & 0xff)]
                    offset += 1
                }
                return ~crc
            }
        }
    }
}
