internal import SQL

extension MonthFile {
    /// Rows a chunk must have to be left alone; rows that follow a smaller one are merged into it.
    private static let fullRows = 256

    /// Writes the names of series and fields into the file, as far as it does not have them. So a month can be read
    /// alone, and chunks never meet an id that was given again because the main database is an older copy.
    func describe(_ names: [SeriesNames]) async throws {
        try await database.write { transaction in
            var known: Set<Int64> = []
            try transaction.queryEach("SELECT id FROM field") { known.insert(try $0.integer(0)) }
            for series in names where !series.fields.allSatisfy({ known.contains($0.id) }) {
                try transaction.execute(
                    """
                    INSERT INTO series (id, source, measurement, tags) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    [
                        .integer(series.id), .text(series.key.source), .text(series.key.measurement),
                        .text(series.key.tagText),
                    ])
                for field in series.fields where !known.contains(field.id) {
                    try transaction.execute(
                        "INSERT INTO field (id, series, name) VALUES ($1, $2, $3)",
                        [.integer(field.id), .integer(series.id), .text(field.name)])
                }
            }
        }
    }

    /// Writes runs, durable when it returns. Order is slot, then series: the order of ids.
    /// - Parameter tell: told the id of each chunk that was set aside because it is damaged, and what is wrong with it.
    func write(
        _ runs: [SealRun], _ sealed: inout Sealed, tell: @escaping @Sendable (Int64, String) -> Void
    ) async throws {
        var parts: [(slot: Int64, run: Int, rows: Range<Int>)] = []
        for (index, run) in runs.enumerated() {
            var start = 0
            while start < run.block.count {
                let slot = slot(of: run.block.times[start])
                let end = run.block.lowerBound(month.start + (slot + 1) * self.slot)
                parts.append((slot, index, start..<end))
                start = end
            }
        }
        parts.sort { ($0.slot, runs[$0.run].series) < ($1.slot, runs[$1.run].series) }
        // Some thousand chunks a transaction: the log stays small, and a crash between two of them is harmless.
        for start in stride(from: 0, to: parts.count, by: 2000) {
            let group = parts[start..<min(start + 2000, parts.count)]
            let done = sealed
            sealed = try await database.write { transaction in
                var sealed = done
                var total = Total()
                for part in group {
                    let run = runs[part.run]
                    let whole = part.rows == 0..<run.block.count
                    let rows = whole ? run.block : run.block.slice(part.rows)
                    try seal(rows, slot: part.slot, series: run.series, &sealed, &total, tell, in: transaction)
                }
                try transaction.execute(
                    "UPDATE total SET chunks = chunks + $1, bytes = bytes + $2, points = points + $3",
                    [.integer(total.chunks), .integer(total.bytes), .integer(total.points)])
                return sealed
            }
        }
    }

    private struct Total {
        var chunks: Int64 = 0
        var bytes: Int64 = 0
        var points: Int64 = 0
    }

    /// A chunk of the slot that is there already.
    private struct Existing {
        var id: Int64
        var first: Int64
        var last: Int64
        var points: Int64
        var bytes: Int64
    }

    /// Adds rows of one slot of one series to its chunks, which then again do not overlap.
    private func seal(
        _ rows: Block, slot: Int64, series: Int64, _ sealed: inout Sealed, _ total: inout Total,
        _ tell: (Int64, String) -> Void, in transaction: Transaction
    ) throws {
        sealed.rows += rows.count
        let existing = try transaction.query(
            "SELECT id, first, last, points, length(data) FROM chunk WHERE id BETWEEN $1 AND $2 ORDER BY first",
            [.integer(id(slot: slot, series: series, part: 0)), .integer(id(slot: slot, series: series, part: 0xffff))]
        ).map { row in
            Existing(
                id: try row.integer(0), first: try row.integer(1), last: try row.integer(2), points: try row.integer(3),
                bytes: try row.integer(4))
        }
        var nextID = existing.map { $0.id + 1 }.max() ?? id(slot: slot, series: series, part: 0)
        var start = 0
        // A row belongs to the last chunk that begins at or before it; rows before all chunks go to the first one.
        for (index, chunk) in existing.enumerated() where start < rows.count {
            let isLast = index == existing.count - 1
            var end = isLast ? rows.count : rows.lowerBound(existing[index + 1].first)
            if isLast, chunk.points >= MonthFile.fullRows { end = max(start, rows.lowerBound(chunk.last + 1)) }
            guard start < end else { continue }
            var merged = try read(chunk, &sealed, tell, in: transaction)
            merged.append(rows.slice(start..<end))
            total.chunks -= 1
            total.bytes -= chunk.bytes
            total.points -= chunk.points
            try write(merged.sorted(), series, replacing: chunk.id, &nextID, &sealed, &total, in: transaction)
            start = end
        }
        if start < rows.count {
            let rest = start == 0 ? rows : rows.slice(start..<rows.count)
            try write(rest, series, replacing: nil, &nextID, &sealed, &total, in: transaction)
        }
    }

    /// A chunk's rows; none when it is damaged, after its bytes were set aside.
    private func read(
        _ chunk: Existing, _ sealed: inout Sealed, _ tell: (Int64, String) -> Void, in transaction: Transaction
    ) throws -> Block {
        let data = try transaction.queryOne("SELECT data FROM chunk WHERE id = $1", [.integer(chunk.id)]).blob(0)
        do {
            return try Chunk(data).block()
        } catch {
            try transaction.execute(
                "INSERT INTO quarantine (id, reason, data) VALUES ($1, $2, $3)",
                [.integer(chunk.id), .text(error.reason.rawValue), .blob(data)])
            sealed.damagedChunks += 1
            tell(chunk.id, error.reason.rawValue)
            return Block()
        }
    }

    /// Writes rows as chunks, the first of them in the place of one that is there.
    private func write(
        _ rows: Block, _ series: Int64, replacing: Int64?, _ nextID: inout Int64, _ sealed: inout Sealed,
        _ total: inout Total, in transaction: Transaction
    ) throws {
        let pieces = (rows.count + Chunk.maximumRows - 1) / Chunk.maximumRows
        for piece in 0..<pieces {
            let low = piece * rows.count / pieces
            let high = (piece + 1) * rows.count / pieces
            let data = Chunk.encode(pieces == 1 ? rows : rows.slice(low..<high))
            let id: Int64
            if piece == 0, let replacing {
                id = replacing
            } else {
                guard nextID >> 16 & 0xffff_ffff == series else { throw TimeSeriesFailure.slotFull(series: series) }
                id = nextID
                nextID += 1
            }
            try transaction.execute(
                """
                INSERT INTO chunk (id, first, last, points, data) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (id) DO UPDATE SET first = excluded.first, last = excluded.last,
                    points = excluded.points, data = excluded.data
                """,
                [
                    .integer(id), .integer(rows.times[low]), .integer(rows.times[high - 1]),
                    .integer(Int64(high - low)), .blob(data),
                ])
            sealed.chunks += 1
            sealed.bytes += data.count
            total.chunks += 1
            total.bytes += Int64(data.count)
            total.points += Int64(high - low)
        }
    }
}
