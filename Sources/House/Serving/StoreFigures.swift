internal import HubModel
internal import TimeSeries

/// The telemetry store's figures for `/metrics`, as they are when somebody asks: all of them are in memory.
struct StoreFigures: MetricsSource {
    let store: TimeSeriesStore

    init(of store: TimeSeriesStore) {
        self.store = store
    }

    func metrics() -> [MetricFamily] {
        let figures = store.statistics()
        let gauges: [(String, String, Int)] = [
            ("martlet_series", "Series of telemetry.", figures.series),
            ("martlet_head_bytes", "Bytes of memory of telemetry that is not sealed, about.", figures.headBytes),
            ("martlet_journal_rows", "Rows of the journal that are not yet trimmed.", figures.journalRows),
            ("martlet_journal_bytes", "Bytes of these rows.", figures.journalBytes),
            ("martlet_chunks", "Sealed chunks.", figures.chunks),
            ("martlet_chunk_bytes", "Bytes of sealed chunks.", figures.chunkBytes),
            ("martlet_sealed_reports", "Reports in sealed chunks.", figures.sealedReports),
            ("martlet_damaged_chunks", "Chunks found damaged since the start.", figures.damagedChunks),
            (
                "martlet_damaged_files", "Files of telemetry that are missing, damaged or set aside.",
                figures.damagedFiles
            ),
        ]
        return gauges.map { MetricFamily($0.0, .gauge, help: $0.1, value: Double($0.2)) }
    }
}
