internal import HubModel
internal import TimeSeries

/// The telemetry store's figures for `/metrics`: those of its memory as they are, those of its files as they were when
/// somebody last sampled them. Before the first sample nothing is said of the files, rather than 0.
struct StoreFigures: MetricsSource {
    let store: TimeSeriesStore
    private let newest = Locked<TimeSeriesStatistics?>(nil)

    init(of store: TimeSeriesStore) {
        self.store = store
    }

    /// Asks the store for what its files hold.
    func sample() async throws {
        newest.set(try await store.statistics())
    }

    func metrics() -> [MetricFamily] {
        let memory = store.memoryStatistics
        var gauges: [(String, String, Int)] = [
            ("martlet_series", "Series of telemetry.", memory.series),
            ("martlet_head_bytes", "Bytes of memory of telemetry that is not sealed, about.", memory.headBytes),
            ("martlet_journal_rows", "Rows of the journal that are not yet trimmed.", memory.journalRows),
            ("martlet_journal_bytes", "Bytes of these rows.", memory.journalBytes),
            ("martlet_damaged_chunks", "Chunks found damaged since the start.", memory.damagedChunks),
        ]
        if let files = newest.get() {
            gauges += [
                ("martlet_chunks", "Sealed chunks.", files.chunks),
                ("martlet_chunk_bytes", "Bytes of sealed chunks.", files.chunkBytes),
                ("martlet_sealed_reports", "Reports in sealed chunks.", files.sealedReports),
            ]
        }
        return gauges.map { MetricFamily($0.0, .gauge, help: $0.1, value: Double($0.2)) }
    }
}
