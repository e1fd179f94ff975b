/// A series in memory: its fields, the rows that are not sealed yet, and its latest values. Guarded by the store's
/// lock.
final class SeriesHead {
    let id: Int64
    let key: SeriesKey
    private(set) var fieldIDs: [Int64] = []
    private(set) var fieldNames: [String] = []
    private var positions: [String: Int32] = [:]
    /// The positions of the last report's fields in their order: most reports of a series are built alike.
    private var layout: [Int32] = []

    /// Rows since the last seal began.
    private(set) var active = Block()
    /// Rows that are being sealed, nil when none are.
    private(set) var sealing: Block?
    /// The latest value of each field.
    private(set) var latest: [Latest] = []
    /// Time, flags and delay of the latest report.
    private(set) var lastTime = Int64.min
    private(set) var lastFlags: UInt8 = 0
    private(set) var lastDelay: Int64?
    /// The latest values changed since they were last written to the main database.
    var hasUnsavedLatest = false

    struct Latest {
        var time = Int64.min
        var cell = Cell(tag: Cell.null, word: 0)
        var text = ""
    }

    init(id: Int64, key: SeriesKey) {
        self.id = id
        self.key = key
    }

    /// Adds a field, or finds it.
    func install(_ name: String, id: Int64) -> Int32 {
        if let position = positions[name] { return position }
        let position = Int32(fieldIDs.count)
        positions[name] = position
        fieldIDs.append(id)
        fieldNames.append(name)
        latest.append(Latest())
        active.ids.append(id)
        active.columns.append(Column())
        return position
    }

    /// The position of a field that comes at `index` in its report.
    @inline(__always)
    func position(_ name: String, at index: Int) -> Int32? {
        if index < layout.count {
            let guess = layout[index]
            if guess >= 0, fieldNames[Int(guess)] == name { return guess }
        }
        guard let position = positions[name] else { return nil }
        while layout.count <= index { layout.append(-1) }
        layout[index] = position
        return position
    }

    func position(_ name: String) -> Int32? {
        positions[name]
    }

    /// The position of a field by its id; a series has few fields.
    func position(field id: Int64) -> Int32? {
        fieldIDs.firstIndex(of: id).map { Int32($0) }
    }

    /// Takes a row in. Returns about how many bytes of memory it costs.
    func apply(_ row: Batch.Row, _ entries: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]) -> Int {
        let delay = row.hasDelay ? row.delay : nil
        hasUnsavedLatest = true
        active.append(row, delay: delay, entries, texts)
        updateLatest(row, delay: delay, entries, texts)
        var bytes = 9 + 9 * entries.count + (row.hasDelay ? 9 : 0)
        for entry in entries where entry.cell.tag == Cell.text { bytes += 16 + texts[Int(entry.cell.word)].utf8.count }
        return bytes
    }

    /// Takes a row in as far as it is newer than what is known.
    func updateLatest(
        _ row: Batch.Row, delay: Int64?, _ entries: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) {
        if row.time >= lastTime {
            lastTime = row.time
            lastFlags = row.flags
            lastDelay = delay
        }
        latest.withUnsafeMutableBufferPointer { latest in
            for entry in entries {
                let column = Int(entry.column)
                guard row.time >= latest[column].time else { continue }
                latest[column].time = row.time
                latest[column].cell = entry.cell
                if entry.cell.tag == Cell.text { latest[column].text = texts[Int(entry.cell.word)] }
            }
        }
    }

    /// Moves the rows aside for sealing and gives them, nil when there are none. Rows of a seal that failed come along.
    func beginSeal() -> Block? {
        if !active.isEmpty {
            var rows = sealing ?? Block()
            if rows.isEmpty { rows = active } else { rows.append(active) }
            sealing = rows
            active = Block()
            active.ids = fieldIDs
            active.columns = fieldIDs.map { _ in Column() }
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
        _ row: Batch.Row, delay: Int64?, _ entries: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) {
        beginRow(time: row.time, flags: row.flags, delay: delay)
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
