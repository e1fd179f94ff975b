/// All series in memory. Guarded by the store's lock.
struct Heads {
    private(set) var all: ContiguousArray<SeriesHead> = []
    private var index: [SeriesKey: Int32] = [:]
    private var byID: [Int64: Int32] = [:]
    private(set) var bySource: [String: [Int32]] = [:]

    /// About how many bytes the rows in memory take.
    private(set) var bytes = 0
    private var sealingBytes = 0
    /// The highest journal row that is in the heads.
    private(set) var applied: Int64 = 0
    /// Journal rows that were written and neither applied nor discarded, by ticket.
    private var pending: [Int: Int64] = [:]
    private var tickets = 0
    private(set) var journal = JournalSize()
    /// What opening found.
    var recovery = Recovery()
    /// When the last seal began, µs since 1970 UTC.
    var lastSeal = Int64.min

    struct JournalSize {
        var rows = 0
        var bytes = 0
    }

    func head(_ key: SeriesKey) -> SeriesHead? {
        index[key].map { all[Int($0)] }
    }

    func position(id: Int64) -> Int32? {
        byID[id]
    }

    func position(_ key: SeriesKey) -> Int32? {
        index[key]
    }

    /// Adds a series, or finds it.
    mutating func install(_ key: SeriesKey, id: Int64) -> Int32 {
        if let position = byID[id] { return position }
        let position = Int32(all.count)
        all.append(SeriesHead(id: id, key: key))
        index[key] = position
        byID[id] = position
        bySource[key.source, default: []].append(position)
        return position
    }

    /// A journal row was written in a transaction that has not committed yet.
    ///
    /// Rows that were expected with this number or a higher one went with a transaction that was rolled back, or the
    /// database would not give the number again: a caller whose commit failed need not know what to discard.
    mutating func expect(_ sequence: Int64) -> Int {
        tickets += 1
        for (ticket, other) in pending where other >= sequence { pending[ticket] = nil }
        pending[tickets] = sequence
        return tickets
    }

    var pendingIsEmpty: Bool { pending.isEmpty }

    mutating func forget(_ ticket: Int) {
        pending[ticket] = nil
    }

    /// Takes in a batch that was committed now, or is replayed.
    mutating func apply(_ batch: Batch, sequence: Int64, size: Int) {
        applied = max(applied, sequence)
        journal.rows += 1
        journal.bytes += size
        var start = 0
        var added = 0
        // The entries of a row end where its `end` says, at most at `entries.count`, as staging and decoding made them.
        batch.entries.withUnsafeBufferPointer { entries in
            for row in batch.rows {
                let end = Int(row.end)
                added += all[Int(row.series)].apply(row, entries[start..<end], batch.texts)
                start = end
            }
        }
        bytes += added
    }

    /// Moves all rows aside; what is in memory then belongs to journal rows up to the one that is returned, save rows
    /// that are not applied yet.
    mutating func beginSeal(at time: Int64) -> (blocks: [(series: Int64, block: Block)], through: Int64) {
        lastSeal = time
        sealingBytes = bytes
        let blocks = all.compactMap { head in head.beginSeal().map { (series: head.id, block: $0) } }
        // Batches are applied in any order: one that is still on its way keeps its journal row and all after it.
        let through = min(applied, (pending.values.min() ?? .max) - 1)
        return (blocks, through)
    }

    /// The rows moved aside are on disk: forget them here.
    mutating func dropSealed() {
        for head in all { head.endSeal() }
        bytes -= sealingBytes
        sealingBytes = 0
    }

    mutating func trimmed(rows: Int, bytes: Int) {
        journal.rows = max(0, journal.rows - rows)
        journal.bytes = max(0, journal.bytes - bytes)
    }
}
