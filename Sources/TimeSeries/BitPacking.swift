/// Unsigned numbers in blocks of 32, each block in as few bits as its numbers need. FORMAT.md, "Packed blocks".
enum BitPacking {
    static let blockSize = 32
    /// Set in a block's first byte when exceptions follow.
    private static let hasExceptions: UInt8 = 0x80

    /// Appends the blocks of `values`. With `base`, each block's smallest number is stored once and subtracted.
    static func encode(_ values: [UInt64], base: Bool, into writer: inout ByteWriter) {
        var start = 0
        while start < values.count {
            let end = min(start + blockSize, values.count)
            encode(values[start..<end], base: base, into: &writer)
            start = end
        }
    }

    private static func encode(_ block: ArraySlice<UInt64>, base: Bool, into writer: inout ByteWriter) {
        let lowest = base ? block.min() ?? 0 : 0
        var histogram = InlineArray<65, UInt8>(repeating: 0)
        var widest = 0
        for value in block {
            let width = 64 - (value - lowest).leadingZeroBitCount
            histogram[width] += 1
            widest = max(widest, width)
        }
        let width = bestWidth(histogram, widest: widest, count: block.count)
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        writer.byte(UInt8(width) | (width < widest ? hasExceptions : 0))
        if base { writer.varint(lowest) }
        if width < widest {
            var count: UInt8 = 0
            for value in block where value - lowest > mask { count += 1 }
            writer.byte(count)
            for (position, value) in block.enumerated() where value - lowest > mask {
                writer.byte(UInt8(position))
                writer.varint((value - lowest) >> UInt64(width))
            }
        }
        var bits = BitWriter()
        for value in block { bits.write((value - lowest) & mask, width, into: &writer) }
        bits.finish(into: &writer)
    }

    /// The width with the fewest bits in all, when numbers that do not fit are listed apart.
    private static func bestWidth(_ histogram: borrowing InlineArray<65, UInt8>, widest: Int, count: Int) -> Int {
        var best = widest
        var bestCost = widest * count
        var exceptions = 0
        var width = widest - 1
        while width >= 0 {
            exceptions += Int(histogram[width + 1])
            // More than a quarter of exceptions never pays; stopping there bounds the work.
            if exceptions > count / 4 { break }
            var cost = width * count + 8
            for length in (width + 1)...widest where histogram[length] > 0 {
                cost += Int(histogram[length]) * (8 + 8 * ((length - width + 6) / 7))
            }
            if cost < bestCost {
                best = width
                bestCost = cost
            }
            width -= 1
        }
        return best
    }

    /// Reads the blocks of `count` numbers.
    static func decode(_ reader: inout ByteReader, count: Int, base: Bool) throws(FormatError) -> [UInt64] {
        var values = [UInt64](repeating: 0, count: count)
        var start = 0
        while start < count {
            let size = min(blockSize, count - start)
            let first = try reader.byte()
            let width = Int(first & ~hasExceptions)
            guard width <= 64 else { throw reader.fail(.range) }
            let lowest = base ? try reader.varint() : 0
            // Exceptions hold bits above `width`, which the packed numbers leave zero: they can be put in first.
            if first & hasExceptions != 0 {
                guard width < 64 else { throw reader.fail(.range) }
                for _ in 0..<(try reader.count(limit: size)) {
                    let position = Int(try reader.byte())
                    guard position < size else { throw reader.fail(.range) }
                    values[start + position] = try reader.varint() << UInt64(width)
                }
            }
            let packed = try reader.range((size * width + 7) / 8)
            unpack(reader.bytes, packed, width, lowest, into: &values, start, size)
            start += size
        }
        return values
    }

    private static func unpack(
        _ bytes: [UInt8], _ packed: Range<Int>, _ width: Int, _ lowest: UInt64, into values: inout [UInt64],
        _ start: Int, _ size: Int
    ) {
        guard width > 0 else {
            for index in start..<start + size { values[index] &+= lowest }
            return
        }
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        bytes.withUnsafeBytes { raw in
            // `packed` was checked to lie within the bytes and holds size * width bits; `load` reads eight bytes only
            // where there are eight left in the array, and single bytes of `packed` otherwise.
            func load(_ byte: Int) -> UInt64 {
                if byte + 8 <= raw.count {
                    return UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
                }
                var word: UInt64 = 0
                var shift: UInt64 = 0
                for index in byte..<packed.upperBound {
                    word |= UInt64(raw[index]) << shift
                    shift += 8
                }
                return word
            }
            for index in 0..<size {
                let bit = index * width
                let byte = packed.lowerBound + bit >> 3
                let shift = UInt64(bit & 7)
                var value = load(byte) >> shift
                // Up to seven bits of a wide number lie in the ninth byte.
                if width + Int(shift) > 64 { value |= UInt64(raw[byte + 8]) << (64 - shift) }
                values[start + index] = (values[start + index] | (value & mask)) &+ lowest
            }
        }
    }
}

/// Bits, the first one in the lowest place of the first byte.
struct BitWriter {
    private var pending: UInt64 = 0
    private var filled = 0

    /// Appends the low `width` bits of a value whose other bits are zero.
    mutating func write(_ value: UInt64, _ width: Int, into writer: inout ByteWriter) {
        if width > 56 {
            write(value & 0xffff_ffff, 32, into: &writer)
            write(value >> 32, width - 32, into: &writer)
            return
        }
        pending |= value << UInt64(filled)
        filled += width
        while filled >= 8 {
            writer.byte(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            filled -= 8
        }
    }

    /// Fills the last byte with zeros.
    mutating func finish(into writer: inout ByteWriter) {
        guard filled > 0 else { return }
        writer.byte(UInt8(truncatingIfNeeded: pending))
        pending = 0
        filled = 0
    }
}

/// Reads what `BitWriter` wrote.
struct BitReader {
    private let bytes: [UInt8]
    private var bit: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.bit = range.lowerBound * 8
        self.end = range.upperBound * 8
    }

    mutating func read(_ width: Int) throws(FormatError) -> UInt64 {
        guard width <= end - bit else { throw FormatError(reason: .truncated, offset: bit / 8) }
        var value: UInt64 = 0
        var got = 0
        while got < width {
            let take = min(8 - bit % 8, width - got)
            let part = UInt64(bytes[bit / 8] >> UInt8(bit % 8)) & ((1 << UInt64(take)) - 1)
            value |= part << UInt64(got)
            got += take
            bit += take
        }
        return value
    }
}
