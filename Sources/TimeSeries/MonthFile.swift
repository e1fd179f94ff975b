internal import SQL

/// A month's chunks.
struct MonthFile: Sendable {
    let month: Month
    let database: Database
    /// The slot's length, µs.
    let slot: Int64

    /// The id of a chunk: slot, series, part. All chunks of a slot lie together and slots follow each other, so sealing
    /// writes at the end of the file.
    func id(slot: Int64, series: Int64, part: Int64) -> Int64 {
        slot << 48 | series << 16 | part
    }

    /// The slot of a time in this month.
    func slot(of time: Int64) -> Int64 {
        (time - month.start) / slot
    }

    /// The range of time that a chunk of this id may have rows of.
    func range(ofChunk id: Int64) -> Range<Int64> {
        let start = month.start + (id >> 48) * slot
        return start..<start + slot
    }

    /// A row of the table of chunks.
    struct Row {
        var id: Int64
        /// The time of its first and last report, µs since 1970 UTC.
        var first: Int64
        var last: Int64
        var data: [UInt8]
    }

    /// Hands over the chunks of a series that overlap a range, by time, until `visit` returns false.
    func visit(
        _ reader: Reader, series: Int64, _ range: Range<Int64>, descending: Bool, _ visit: (Row) throws -> Bool
    ) throws {
        let low = slot(of: max(range.lowerBound, month.start))
        let high = slot(of: min(range.upperBound, month.next.start) - 1)
        guard low <= high else { return }
        let sql = """
            SELECT data, id, first, last FROM chunk WHERE id BETWEEN $1 AND $2 AND last >= $3 AND first < $4
            ORDER BY first
            """
        for step in 0...(high - low) {
            let slot = descending ? high - step : low + step
            let rows = try reader.query(
                descending ? sql + " DESC" : sql,
                [
                    .integer(id(slot: slot, series: series, part: 0)),
                    .integer(id(slot: slot, series: series, part: 0xffff)),
                    .integer(range.lowerBound), .integer(range.upperBound),
                ])
            for row in rows {
                let row = Row(
                    id: try row.integer(1), first: try row.integer(2), last: try row.integer(3), data: try row.blob(0))
                if try !visit(row) { return }
            }
        }
    }

    /// The chunks of a series that were found damaged and set aside in the file.
    func quarantined(_ reader: Reader, series: Int64) throws -> [Int64] {
        try reader.query("SELECT id FROM quarantine WHERE (id >> 16) & 4294967295 = $1", [.integer(series)])
            .map { try $0.integer(0) }
    }

    /// What it holds, by its own count.
    static func totals(_ reader: some SQLReading) throws -> MonthTotals {
        let row = try reader.queryOne("SELECT chunks, bytes, points FROM total")
        return MonthTotals(chunks: try row.integer(0), bytes: try row.integer(1), reports: try row.integer(2))
    }
}
