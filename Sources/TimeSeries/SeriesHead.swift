/// A series in memory: its fields, the rows that are not sealed yet, and its latest values. Guarded by the store's
/// lock.
final class SeriesHead {
    let id: Int64
    let key: SeriesKey
    private(set) var fields = FieldTable()
    /// Rows since the last seal began.
    private(set) var active = Block()
    /// Rows that are being sealed, nil when none are.
    private(set) var sealing: Block?
    var latest = LatestValues()
    /// The greatest time of all rows that were in memory; rows on disk end with the last month. The latest report may be an earlier
    /// one: its device's clock was set back.
    private(set) var newestTime = Int64.min

    init(id: Int64, key: SeriesKey) {
        self.id = id
        self.key = key
    }

    /// Adds a field, or finds it.
    func install(_ name: String, id: Int64) -> Int32 {
        if let position = fields.position(name) { return position }
        latest.addField()
        active.ids.append(id)
        active.columns.append(Column())
        return fields.add(name, id: id)
    }

    /// Keeps the order of a report's fields.
    func learn(_ report: [Field]) {
        fields.learn(report)
    }

    /// Takes a row in. Returns about how many bytes of memory it costs.
    func apply(
        _ row: Batch.Row, _ entries: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) -> Int {
        active.append(row, entries, texts)
        newestTime = max(newestTime, row.time)
        latest.update(row, entries, texts)
        latest.isUnsaved = true
        var bytes = 9 + 9 * entries.count + (row.hasDelay ? 9 : 0)
        for entry in entries where entry.cell.tag == Cell.text { bytes += 16 + texts[Int(entry.cell.word)].utf8.count }
        return bytes
    }

    /// Moves the rows aside for sealing and gives them, nil when there are none. Rows of a seal that failed come along.
    func beginSeal() -> Block? {
        if !active.isEmpty {
            var rows = sealing ?? Block()
            if rows.isEmpty { rows = active } else { rows.append(active) }
            sealing = rows
            active = Block()
            active.ids = fields.ids
            active.columns = fields.ids.map { _ in Column() }
        }
        return sealing
    }

    /// The rows that were moved aside are on disk.
    func endSeal() {
        sealing = nil
    }

    /// The rows in memory from `from` to before `to`, of some columns (nil: all).
    func rows(_ range: Range<Int64>, fields: [Int64]?) -> (older: Block?, newer: Block) {
        if !active.isSorted { active = active.sorted() }
        if let sealing, !sealing.isSorted { self.sealing = sealing.sorted() }
        return (
            sealing.map { $0.slice($0.rows(range), fields: fields) }, active.slice(active.rows(range), fields: fields)
        )
    }
}

extension Block {
    /// The rows of a sorted block whose times are in a range.
    func rows(_ range: Range<Int64>) -> Range<Int> {
        let low = lowerBound(range.lowerBound)
        return low..<max(low, lowerBound(range.upperBound))
    }

    /// Appends a row whose entries name columns by position.
    mutating func append(
        _ row: Batch.Row, _ entries: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) {
        beginRow(time: row.time, flags: row.flags, delay: row.hasDelay ? row.delay : nil)
        let place = times.count - 1
        for entry in entries {
            let column = Int(entry.column)
            if entry.cell.tag == Cell.text {
                columns[column].set(place, text: texts[Int(entry.cell.word)])
            } else {
                columns[column].set(place, entry.cell)
            }
        }
    }
}
