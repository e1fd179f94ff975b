/// The fields of a series. A value of its own, so that a report pays for access to the series once and not once a
/// field.
struct FieldTable {
    private(set) var ids: [Int64] = []
    private(set) var names: [String] = []
    private var positions: [String: Int32] = [:]
    /// The positions of the last report's fields in their order: most reports of a series are built alike.
    private var layout: [Int32] = []

    func position(_ name: String) -> Int32? {
        positions[name]
    }

    /// The position of a field by its id; a series has few fields.
    func position(id: Int64) -> Int32? {
        ids.firstIndex(of: id).map { Int32($0) }
    }

    mutating func add(_ name: String, id: Int64) -> Int32 {
        let position = Int32(ids.count)
        positions[name] = position
        ids.append(id)
        names.append(name)
        return position
    }

    /// What became of a report's fields.
    enum Resolution {
        /// All are entries now, and all were where the last report had them.
        case asBefore
        /// All are entries now; the layout should be learnt.
        case another
        /// One has no id yet; nothing was added.
        case unknown
    }

    /// Turns fields into entries.
    func resolve(_ fields: [Field], _ new: NewNames, series: Int64, _ batch: inout Batch) -> Resolution {
        let start = batch.entries.count
        let textStart = batch.texts.count
        var resolution = Resolution.asBefore
        for index in fields.indices {
            let column: Int32
            if index < layout.count, names[Int(layout[index])] == fields[index].name {
                column = layout[index]
            } else if let position = positions[fields[index].name] {
                column = position
                resolution = .another
            } else if let position = new.fieldPosition(series, fields[index].name) {
                column = -1 - position
            } else {
                batch.entries.removeSubrange(start...)
                batch.texts.removeSubrange(textStart...)
                return .unknown
            }
            batch.entries.append(Batch.Entry(column: column, cell: batch.cell(fields[index].value)))
        }
        return resolution
    }

    /// Keeps the order of a report whose fields are all known.
    mutating func learn(_ fields: [Field]) {
        layout = fields.prefix { positions[$0.name] != nil }.compactMap { positions[$0.name] }
    }

    /// Appends the entries from `start` on to the journal row.
    func encode(_ batch: borrowing Batch, from start: Int, _ new: NewNames, into writer: inout ByteWriter) {
        var id: Int64 = 0
        for index in start..<batch.entries.count {
            let entry = batch.entries[index]
            let next = entry.column >= 0 ? ids[Int(entry.column)] : new.fields[Int(-1 - entry.column)].id
            Journal.field(next, after: id, entry.cell, batch.texts, into: &writer)
            id = next
        }
    }
}

extension Batch {
    /// A value as a cell of this batch.
    mutating func cell(_ value: Value) -> Cell {
        if let cell = Cell(value) { return cell }
        if case .text(let text) = value { texts.append(text) }
        return Cell(tag: Cell.text, word: Int64(texts.count - 1))
    }
}
