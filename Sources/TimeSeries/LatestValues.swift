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

    /// Takes a row in.
    ///
    /// Rows come in the order of their arrival, and who wrote them has judged the device's clock: what is not marked late is
    /// the present, whatever its time says. A late row counts only where it is newer than what is known. No clock is read,
    /// so that a journal that is replayed, in whole or from any row on, leads to the same values.
    mutating func update(
        _ row: Batch.Row, _ added: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) {
        let isPresent = row.flags & ReportFlags.late.rawValue == 0
        if isPresent || row.time >= time { setReport(row) }
        for entry in added {
            let column = Int(entry.column)
            guard isPresent || row.time >= entries[column].time else { continue }
            set(entry, row.time, texts)
        }
    }

    /// Takes over a row as `encode` wrote it. The last one is the latest report, whatever the times.
    mutating func restore(
        _ row: Batch.Row, _ added: Slice<UnsafeBufferPointer<Batch.Entry>>, _ texts: [String]
    ) {
        setReport(row)
        for entry in added { set(entry, row.time, texts) }
    }

    private mutating func setReport(_ row: Batch.Row) {
        time = row.time
        flags = row.flags
        delay = row.hasDelay ? row.delay : nil
    }

    private mutating func set(_ entry: Batch.Entry, _ time: Int64, _ texts: [String]) {
        let column = Int(entry.column)
        entries[column].time = time
        entries[column].cell = entry.cell
        if entry.cell.tag == Cell.text { entries[column].text = texts[Int(entry.cell.word)] }
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

    /// In the journal's form: a report for each time that is the latest of a field, the latest report as the last.
    func encode(series: Int64, fields: [Int64]) -> [UInt8] {
        var writer = ByteWriter(capacity: 64)
        Journal.begin(&writer)
        var previous: Int64 = 0
        let others = Set(entries.map(\.time)).subtracting([Int64.min, time]).sorted()
        for moment in others + (time > .min ? [time] : []) {
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
