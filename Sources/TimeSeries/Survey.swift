/// What a range of a series holds, counted from its end.
public struct SurveyResult: Sendable, Hashable {
    /// Rows, or steps with at least one value; no more than the limit.
    public var count = 0
    /// The time of the oldest that was counted, µs since 1970 UTC; of a step its begin. Nil when there is none.
    public var first: Int64?
    /// There are more in the range than the limit let through.
    public var hasMore = false
    /// The parts of the range, as far as it was looked through, in which something that was stored is damaged or missing, by time.
    public var gaps: [Gap] = []

    /// Nothing.
    public init() {}
}

/// Where the rows of a series are, as far as that is known without reading files.
public struct Extent: Sendable, Hashable {
    /// The fields, of those asked for, that the series has.
    public var fields: [String]
    /// The part of the range outside of which there is no row, µs since 1970 UTC.
    public var range: Range<Int64>
}

extension TimeSeriesStore {
    /// Counts the rows of a series from `from` to before `to`, µs since 1970 UTC, from the newest on: where to begin so that the newest
    /// `limit` can be read oldest first, piece by piece, in the memory of one piece. Chunks that the range holds as a whole are mostly
    /// counted without being unpacked.
    /// - Parameters:
    ///   - fields: names; nil for all. Rows without any of them do not count.
    ///   - limit: how many are counted at most, 1 or more.
    ///   - step: counts steps of so many µs, aligned to 1970, instead of rows.
    /// - Throws: `TimeSeriesFailure.badRange`, or `SQLFailure`.
    public func survey(
        _ series: SeriesKey, fields: [String]? = nil, from: Int64, to: Int64, limit: Int, step: Int64? = nil
    ) async throws -> SurveyResult {
        guard from <= to, limit > 0, step.map({ $0 > 0 }) ?? true else { throw TimeSeriesFailure.badRange }
        guard let snapshot = snapshot(series, fields, from, to) else { return SurveyResult() }
        var run = SurveyRun(snapshot: snapshot, limit: limit, step: step)
        run.result.gaps = try await perform(&run)
        return run.result
    }

    /// Where the rows of a series from `from` to before `to` can be. Nil when the series, or every field asked for, is unknown.
    public func extent(_ series: SeriesKey, fields: [String]? = nil, from: Int64, to: Int64) -> Extent? {
        guard from <= to, let snapshot = snapshot(series, fields, from, to) else { return nil }
        return Extent(fields: snapshot.names, range: bounded(snapshot))
    }

    /// The range of a snapshot without what is before the first file, also one that was lost, and the first row in memory.
    func bounded(_ snapshot: Snapshot) -> Range<Int64> {
        let lost = damages.found.map(\.range.lowerBound).min() ?? .max
        let earliest = min(months.all.first?.start ?? .max, snapshot.rows.times.first ?? .max, lost)
        let low = min(max(snapshot.range.lowerBound, earliest), snapshot.range.upperBound)
        return low..<snapshot.range.upperBound
    }
}

/// Counts rows or steps.
private struct SurveyRun: QueryRun {
    let snapshot: Snapshot
    let limit: Int
    let step: Int64?
    var result = SurveyResult()

    var descending: Bool { true }
    var wantsMore: Bool { !result.hasMore }

    /// A row's own time, or the begin of its step. Times are not negative.
    private func group(_ time: Int64) -> Int64 {
        step.map { time / $0 * $0 } ?? time
    }

    mutating func take(_ block: Block, _ range: Range<Int>) {
        let columns = snapshot.ids.compactMap { id in block.ids.firstIndex(of: id).map { block.columns[$0] } }
        for row in range.reversed() where columns.contains(where: { $0.tag(row) != Cell.null }) {
            count(group(block.times[row]), rows: 1)
            if result.hasMore { return }
        }
    }

    mutating func takeWhole(_ chunk: Chunk) -> Bool {
        let entries = snapshot.ids.compactMap { chunk.entry($0) }
        if entries.isEmpty { return true }
        if step != nil {
            guard group(chunk.first) == group(chunk.last) else { return false }
            count(group(chunk.first), rows: 1)
            return true
        }
        guard entries.contains(where: { $0.present == chunk.rows }), chunk.rows <= limit - result.count else {
            return false
        }
        count(chunk.first, rows: chunk.rows)
        return true
    }

    private mutating func count(_ group: Int64, rows: Int) {
        guard group != result.first else { return }
        guard result.count < limit else {
            result.hasMore = true
            return
        }
        result.count += rows
        result.first = group
    }
}
