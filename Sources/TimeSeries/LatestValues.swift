/// The latest value of each field of a series.
struct LatestValues {
    struct Entry {
        var time = Int64.min
        var cell = Cell(tag: Cell.null, word: 0)
        var text = ""
    }

    /// By field.
    private(set) var entries: [Entry] = []
    /// Time, flags and delay of the latest report.
    private(set) var time = Int64.min
    private(set) var flags: UInt8 = 0
    private(set) var delay: Int64?
    /// They changed since they were last written to the main database.
    var isUnsaved = false

    mutating func addField() {
        entries.append(Entry())
    }

    /// A value from further ahead of now, in µs, says nothing about being the newest.
    private static let ahead: Int64 = 60_000_000

    /// Takes a row in as far as it is newer than what is known.
    ///
    /// What is known may be ahead of `now`: a device's clock was wrong, or the machine's own was set back. It then gives
    /// way to whatever comes, or it would be shown as the newest until its time has come. `.max` for `now`: by time alone.
    mutating func update(
        _ row: Batch.Row, _ added: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String], now: Int64
    ) {
        let limit = now.addingReportingOverflow(LatestValues.ahead)
        let believable = limit.overflow ? Int64.max : limit.partialValue
        if row.time >= time {
            time = row.time
            flags = row.flags
            delay = row.hasDelay ? row.delay : nil
        }
        for entry in added {
            let column = Int(entry.column)
            guard row.time >= entries[column].time || entries[column].time > believable else { continue }
            entries[column].time = row.time
            entries[column].cell = entry.cell
            if entry.cell.tag == Cell.text { entries[column].text = texts[Int(entry.cell.word)] }
        }
    }

    /// Takes over a field's value of a chunk's row.
    mutating func restore(_ field: Int32, from block: Block, _ column: Column, _ row: Int) {
        let cell = Cell(tag: column.tags[row], word: column.words[row])
        entries[Int(field)].time = block.times[row]
        entries[Int(field)].cell = cell
        if cell.tag == Cell.text { entries[Int(field)].text = column.texts[Int(cell.word)] }
        guard block.times[row] >= time else { return }
        time = block.times[row]
        flags = block.flags[row]
        delay = block.delays.delay(row)
    }

    /// In the journal's form: a report for each time that is the latest of a field.
    func encode(series: Int64, fields: [Int64]) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        Journal.begin(&writer)
        var previous: Int64 = 0
        for moment in Set(entries.map(\.time)).subtracting([Int64.min]).sorted() {
            let columns = entries.indices.filter { entries[$0].time == moment }
            let isLast = moment == time
            Journal.report(
                series: series, time: moment, after: previous, flags: isLast ? flags : 0, delay: isLast ? delay : nil,
                fields: columns.count, into: &writer)
            previous = moment
            var before: Int64 = 0
            for column in columns {
                var cell = entries[column].cell
                if cell.tag == Cell.text { cell.word = 0 }
                Journal.field(fields[column], after: before, cell, [entries[column].text], into: &writer)
                before = fields[column]
            }
        }
        writer.checksum()
        return writer.bytes
    }
}
