public import HubModel
internal import TimeSeries

/// Answers of any length: the first page finds out where the newest rows begin, then they are read from there, oldest first.
extension StoredHistory {
    /// Steps of one answer, with and without values.
    private static let mostSteps: Int64 = 100_000

    /// A page of the readings that a query asks for.
    /// - Throws: `Refusal` with `too_many_steps`, `invalid_parameter` or `internal_error`; `SQLFailure` when a file cannot be read.
    public func page(of query: ReadingQuery, at place: ReadingPlace?) async throws -> ReadingPage {
        if let place { return try await page(query, at: place, isFirst: false, isTruncated: false) }
        guard query.from <= query.to else {
            throw Refusal(.invalidParameter, "The range ends before it begins.")
        }
        let extent = store.extent(
            key(query), fields: query.fields, from: query.from.microseconds, to: query.to.microseconds)
        guard let extent, !extent.range.isEmpty else { return ReadingPage(try await readings(query)) }
        if let step = query.step?.microseconds {
            let steps = Int64(extent.range.count) / step
            guard steps < StoredHistory.mostSteps else {
                throw Refusal(
                    .tooManySteps,
                    "The range has more than \(StoredHistory.mostSteps) steps; ask for longer steps or a shorter range."
                )
            }
            // The range may begin and end within a step.
            if steps + 2 <= paging.rows(extent.fields.count) { return ReadingPage(try await readings(query)) }
        } else {
            var few = query
            few.limit = min(query.limit, paging.rows(extent.fields.count))
            let table = try await readings(few)
            // Less than that, and truncated: the texts are long.
            if !table.isTruncated || table.rows.count == query.limit { return ReadingPage(table) }
        }
        let survey = try await store.survey(
            key(query), fields: query.fields, from: query.from.microseconds, to: query.to.microseconds,
            limit: query.limit, step: query.step?.microseconds)
        let place = ReadingPlace(
            fields: extent.fields,
            from: max(query.from, Timestamp(microseconds: survey.first ?? extent.range.upperBound)),
            rows: survey.count, gaps: survey.gaps.map(ReadingGap.init))
        return try await page(query, at: place, isFirst: true, isTruncated: survey.hasMore)
    }

    private func page(
        _ query: ReadingQuery, at place: ReadingPlace, isFirst: Bool, isTruncated: Bool
    ) async throws -> ReadingPage {
        var (table, next): (ReadingTable, Timestamp?)
        if let step = query.step {
            (table, next) = try await steps(query, step.microseconds, step.aggregate, at: place)
        } else {
            (table, next) = try await rows(query, at: place)
        }
        guard table.fields == place.fields || table.rows.isEmpty,
            table.gaps.allSatisfy({ gap in
                place.gaps.contains { $0.reason == gap.reason && $0.from <= gap.from && gap.to <= $0.to }
            })
        else {
            throw Refusal(
                .internalFailure, "Some of the readings were lost while they were sent; ask again to learn which.")
        }
        let left = place.rows - table.rows.count
        table.fields = place.fields
        table.isTruncated = isTruncated
        table.gaps = isFirst ? place.gaps : []
        guard let next, left > 0 else { return ReadingPage(table) }
        return ReadingPage(
            table, next: ReadingPlace(fields: place.fields, from: next, rows: left, gaps: place.gaps))
    }

    private func rows(
        _ query: ReadingQuery, at place: ReadingPlace
    ) async throws -> (table: ReadingTable, next: Timestamp?) {
        let found = try await store.range(
            key(query), fields: place.fields, from: place.from.microseconds, to: query.to.microseconds,
            limit: min(place.rows, paging.rows(place.fields.count)))
        let table = StoredHistory.table(found, found.times.indices)
        return (table, found.hasMore ? table.rows.last?.time.advanced(byMicroseconds: 1) : nil)
    }

    private func steps(
        _ query: ReadingQuery, _ step: Int64, _ aggregate: Aggregate, at place: ReadingPlace
    ) async throws -> (table: ReadingTable, next: Timestamp?) {
        let most = Int64(paging.rows(place.fields.count))
        var from = place.from.microseconds
        var gaps: [ReadingGap] = []
        while true {
            // Pages end where a step does.
            let (end, overflow) = (from / step * step).addingReportingOverflow(most * step)
            let to = overflow ? query.to.microseconds : min(end, query.to.microseconds)
            var piece = query
            (piece.fields, piece.limit) = (place.fields, place.rows)
            (piece.from, piece.to) = (Timestamp(microseconds: from), Timestamp(microseconds: to))
            var table = try await stepped(piece, step, aggregate)
            gaps += table.gaps
            let isLast = to >= query.to.microseconds
            // Where a device was silent for long there is nothing to be sent.
            if isLast || !table.rows.isEmpty {
                table.gaps = gaps
                return (table, isLast ? nil : Timestamp(microseconds: to))
            }
            from = to
        }
    }
}
