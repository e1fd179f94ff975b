/// Reports of one journal row, with series and fields as positions in the heads: what is left to do when the
/// transaction has committed is to copy numbers into columns.
struct Batch {
    struct Row {
        /// A position among the heads; below zero, -1 - a position among the new series.
        var series: Int32
        /// Where this row's entries end; they begin where those of the row before end.
        var end: Int32
        var flags: UInt8
        var hasDelay: Bool
        var time: Int64
        var delay: Int64
    }

    struct Entry {
        /// A position among the series' columns; below zero, -1 - a position among the new fields.
        var column: Int32
        /// Of a text, the word is a position among `texts`.
        var cell: Cell
    }

    var rows: [Row] = []
    var entries: [Entry] = []
    var texts: [String] = []
}

/// The binary form of a batch. FORMAT.md, "Journal".
enum Journal {
    static let magic: [UInt8] = [0x4d, 0x4a]
    static let version: UInt8 = 1

    /// Begins a batch.
    static func begin(_ writer: inout ByteWriter) {
        writer.append(magic)
        writer.byte(version)
    }

    /// Appends a report, but for its fields.
    @inline(__always)
    static func report(
        series: Int64, time: Int64, after previous: Int64, flags: UInt8, delay: Int64?, fields: Int,
        into writer: inout ByteWriter
    ) {
        writer.varint(UInt64(bitPattern: series))
        writer.zigzag(time &- previous)
        writer.byte(flags)
        writer.varint(UInt64(fields) << 1 | (delay == nil ? 0 : 1))
        if let delay { writer.zigzag(delay) }
    }

    /// Appends a field.
    @inline(__always)
    static func field(
        _ id: Int64, after previous: Int64, _ cell: Cell, _ texts: [String], into writer: inout ByteWriter
    ) {
        writer.zigzag(id &- previous)
        writer.byte(cell.tag)
        switch cell.tag {
        case Cell.no, Cell.yes: break
        case Cell.double: writer.word(UInt64(bitPattern: cell.word))
        case Cell.text: writer.text(texts[Int(cell.word)])
        default: writer.zigzag(cell.word)
        }
    }

    /// Reads a batch. `series` and `column` give the positions of ids, nil for ids that are not in the dictionary.
    static func decode(
        _ bytes: [UInt8], series: (Int64) -> Int32?, column: (Int32, Int64) -> Int32?
    ) throws(FormatError) -> Batch {
        var reader = try ByteReader(checked: bytes)
        guard try reader.byte() == magic[0], try reader.byte() == magic[1] else { throw reader.fail(.magic) }
        guard try reader.byte() == version else { throw reader.fail(.version) }
        var batch = Batch()
        var time: Int64 = 0
        while reader.remaining > 0 {
            guard let position = series(Int64(bitPattern: try reader.varint())) else {
                throw reader.fail(.unknownField)
            }
            time = time &+ (try reader.zigzag())
            let flags = try reader.byte()
            let form = try reader.count(limit: reader.remaining * 2 + 1)
            let delay = form & 1 == 1 ? try reader.zigzag() : nil
            var id: Int64 = 0
            for _ in 0..<form >> 1 {
                id = id &+ (try reader.zigzag())
                guard let place = column(position, id) else { throw reader.fail(.unknownField) }
                batch.entries.append(Batch.Entry(column: place, cell: try cell(&reader, &batch.texts)))
            }
            batch.rows.append(
                Batch.Row(
                    series: position, end: Int32(batch.entries.count), flags: flags, hasDelay: delay != nil, time: time,
                    delay: delay ?? 0))
        }
        return batch
    }

    private static func cell(_ reader: inout ByteReader, _ texts: inout [String]) throws(FormatError) -> Cell {
        let tag = try reader.byte()
        switch tag {
        case Cell.exact...Cell.lastExact: return Cell(tag: tag, word: try reader.zigzag())
        case Cell.double: return Cell(tag: tag, word: Int64(bitPattern: try reader.word()))
        case Cell.no, Cell.yes: return Cell(tag: tag, word: 0)
        case Cell.text:
            texts.append(try reader.text())
            return Cell(tag: tag, word: Int64(texts.count - 1))
        default: throw reader.fail(.range)
        }
    }
}
