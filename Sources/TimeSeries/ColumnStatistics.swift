extension ColumnCodec {
    /// The statistics of a column without nulls, nil where there are none to give.
    static func statistics(_ family: Family, _ cells: Cells) -> ColumnStatistics? {
        switch family {
        case .exact:
            guard let (scale, mantissas) = FamilyCodec.commonScale(cells), let first = mantissas.first,
                let last = mantissas.last
            else { return nil }
            var sum: Int64 = 0
            var least = first
            var greatest = first
            for mantissa in mantissas {
                let (next, overflow) = sum.addingReportingOverflow(mantissa)
                if overflow { return nil }
                sum = next
                least = min(least, mantissa)
                greatest = max(greatest, mantissa)
            }
            return .exact(scale: scale, sum: sum, least: least, greatest: greatest, first: first, last: last)
        case .double:
            let values = cells.words.map { Double(bitPattern: UInt64(bitPattern: $0)) }
            guard let first = values.first, let last = values.last, !values.contains(where: \.isNaN) else { return nil }
            return .double(
                sum: values.reduce(0, +), least: values.reduce(first, min), greatest: values.reduce(first, max),
                first: first, last: last)
        case .boolean:
            let yes = cells.tags.count { $0 == Cell.yes }
            return .boolean(yes: yes, first: cells.tags.first == Cell.yes, last: cells.tags.last == Cell.yes)
        case .text, .mixed: return nil
        }
    }

    static func encode(_ statistics: ColumnStatistics, into writer: inout ByteWriter) {
        switch statistics {
        case .exact(let scale, let sum, let least, let greatest, let first, let last):
            writer.byte(scale)
            writer.zigzag(sum)
            writer.zigzag(least)
            for value in [greatest, first, last] { writer.varint(UInt64(bitPattern: value &- least)) }
        case .double(let sum, let least, let greatest, let first, let last):
            for value in [sum, least, greatest, first, last] { writer.word(value.bitPattern) }
        case .boolean(let yes, let first, let last):
            writer.varint(yes)
            writer.byte((first ? 1 : 0) | (last ? 2 : 0))
        }
    }

    static func decodeStatistics(
        _ reader: inout ByteReader, _ family: Family, rows: Int
    ) throws(FormatError) -> ColumnStatistics {
        switch family {
        case .exact:
            let scale = try reader.byte()
            guard scale <= Value.maximumScale else { throw reader.fail(.range) }
            let sum = try reader.zigzag()
            let least = try reader.zigzag()
            let greatest = least &+ Int64(bitPattern: try reader.varint())
            let first = least &+ Int64(bitPattern: try reader.varint())
            let last = least &+ Int64(bitPattern: try reader.varint())
            return .exact(scale: scale, sum: sum, least: least, greatest: greatest, first: first, last: last)
        case .double:
            let sum = Double(bitPattern: try reader.word())
            let least = Double(bitPattern: try reader.word())
            let greatest = Double(bitPattern: try reader.word())
            let first = Double(bitPattern: try reader.word())
            let last = Double(bitPattern: try reader.word())
            return .double(sum: sum, least: least, greatest: greatest, first: first, last: last)
        case .boolean:
            let yes = try reader.count(limit: rows)
            let ends = try reader.byte()
            return .boolean(yes: yes, first: ends & 1 != 0, last: ends & 2 != 0)
        case .text, .mixed: throw reader.fail(.range)
        }
    }
}
