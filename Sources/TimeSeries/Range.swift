/// In which order rows are read.
public enum ReadOrder: Sendable, Hashable {
    /// Oldest first.
    case ascending
    /// Newest first.
    case descending
}

/// Rows of a series, in columns.
public struct RangeResult: Sendable, Hashable {
    /// The fields, of those asked for, that the series has.
    public var fields: [String] = []
    /// The time of each row, µs since 1970 UTC.
    public var times: [Int64] = []
    /// When each came in, µs since 1970 UTC, where it was given.
    public var receivedAt: [Int64?] = []
    /// The marks of each.
    public var flags: [ReportFlags] = []
    /// The values: by field, then by row; nil where a row does not have the field.
    public var values: [[Value?]] = []
    /// There are more rows in the range than the limit let through.
    public var hasMore = false
    /// The parts of the range in which something that was stored is damaged or missing, by time.
    public var gaps: [Gap] = []

    /// No rows.
    public init() {}
}

extension TimeSeriesStore {
    /// The rows of a series from `from` to before `to`, µs since 1970 UTC.
    ///
    /// Rows without any of the fields asked for are left out. An unknown series has no rows.
    /// - Parameters:
    ///   - fields: names; nil for all.
    ///   - limit: rows at most, 1 or more; fewer where their texts are longer together than `StoreLimits.answerTextBytes`.
    /// - Throws: `TimeSeriesFailure.badRange`, or `SQLFailure`.
    public func range(
        _ series: SeriesKey, fields: [String]? = nil, from: Int64, to: Int64, limit: Int,
        order: ReadOrder = .ascending
    ) async throws -> RangeResult {
        guard from <= to, limit > 0 else { throw TimeSeriesFailure.badRange }
        guard let snapshot = snapshot(series, fields, from, to) else { return RangeResult() }
        var run = RangeRun(
            snapshot: snapshot, descending: order == .descending, limit: limit,
            textLimit: configuration.limits.answerTextBytes)
        run.result.fields = snapshot.names
        run.result.values = snapshot.names.map { _ in [] }
        run.result.gaps = try await perform(&run)
        return run.result
    }
}

/// Collects rows.
private struct RangeRun: QueryRun {
    let snapshot: Snapshot
    let descending: Bool
    let limit: Int
    let textLimit: Int
    var result = RangeResult()
    private var textBytes = 0

    init(snapshot: Snapshot, descending: Bool, limit: Int, textLimit: Int) {
        self.snapshot = snapshot
        self.descending = descending
        self.limit = limit
        self.textLimit = textLimit
    }

    var wantsMore: Bool { !result.hasMore }

    mutating func takeWhole(_ chunk: Chunk) -> Bool {
        false
    }

    mutating func take(_ block: Block, _ range: Range<Int>) {
        let columns = snapshot.ids.map { id in block.ids.firstIndex(of: id).map { block.columns[$0] } }
        for step in 0..<range.count {
            let row = descending ? range.upperBound - 1 - step : range.lowerBound + step
            guard columns.contains(where: { ($0?.tag(row) ?? Cell.null) != Cell.null }) else { continue }
            guard result.times.count < limit, textBytes < textLimit else {
                result.hasMore = true
                return
            }
            let time = block.times[row]
            result.times.append(time)
            result.flags.append(ReportFlags(rawValue: block.flags[row]))
            result.receivedAt.append(block.delays.delay(row).map { time &+ $0 })
            for (position, column) in columns.enumerated() {
                let value = column?.value(row)
                if case .text(let text)? = value { textBytes += text.utf8.count }
                result.values[position].append(value)
            }
        }
    }
}

extension Column {
    /// Of the column of delays: µs, whatever scale the codec found to be enough.
    func delay(_ row: Int) -> Int64? {
        let tag = self.tag(row)
        guard tag >= Cell.exact, tag <= Cell.exact + 6 else { return nil }
        return words[row] &* Decimals.powers[Int(6 - (tag - Cell.exact))]
    }
}
