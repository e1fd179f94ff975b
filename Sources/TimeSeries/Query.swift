internal import SQL
internal import Synchronization

/// What a query takes from memory before it reads the files.
///
/// Rows move from memory to files and never back. So memory is read first: a row that is sealed meanwhile is then seen
/// twice, which merging by time undoes; the other way round it would be missed.
struct Snapshot: Sendable {
    var series: Int64
    var range: Range<Int64>
    /// The fields asked for that the series has, by name and id.
    var names: [String]
    var ids: [Int64]
    /// The unsealed rows of the range, sorted.
    var rows: Block
}

/// What a query does with rows. They come by time; a time comes once.
protocol QueryRun: Sendable {
    var snapshot: Snapshot { get }
    var descending: Bool { get }
    /// False when enough was seen.
    var wantsMore: Bool { get }
    /// Rows `range` of a sorted block.
    mutating func take(_ block: Block, _ range: Range<Int>)
    /// A chunk that lies in the range as a whole and that no row in memory touches; false: unpack it instead.
    mutating func takeWhole(_ chunk: Chunk) throws(FormatError) -> Bool
}

extension TimeSeriesStore {
    /// Reads a series' rows in memory; nil when the series, or every field asked for, is unknown.
    func snapshot(_ series: SeriesKey, _ fields: [String]?, _ from: Int64, _ to: Int64) -> Snapshot? {
        let end = months.all.last?.next.start ?? 0
        let taken = heads.withLock { heads -> (Snapshot, older: Block?, newer: Block)? in
            guard let head = heads.head(series), head.latest.time > Int64.min else { return nil }
            let names = fields.map { wanted in wanted.filter { head.fields.position($0) != nil } } ?? head.fields.names
            guard !names.isEmpty else { return nil }
            let ids = names.compactMap { head.fields.position($0).map { head.fields.ids[Int($0)] } }
            // No time is before 1970, or after the newest row in memory and the last file: an open range becomes a finite one.
            let low = max(from, 0)
            let range = low..<max(low, min(to, max(head.newestTime &+ 1, end)))
            let rows = head.rows(range, fields: ids)
            let snapshot = Snapshot(series: head.id, range: range, names: names, ids: ids, rows: Block())
            return (snapshot, rows.older, rows.newer)
        }
        guard var (snapshot, rows) = taken.map({ ($0.0, $0.older ?? Block()) }) else { return nil }
        if let taken { rows.append(taken.newer) }
        snapshot.rows = rows.sorted()
        return snapshot
    }

    /// Hands a run the rows of memory and files, merged. Returns the parts of the range in which something could not be read.
    func perform<Run: QueryRun>(_ run: inout Run) async throws -> [Gap] {
        let range = run.snapshot.range
        guard !range.isEmpty else { return [] }
        let wanted = Month(range.lowerBound)...Month(range.upperBound - 1)
        let files = months.all.filter { wanted.contains($0) }
        var cursor = Cursor(run)
        for month in run.descending ? files.reversed() : files where run.wantsMore {
            let before = (run, cursor)
            do {
                let after = try await months.use(month) { file in try await read(file, range, before) }
                if let after { (run, cursor) = after }
                damages.forgetUnreadable(month)
            } catch let failure as SQLFailure where failure.code == .misuse && !months.contains(month) {
                // Retention removed the month after it was looked up: it has no rows any more.
            } catch let failure as SQLFailure {
                guard let reason = failure.reason(of: months.path(month)) else { throw failure }
                damages.note(Damage(reason, month, detail: failure.message))
            }
        }
        cursor.finish(into: &run)
        for damage in damages.found { cursor.gaps.add(damage.range, damage.reason) }
        return cursor.gaps.list
    }

    /// Reads one file; what comes before a place that is damaged counts.
    private func read<Run: QueryRun>(
        _ file: MonthFile, _ range: Range<Int64>, _ before: (Run, Cursor)
    ) async throws -> (Run, Cursor) {
        try await file.database.read { [damages] reader in
            var (run, cursor) = before
            let series = run.snapshot.series
            do {
                for id in try file.quarantined(reader, series: series) {
                    cursor.gaps.add(file.range(ofChunk: id), .chunk)
                }
                try file.visit(reader, series: series, range, descending: run.descending) { row in
                    if let problem = cursor.take(row, into: &run) {
                        cursor.gaps.add(row.first..<max(row.first, row.last) + 1, .chunk)
                        damages.note(
                            chunk: .init(month: file.month, id: row.id),
                            range: row.first..<max(row.first, row.last) + 1,
                            detail: problem)
                    }
                    return run.wantsMore
                }
            } catch let failure as SQLFailure {
                guard let reason = failure.reason(of: file.month.fileName) else { throw failure }
                damages.note(Damage(reason, file.month, detail: failure.message))
            }
            return (run, cursor)
        }
    }
}

/// Merges chunks, which come by time and do not overlap, with the rows in memory.
private struct Cursor: Sendable {
    /// The rows in memory that were not taken yet.
    private var rest: Range<Int>
    var gaps: Gaps

    init(_ run: some QueryRun) {
        rest = 0..<run.snapshot.rows.count
        gaps = Gaps(in: run.snapshot.range)
    }

    /// Returns what is wrong with the chunk, when it cannot be used.
    mutating func take(_ row: MonthFile.Row, into run: inout some QueryRun) -> String? {
        do {
            let chunk = try Chunk(row.data)
            guard chunk.first == row.first, chunk.last == row.last else { return "it is another row's" }
            let rows = run.snapshot.rows
            // Rows in memory before the chunk, in the direction of reading, and those within it.
            let low = max(rest.lowerBound, rows.lowerBound(chunk.first))
            let high = max(low, min(rest.upperBound, rows.lowerBound(chunk.last + 1)))
            if run.descending, high < rest.upperBound { run.take(rows, high..<rest.upperBound) }
            if !run.descending, rest.lowerBound < low { run.take(rows, rest.lowerBound..<low) }
            rest = run.descending ? rest.lowerBound..<max(low, rest.lowerBound) : high..<max(high, rest.upperBound)

            let whole = run.snapshot.range.lowerBound <= chunk.first && chunk.last < run.snapshot.range.upperBound
            if low == high, whole, try run.takeWhole(chunk) { return nil }
            var block = try chunk.block(fields: run.snapshot.ids)
            if low < high {
                block.append(rows.slice(low..<high))
                block = block.sorted()
            }
            run.take(block, block.rows(run.snapshot.range))
            return nil
        } catch {
            return error.reason.rawValue
        }
    }

    /// The rows in memory beyond the last chunk.
    mutating func finish(into run: inout some QueryRun) {
        if !rest.isEmpty, run.wantsMore { run.take(run.snapshot.rows, rest) }
        rest = 0..<0
    }
}
