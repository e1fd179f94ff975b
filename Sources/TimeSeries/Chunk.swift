/// Sealed rows of one series: the unit that is stored, read and replaced. FORMAT.md, "Chunk".
package struct Chunk: Sendable {
    static let magic: [UInt8] = [0x4d, 0x43]
    static let version: UInt8 = 1
    /// Rows a chunk has at most when it is made; a reader accepts up to `rowLimit`.
    static let maximumRows = 1024
    static let rowLimit = 65_536
    /// Column ids below this are the store's own; a field's column has the field's id plus this.
    static let firstField: Int64 = 2
    private static let flagsColumn: Int64 = 0
    private static let delayColumn: Int64 = 1

    /// A column as the header describes it.
    package struct Entry: Sendable {
        var id: Int64
        var form: UInt8
        var present: Int
        package var statistics: ColumnStatistics?
        var payload: Range<Int>
    }

    package let rows: Int
    /// The first and the last time, µs.
    let first: Int64
    let last: Int64
    package let entries: [Entry]
    private let unit: Int64
    private let timePayload: Range<Int>
    private let bytes: [UInt8]
}

extension Chunk {
    /// The chunk of a sorted block of 1...`rowLimit` rows.
    package static func encode(_ block: Block) -> [UInt8] {
        guard let first = block.times.first, let last = block.times.last else { return [] }
        var writer = ByteWriter(capacity: 64 + block.count * (block.columns.count + 1) * 2)
        writer.append(magic)
        writer.byte(version)
        writer.varint(block.count)

        // Stamps of whole ms or s are kept as such: no bits for zeros, nothing lost.
        var power = 0
        while power < 6, block.times.allSatisfy({ $0 % Decimals.powers[power + 1] == 0 }) { power += 1 }
        let unit = Decimals.powers[power]
        writer.byte(UInt8(power))
        writer.zigzag(first / unit)
        writer.varint(UInt64(bitPattern: last / unit &- first / unit))
        var times = ByteWriter(capacity: block.count * 2)
        IntegerCodec.encodeDeltas(block.times.map { $0 / unit }, into: &times)
        writer.varint(times.count)
        writer.append(times.bytes)

        var body = ByteWriter(capacity: block.count * block.columns.count * 2)
        var count = 0
        var previous: Int64 = 0
        func add(_ column: Column, _ id: Int64) {
            guard ColumnCodec.encode(column, id: id, after: previous, rows: block.count, into: &body) else { return }
            previous = id
            count += 1
        }
        if block.flags.contains(where: { $0 != 0 }) {
            let tags = [UInt8](repeating: Cell.exact, count: block.count)
            add(Column(tags: tags, words: block.flags.map { Int64($0) }), flagsColumn)
        }
        add(block.delays, delayColumn)
        for position in block.ids.indices.sorted(by: { block.ids[$0] < block.ids[$1] }) {
            add(block.columns[position], block.ids[position] + firstField)
        }
        writer.varint(count)
        writer.append(body.bytes)
        writer.checksum()
        return writer.bytes
    }

    /// Verifies the checksum and reads the header; payloads are unpacked when asked for.
    package init(_ bytes: [UInt8]) throws(FormatError) {
        var reader = try ByteReader(checked: bytes)
        guard try reader.byte() == Chunk.magic[0], try reader.byte() == Chunk.magic[1] else {
            throw reader.fail(.magic)
        }
        guard try reader.byte() == Chunk.version else { throw reader.fail(.version) }
        rows = try reader.count(limit: Chunk.rowLimit)
        guard rows > 0 else { throw reader.fail(.range) }
        let power = Int(try reader.byte())
        guard power <= 6 else { throw reader.fail(.range) }
        unit = Decimals.powers[power]
        let start = try reader.zigzag()
        let end = start &+ Int64(bitPattern: try reader.varint())
        let (firstTime, low) = start.multipliedReportingOverflow(by: unit)
        let (lastTime, high) = end.multipliedReportingOverflow(by: unit)
        guard !low, !high, firstTime <= lastTime else { throw reader.fail(.range) }
        first = firstTime
        last = lastTime
        timePayload = try reader.range(try reader.count(limit: reader.remaining))
        entries = try Chunk.entries(&reader, rows: rows)
        self.bytes = bytes
    }

    private static func entries(_ reader: inout ByteReader, rows: Int) throws(FormatError) -> [Entry] {
        var entries: [Entry] = []
        var id: Int64 = 0
        for _ in 0..<(try reader.count(limit: reader.remaining)) {
            id = id &+ Int64(bitPattern: try reader.varint())
            let form = try reader.byte()
            guard let family = Family(rawValue: form & ColumnCodec.familyMask) else { throw reader.fail(.range) }
            let present = form & ColumnCodec.hasNulls != 0 ? try reader.count(limit: rows) : rows
            guard present > 0 else { throw reader.fail(.range) }
            var statistics: ColumnStatistics?
            if form & ColumnCodec.hasStatistics != 0 {
                statistics = try ColumnCodec.decodeStatistics(&reader, family, rows: rows)
            }
            let payload = try reader.range(try reader.count(limit: reader.remaining))
            entries.append(Entry(id: id, form: form, present: present, statistics: statistics, payload: payload))
        }
        return entries
    }

    /// All rows, with the columns of some fields (nil: all).
    package func block(fields: [Int64]? = nil) throws(FormatError) -> Block {
        var block = Block()
        var times = ByteReader(bytes, timePayload)
        block.times = try IntegerCodec.decodeDeltas(&times, first: first / unit, count: rows)
        if unit > 1 {
            for row in block.times.indices { block.times[row] = block.times[row] &* unit }
        }
        for row in block.times.indices.dropFirst() where block.times[row] <= block.times[row - 1] {
            throw times.fail(.range)
        }
        guard block.times.last == last else { throw times.fail(.range) }
        block.flags = [UInt8](repeating: 0, count: rows)
        for entry in entries {
            switch entry.id {
            case Chunk.flagsColumn:
                let column = try self.column(entry)
                for row in 0..<column.count { block.flags[row] = UInt8(truncatingIfNeeded: column.words[row]) }
            case Chunk.delayColumn: block.delays = try self.column(entry)
            case let id where fields?.contains(id - Chunk.firstField) ?? true:
                block.ids.append(id - Chunk.firstField)
                block.columns.append(try self.column(entry))
            default: break
            }
        }
        return block
    }

    /// The header's entry of a field.
    func entry(_ field: Int64) -> Entry? {
        entries.first { $0.id == field + Chunk.firstField }
    }

    private func column(_ entry: Entry) throws(FormatError) -> Column {
        var reader = ByteReader(bytes, entry.payload)
        return try ColumnCodec.decode(&reader, form: entry.form, present: entry.present, rows: rows)
    }
}
