public import HubModel
public import TimeSeries

/// Reads what was measured, in the words of the hub.
public struct StoredHistory: ReadingHistory {
    let store: TimeSeriesStore
    let paging: Paging

    /// How long the pages of an answer are.
    package struct Paging: Sendable {
        /// Values of one page, rows by fields.
        let values: Int
        /// A page has as many rows at least: the standard is half of what a chunk has.
        let fewestRows: Int

        package init(values: Int = 32_768, fewestRows: Int = 512) {
            self.values = values
            self.fewestRows = fewestRows
        }

        func rows(_ fields: Int) -> Int { max(fewestRows, values / max(1, fields)) }
    }

    /// A history over a store.
    public init(store: TimeSeriesStore) {
        self.init(store: store, paging: Paging())
    }

    package init(store: TimeSeriesStore, paging: Paging) {
        self.store = store
        self.paging = paging
    }

    /// The newest value of every field, from memory, ordered by name.
    public func latest(device: DeviceID, measurement: String) async throws -> [LatestValue] {
        let report = store.latest(SeriesKey(source: device.text, measurement: measurement))
        return (report?.fields ?? [])
            .map {
                LatestValue(
                    field: $0.name, value: ReadingValue($0.value), observedAt: Timestamp(microseconds: $0.time))
            }
            .sorted { $0.field < $1.field }
    }

    /// The readings of a range, raw or by steps.
    /// - Throws: `Refusal` with `too_many_steps` or `invalid_parameter`; `SQLFailure` when a file cannot be read.
    public func readings(_ query: ReadingQuery) async throws -> ReadingTable {
        do throws(any Error) {
            guard let step = query.step else { return try await raw(query) }
            return try await stepped(query, step.microseconds, step.aggregate)
        } catch TimeSeriesFailure.tooManyBuckets(let limit) {
            throw Refusal(
                .tooManySteps,
                "The range has more than \(limit) steps of so many fields; ask for longer steps, fewer fields or a shorter range."
            )
        } catch TimeSeriesFailure.badRange {
            throw Refusal(.invalidParameter, "The range ends before it begins.")
        }
    }

    private func raw(_ query: ReadingQuery) async throws -> ReadingTable {
        // Newest first, so that the limit leaves out the oldest.
        let found = try await store.range(
            key(query), fields: query.fields, from: query.from.microseconds, to: query.to.microseconds,
            limit: query.limit,
            order: .descending)
        return StoredHistory.table(found, found.times.indices.reversed())
    }

    static func table(_ found: RangeResult, _ order: some Sequence<Int>) -> ReadingTable {
        let rows = order.map { row in
            (
                time: Timestamp(microseconds: found.times[row]),
                values: found.values.map { column in column[row].map(ReadingValue.init) }
            )
        }
        return ReadingTable(
            fields: found.fields, rows: rows, isTruncated: found.hasMore, gaps: found.gaps.map(ReadingGap.init))
    }

    func stepped(_ query: ReadingQuery, _ step: Int64, _ aggregate: Aggregate) async throws -> ReadingTable {
        let found = try await store.aggregate(
            key(query), fields: query.fields, from: query.from.microseconds, to: query.to.microseconds, step: step)
        let kept = found.buckets.suffix(query.limit)
        let rows = kept.map { bucket in
            (
                time: Timestamp(microseconds: bucket.start),
                values: bucket.fields.map { StoredHistory.value($0, aggregate) }
            )
        }
        return ReadingTable(
            fields: found.fields, rows: rows, isTruncated: kept.count < found.buckets.count,
            gaps: found.gaps.map(ReadingGap.init))
    }

    func key(_ query: ReadingQuery) -> SeriesKey {
        SeriesKey(source: query.device.text, measurement: query.measurement)
    }

    private static func value(_ field: FieldAggregate, _ aggregate: Aggregate) -> ReadingValue? {
        guard field.count > 0 else { return nil }
        switch aggregate {
        case .mean: return field.mean.map(ReadingValue.double)
        case .min: return field.min.map(ReadingValue.init)
        case .max: return field.max.map(ReadingValue.init)
        case .sum: return field.numbers > 0 ? .double(field.sum) : nil
        // As many as `mean` and `sum` are made of: texts are none of them.
        case .count: return .integer(Int64(field.numbers))
        case .first: return field.first.map(ReadingValue.init)
        case .last: return field.last.map(ReadingValue.init)
        }
    }
}

extension ReadingGap {
    init(_ gap: Gap) {
        let reason: Reason =
            switch gap.reason {
            case .missing: .missing
            case .empty: .empty
            case .unreadable: .unreadable
            case .damaged, .chunk: .damaged
            case .foreign: .foreign
            case .outdated: .outdated
            }
        self.init(
            from: Timestamp(microseconds: gap.range.lowerBound), to: Timestamp(microseconds: gap.range.upperBound),
            reason: reason)
    }
}
