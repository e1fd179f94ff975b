/// Rows of a series, summed up by steps of time.
public struct AggregateResult: Sendable, Hashable {
    /// The fields, of those asked for, that the series has.
    public var fields: [String] = []
    /// Buckets with at least one value, oldest first.
    public var buckets: [Bucket] = []
    /// The parts of the range in which something that was stored is damaged or missing, by time.
    public var gaps: [Gap] = []

    /// No buckets.
    public init() {}
}

/// A step of time.
public struct Bucket: Sendable, Hashable {
    /// When it begins, µs since 1970 UTC. The first one may begin before the range.
    public var start: Int64
    /// What was seen of each field, in the order of `AggregateResult.fields`.
    public var fields: [FieldAggregate]

    /// Makes a bucket.
    public init(start: Int64, fields: [FieldAggregate]) {
        self.start = start
        self.fields = fields
    }
}

extension TimeSeriesStore {
    /// Count, sum, mean, least, greatest, first and last value of each field, for each step of time from `from` to
    /// before `to`, µs since 1970 UTC.
    ///
    /// Chunks are added up as they are unpacked; those within one bucket by their headers alone. An unknown series has
    /// no buckets.
    /// - Parameters:
    ///   - fields: names; nil for all.
    ///   - step: µs, 1 or more. Use `to - from` with `origin: from` for the range as a whole.
    ///   - origin: a time at which a bucket begins, µs since 1970 UTC.
    /// - Throws: `TimeSeriesFailure.badRange` and `tooManyBuckets`, or `SQLFailure`.
    public func aggregate(
        _ series: SeriesKey, fields: [String]? = nil, from: Int64, to: Int64, step: Int64, origin: Int64 = 0
    ) async throws -> AggregateResult {
        guard from <= to, step > 0 else { throw TimeSeriesFailure.badRange }
        guard var snapshot = snapshot(series, fields, from, to) else { return AggregateResult() }
        snapshot.range = bounded(snapshot)
        let limits = configuration.limits
        let limit = min(limits.buckets, max(1, limits.bucketFields / snapshot.names.count))
        guard Int64(snapshot.range.count) / step < Int64(limit) else {
            throw TimeSeriesFailure.tooManyBuckets(limit: limit)
        }
        let phase = origin % step
        var run = AggregateRun(snapshot: snapshot, step: step, phase: phase < 0 ? phase + step : phase)
        run.result.fields = snapshot.names
        run.result.gaps = try await perform(&run)
        return run.result
    }
}

/// Adds rows up.
private struct AggregateRun: QueryRun {
    let snapshot: Snapshot
    let step: Int64
    /// Where buckets begin within a step, 0..<step.
    let phase: Int64
    var result = AggregateResult()

    var descending: Bool { false }
    var wantsMore: Bool { true }

    /// The start of a time's bucket. Times are not negative, so nothing overflows but a bucket that begins before 1970.
    private func start(of time: Int64) -> Int64 {
        (Month.floorDivide(time - phase, step)) * step + phase
    }

    mutating func take(_ block: Block, _ range: Range<Int>) {
        let columns = snapshot.ids.map { id in block.ids.firstIndex(of: id) }
        var row = range.lowerBound
        while row < range.upperBound {
            let start = start(of: block.times[row])
            let (next, overflow) = start.addingReportingOverflow(step)
            let end = overflow ? range.upperBound : min(range.upperBound, block.lowerBound(next))
            let hasValue = columns.contains { column in
                column.map { position in (row..<end).contains { block.columns[position].tag($0) != Cell.null } }
                    ?? false
            }
            if hasValue {
                let bucket = bucket(start)
                for (position, column) in columns.enumerated() {
                    guard let column else { continue }
                    result.buckets[bucket].fields[position].add(block.columns[column], row..<end, block.times)
                }
            }
            row = end
        }
    }

    mutating func takeWhole(_ chunk: Chunk) throws(FormatError) -> Bool {
        let start = start(of: chunk.first)
        guard start == self.start(of: chunk.last) else { return false }
        let entries = snapshot.ids.map { chunk.entry($0) }
        // One that must be unpacked costs as much as all of them.
        guard entries.allSatisfy({ $0 == nil || $0?.statistics != nil }) else { return false }
        guard entries.contains(where: { $0 != nil }) else { return true }
        let bucket = bucket(start)
        for (position, entry) in entries.enumerated() {
            guard let statistics = entry?.statistics else { continue }
            result.buckets[bucket].fields[position].add(statistics, rows: chunk.rows, chunk.first, chunk.last)
        }
        return true
    }

    /// The position of the bucket that begins at `start`: the last one, or a new one.
    private mutating func bucket(_ start: Int64) -> Int {
        if result.buckets.last?.start != start {
            result.buckets.append(Bucket(start: start, fields: snapshot.ids.map { _ in FieldAggregate() }))
        }
        return result.buckets.count - 1
    }
}
