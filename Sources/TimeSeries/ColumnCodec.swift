/// What a chunk's header says of a column whose rows all have a value of one family: enough to aggregate the whole
/// chunk without unpacking it.
package enum ColumnStatistics: Equatable, Sendable {
    /// Mantissas at one scale.
    case exact(scale: UInt8, sum: Int64, least: Int64, greatest: Int64, first: Int64, last: Int64)
    /// No NaN among them.
    case double(sum: Double, least: Double, greatest: Double, first: Double, last: Double)
    /// How many are true.
    case boolean(yes: Int, first: Bool, last: Bool)
}

/// The columns of a chunk. FORMAT.md, "Columns".
enum ColumnCodec {
    static let familyMask: UInt8 = 0x07
    static let hasNulls: UInt8 = 0x08
    static let hasStatistics: UInt8 = 0x10

    /// Appends a column's header and payload; a column of nulls only is left out.
    /// - Returns: whether there was something to append.
    static func encode(_ column: Column, id: Int64, after previous: Int64, rows: Int, into writer: inout ByteWriter)
        -> Bool
    {
        let present = (0..<min(rows, column.count)).filter { column.tags[$0] != Cell.null }
        guard let first = present.first else { return false }
        let cells = Cells(
            tags: present.map { column.tags[$0] }, words: present.map { column.words[$0] }, texts: column.texts)
        var family = Family(tag: column.tags[first])
        if cells.tags.contains(where: { Family(tag: $0) != family }) { family = .mixed }

        var payload = ByteWriter(capacity: present.count * 2)
        if present.count < rows { encodeBitmap(present, rows: rows, into: &payload) }
        if family == .mixed {
            encodeMixed(cells, into: &payload)
        } else {
            FamilyCodec.encode(family, cells, into: &payload)
        }
        let statistics = present.count == rows ? statistics(family, cells) : nil

        writer.varint(UInt64(bitPattern: id &- previous))
        writer.byte(
            family.rawValue | (present.count < rows ? hasNulls : 0) | (statistics == nil ? 0 : hasStatistics))
        if present.count < rows { writer.varint(present.count) }
        if let statistics { encode(statistics, into: &writer) }
        writer.varint(payload.count)
        writer.append(payload.bytes)
        return true
    }

    /// Reads a payload.
    static func decode(
        _ reader: inout ByteReader, form: UInt8, present: Int, rows: Int
    ) throws(FormatError) -> Column {
        guard let family = Family(rawValue: form & familyMask) else { throw reader.fail(.range) }
        var positions: [Int]?
        if form & hasNulls != 0 { positions = try decodeBitmap(&reader, rows: rows, present: present) }
        let cells =
            family == .mixed
            ? try decodeMixed(&reader, count: present) : try FamilyCodec.decode(family, &reader, count: present)
        guard let positions else { return Column(tags: cells.tags, words: cells.words, texts: cells.texts) }
        var column = Column(
            tags: [UInt8](repeating: Cell.null, count: rows), words: [Int64](repeating: 0, count: rows),
            texts: cells.texts)
        for (index, row) in positions.enumerated() {
            column.tags[row] = cells.tags[index]
            column.words[row] = cells.words[index]
        }
        return column
    }

    private static func encodeBitmap(_ present: [Int], rows: Int, into writer: inout ByteWriter) {
        var bitmap = [UInt8](repeating: 0, count: (rows + 7) / 8)
        for row in present { bitmap[row >> 3] |= 1 << UInt8(row & 7) }
        writer.append(bitmap)
    }

    private static func decodeBitmap(
        _ reader: inout ByteReader, rows: Int, present: Int
    ) throws(FormatError) -> [Int] {
        let range = try reader.range((rows + 7) / 8)
        var positions: [Int] = []
        positions.reserveCapacity(present)
        for row in 0..<rows where reader.bytes[range.lowerBound + row >> 3] & (1 << UInt8(row & 7)) != 0 {
            positions.append(row)
        }
        guard positions.count == present else { throw reader.fail(.range) }
        return positions
    }

    /// The family of each value, then the values of each family together.
    private static func encodeMixed(_ cells: Cells, into writer: inout ByteWriter) {
        let families = cells.tags.map { Family(tag: $0) }
        IntegerCodec.encode(families.map { Int64($0.rawValue) }, into: &writer)
        for family in [Family.exact, .double, .boolean, .text] {
            let members = families.indices.filter { families[$0] == family }
            guard !members.isEmpty else { continue }
            let part = Cells(
                tags: members.map { cells.tags[$0] }, words: members.map { cells.words[$0] }, texts: cells.texts)
            FamilyCodec.encode(family, part, into: &writer)
        }
    }

    private static func decodeMixed(_ reader: inout ByteReader, count: Int) throws(FormatError) -> Cells {
        let families = try IntegerCodec.decode(&reader, count: count)
        for family in families where !(0...3).contains(family) { throw reader.fail(.range) }
        var cells = Cells(tags: [UInt8](repeating: 0, count: count), words: [Int64](repeating: 0, count: count))
        for family in [Family.exact, .double, .boolean, .text] {
            let members = families.indices.filter { families[$0] == Int64(family.rawValue) }
            guard !members.isEmpty else { continue }
            let part = try FamilyCodec.decode(family, &reader, count: members.count)
            for (index, member) in members.enumerated() {
                cells.tags[member] = part.tags[index]
                cells.words[member] = part.words[index]
            }
            if family == .text { cells.texts = part.texts }
        }
        return cells
    }
}
