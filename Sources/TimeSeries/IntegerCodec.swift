/// Integers, with the smallest of three forms. FORMAT.md, "Integers".
enum IntegerCodec {
    private enum Form: UInt8 {
        case constant = 0
        /// Above the column's smallest number.
        case frame = 1
        /// Differences from one to the next, less the usual difference.
        case delta = 2
    }

    /// Appends `values`, of which there is at least one.
    static func encode(_ values: [Int64], into writer: inout ByteWriter) {
        guard let first = values.first, let lowest = values.min() else { return }
        if values.allSatisfy({ $0 == first }) {
            writer.byte(Form.constant.rawValue)
            writer.zigzag(first)
            return
        }
        var frame = ByteWriter(capacity: values.count * 2)
        frame.byte(Form.frame.rawValue)
        frame.zigzag(lowest)
        // Differences are taken modulo 2^64: they always fit, and adding them back undoes it.
        BitPacking.encode(values.map { UInt64(bitPattern: $0 &- lowest) }, base: true, into: &frame)
        var delta = ByteWriter(capacity: values.count * 2)
        delta.byte(Form.delta.rawValue)
        delta.zigzag(first)
        encodeDeltas(values, into: &delta)
        writer.append(frame.count <= delta.count ? frame.bytes : delta.bytes)
    }

    /// Reads `count` numbers, one or more.
    static func decode(_ reader: inout ByteReader, count: Int) throws(FormatError) -> [Int64] {
        switch Form(rawValue: try reader.byte()) {
        case .constant: return [Int64](repeating: try reader.zigzag(), count: count)
        case .frame:
            let lowest = try reader.zigzag()
            let values = try BitPacking.decode(&reader, count: count, base: true)
            return values.map { Int64(bitPattern: $0) &+ lowest }
        case .delta:
            let first = try reader.zigzag()
            return try decodeDeltas(&reader, first: first, count: count)
        case nil: throw reader.fail(.range)
        }
    }

    /// Appends all but the first of `values` as steps.
    static func encodeDeltas(_ values: [Int64], into writer: inout ByteWriter) {
        guard values.count > 1 else { return }
        let deltas = zip(values.dropFirst(), values).map { $0 &- $1 }
        let step = usual(deltas)
        writer.zigzag(step)
        BitPacking.encode(deltas.map { ZigZag.encode($0 &- step) }, base: false, into: &writer)
    }

    /// Reads what `encodeDeltas` wrote.
    static func decodeDeltas(
        _ reader: inout ByteReader, first: Int64, count: Int
    ) throws(FormatError) -> [Int64] {
        guard count > 1 else { return [first] }
        let step = try reader.zigzag()
        let residuals = try BitPacking.decode(&reader, count: count - 1, base: false)
        var values: [Int64] = []
        values.reserveCapacity(count)
        var value = first
        values.append(value)
        for residual in residuals {
            value = value &+ step &+ ZigZag.decode(residual)
            values.append(value)
        }
        return values
    }

    /// The median of up to 65 differences spread over all of them: near enough, without sorting a thousand.
    private static func usual(_ deltas: [Int64]) -> Int64 {
        let stride = deltas.count / 65 + 1
        let sample = Swift.stride(from: 0, to: deltas.count, by: stride).map { deltas[$0] }.sorted()
        return sample[sample.count / 2]
    }
}
