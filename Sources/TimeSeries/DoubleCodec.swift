/// Doubles, bit by bit. FORMAT.md, "Doubles".
enum DoubleCodec {
    private enum Form: UInt8 {
        /// Each differs from the one before in a run of bits.
        case xor = 0
        /// All are decimals after all: scaled integers.
        case scaled = 1
    }

    /// Appends `words`, the bits of at least one double.
    static func encode(_ words: [Int64], into writer: inout ByteWriter) {
        if let (scale, mantissas) = scaled(words) {
            writer.byte(Form.scaled.rawValue)
            writer.byte(scale)
            IntegerCodec.encode(mantissas, into: &writer)
        } else {
            writer.byte(Form.xor.rawValue)
            encodeXOR(words, into: &writer)
        }
    }

    /// Reads the bits of `count` doubles, one or more.
    static func decode(_ reader: inout ByteReader, count: Int) throws(FormatError) -> [Int64] {
        switch Form(rawValue: try reader.byte()) {
        case .scaled:
            let scale = try reader.byte()
            guard scale <= Value.maximumScale else { throw reader.fail(.range) }
            return try IntegerCodec.decode(&reader, count: count).map {
                Int64(bitPattern: Decimals.double($0, scale).bitPattern)
            }
        case .xor: return try decodeXOR(&reader, count: count)
        case nil: throw reader.fail(.range)
        }
    }

    /// Mantissas at the smallest scale up to 6 that gives every double back to the bit, nil when there is none.
    private static func scaled(_ words: [Int64]) -> (UInt8, [Int64])? {
        var scale: UInt8 = 0
        var mantissas: [Int64] = []
        mantissas.reserveCapacity(words.count)
        var index = 0
        while index < words.count {
            let value = Double(bitPattern: UInt64(bitPattern: words[index]))
            let mantissa = (value * Double(Decimals.powers[Int(scale)])).rounded()
            // Below 2^53 every whole number is a double. NaN and infinities fail this, -0.0 the comparison of bits.
            guard abs(mantissa) < 9_007_199_254_740_992 else { return nil }
            if Decimals.double(Int64(mantissa), scale).bitPattern == UInt64(bitPattern: words[index]) {
                mantissas.append(Int64(mantissa))
                index += 1
            } else if scale < 6 {
                scale += 1
                index = 0
                mantissas.removeAll(keepingCapacity: true)
            } else {
                return nil
            }
        }
        return (scale, mantissas)
    }

    private static func encodeXOR(_ words: [Int64], into writer: inout ByteWriter) {
        var bytes = ByteWriter(capacity: words.count * 8)
        var bits = BitWriter()
        var previous = UInt64(bitPattern: words[0])
        bits.write(previous, 64, into: &bytes)
        var leading = 0
        var meaningful = 0
        for word in words.dropFirst() {
            let value = UInt64(bitPattern: word)
            let difference = value ^ previous
            previous = value
            guard difference != 0 else {
                bits.write(0, 1, into: &bytes)
                continue
            }
            let zeros = difference.leadingZeroBitCount
            let end = difference.trailingZeroBitCount
            let fits = meaningful > 0 && zeros >= leading && end >= 64 - leading - meaningful
            // The old window is kept while it wastes less than the 12 bits that a new one costs.
            if fits && meaningful - (64 - zeros - end) < 12 {
                bits.write(0b01, 2, into: &bytes)
            } else {
                leading = zeros
                meaningful = 64 - zeros - end
                bits.write(0b11, 2, into: &bytes)
                bits.write(UInt64(leading), 6, into: &bytes)
                bits.write(UInt64(meaningful - 1), 6, into: &bytes)
            }
            bits.write(difference >> UInt64(64 - leading - meaningful), meaningful, into: &bytes)
        }
        bits.finish(into: &bytes)
        writer.varint(bytes.count)
        writer.append(bytes.bytes)
    }

    private static func decodeXOR(_ reader: inout ByteReader, count: Int) throws(FormatError) -> [Int64] {
        let length = try reader.count(limit: reader.remaining)
        var bits = BitReader(reader.bytes, try reader.range(length))
        var value = try bits.read(64)
        var words: [Int64] = []
        words.reserveCapacity(count)
        words.append(Int64(bitPattern: value))
        var leading = 0
        var meaningful = 0
        while words.count < count {
            if try bits.read(1) == 1 {
                if try bits.read(1) == 1 {
                    leading = Int(try bits.read(6))
                    meaningful = Int(try bits.read(6)) + 1
                }
                guard meaningful > 0, leading + meaningful <= 64 else { throw reader.fail(.range) }
                value ^= try bits.read(meaningful) << UInt64(64 - leading - meaningful)
            }
            words.append(Int64(bitPattern: value))
        }
        return words
    }
}
