/// Values of one family, none of them null. FORMAT.md, "Payloads".
enum FamilyCodec {
    /// Instead of a common scale: each number's scale follows.
    static let ownScales: UInt8 = 0xff

    /// Appends the values of a family. `words` are as in a `Cell`; there is at least one.
    static func encode(_ family: Family, _ cells: Cells, into writer: inout ByteWriter) {
        switch family {
        case .exact:
            if let (scale, mantissas) = commonScale(cells) {
                writer.byte(scale)
                IntegerCodec.encode(mantissas, into: &writer)
            } else {
                writer.byte(ownScales)
                IntegerCodec.encode(cells.tags.map { Int64($0 - Cell.exact) }, into: &writer)
                IntegerCodec.encode(cells.words, into: &writer)
            }
        case .double: DoubleCodec.encode(cells.words, into: &writer)
        case .boolean: IntegerCodec.encode(cells.tags.map { $0 == Cell.yes ? 1 : 0 }, into: &writer)
        case .text: encodeTexts(cells, into: &writer)
        case .mixed: break
        }
    }

    /// Reads `count` values of a family, one or more.
    static func decode(
        _ family: Family, _ reader: inout ByteReader, count: Int
    ) throws(FormatError) -> Cells {
        switch family {
        case .exact:
            let scale = try reader.byte()
            if scale == ownScales {
                let scales = try IntegerCodec.decode(&reader, count: count)
                for scale in scales where !(0...Int64(Value.maximumScale)).contains(scale) { throw reader.fail(.range) }
                let words = try IntegerCodec.decode(&reader, count: count)
                return Cells(tags: scales.map { Cell.exact + UInt8($0) }, words: words)
            }
            guard scale <= Value.maximumScale else { throw reader.fail(.range) }
            let words = try IntegerCodec.decode(&reader, count: count)
            return Cells(tags: [UInt8](repeating: Cell.exact + scale, count: count), words: words)
        case .double:
            let words = try DoubleCodec.decode(&reader, count: count)
            return Cells(tags: [UInt8](repeating: Cell.double, count: count), words: words)
        case .boolean:
            let flags = try IntegerCodec.decode(&reader, count: count)
            return Cells(
                tags: flags.map { $0 == 0 ? Cell.no : Cell.yes }, words: [Int64](repeating: 0, count: count))
        case .text: return try decodeTexts(&reader, count: count)
        case .mixed: throw reader.fail(.range)
        }
    }

    /// Mantissas at one scale, the smallest that keeps every number; nil when one of them would not fit 64 bits.
    static func commonScale(_ cells: Cells) -> (UInt8, [Int64])? {
        var scale = (cells.tags.max() ?? Cell.exact) - Cell.exact
        var mantissas = cells.words
        if cells.tags.contains(where: { $0 != Cell.exact + scale }) {
            // Trailing zeros of a single 1.000000000000000000 must not push the others over the edge.
            scale = 0
            for (index, tag) in cells.tags.enumerated() {
                scale = max(scale, Decimals.normalized(cells.words[index], tag - Cell.exact).1)
            }
            for (index, tag) in cells.tags.enumerated() {
                let (mantissa, places) = Decimals.normalized(cells.words[index], tag - Cell.exact)
                let (scaled, overflow) = mantissa.multipliedReportingOverflow(by: Decimals.powers[Int(scale - places)])
                if overflow { return nil }
                mantissas[index] = scaled
            }
        }
        while scale > 0, mantissas.allSatisfy({ $0 % 10 == 0 }) {
            scale -= 1
            for index in mantissas.indices { mantissas[index] /= 10 }
        }
        return (scale, mantissas)
    }

    private static func encodeTexts(_ cells: Cells, into writer: inout ByteWriter) {
        var places: [String: Int64] = [:]
        var dictionary: [String] = []
        var indexes: [Int64] = []
        for word in cells.words {
            let text = cells.texts[Int(word)]
            if let place = places[text] {
                indexes.append(place)
            } else {
                places[text] = Int64(dictionary.count)
                indexes.append(Int64(dictionary.count))
                dictionary.append(text)
            }
        }
        writer.varint(dictionary.count)
        for text in dictionary { writer.text(text) }
        IntegerCodec.encode(indexes, into: &writer)
    }

    private static func decodeTexts(_ reader: inout ByteReader, count: Int) throws(FormatError) -> Cells {
        var texts: [String] = []
        for _ in 0..<(try reader.count(limit: count)) { texts.append(try reader.text()) }
        let indexes = try IntegerCodec.decode(&reader, count: count)
        for index in indexes where index < 0 || index >= Int64(texts.count) { throw reader.fail(.range) }
        return Cells(tags: [UInt8](repeating: Cell.text, count: count), words: indexes, texts: texts)
    }
}

/// Tags and words without nulls, of some rows of a column.
struct Cells {
    var tags: [UInt8]
    var words: [Int64]
    var texts: [String] = []
}
