internal import HubModel
internal import TimeSeries

/// The telemetry store's figures for `/metrics`, as they were when somebody last sampled them.
struct StoreFigures: MetricsSource {
    private let newest = Locked<TimeSeriesStatistics?>(nil)

    /// Asks the store.
    func sample(_ store: TimeSeriesStore) async throws {
        newest.set(try await store.statistics())
    }

    func metrics() -> [MetricFamily] {
        guard let figures = newest.get() else { return [] }
        let gauges: [(String, String, Int)] = [
            ("martlet_series", "Series of telemetry.", figures.series),
            ("martlet_head_bytes", "Bytes of memory of telemetry that is not sealed, about.", figures.headBytes),
            ("martlet_journal_rows", "Rows of the journal that are not yet trimmed.", figures.journalRows),
            ("martlet_journal_bytes", "Bytes of these rows.", figures.journalBytes),
            ("martlet_chunks", "Sealed chunks.", figures.chunks),
            ("martlet_chunk_bytes", "Bytes of sealed chunks.", figures.chunkBytes),
            ("martlet_sealed_reports", "Reports in sealed chunks.", figures.sealedReports),
            ("martlet_damaged_chunks", "Chunks found damaged since the start.", figures.damagedChunks),
        ]
        return gauges.map { MetricFamily($0.0, .gauge, help: $0.1, value: Double($0.2)) }
    }
}
