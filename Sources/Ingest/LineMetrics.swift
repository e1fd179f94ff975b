public import HubModel

extension IngestLine: MetricsSource {
    /// The line's figures for `/metrics`.
    public func metrics() -> [MetricFamily] {
        let figures = figures
        // Before the first batch there is no time that one took, rather than one of 0 s.
        let quantiles =
            figures.batches == 0
            ? []
            : [
                MetricSample(Double(figures.commitMedian) / 1e6, labels: [("quantile", "0.5")]),
                MetricSample(Double(figures.commitP99) / 1e6, labels: [("quantile", "0.99")]),
            ]
        return [
            MetricFamily(
                "martlet_messages_stored_total", .counter, help: "Items committed by the line.",
                value: Double(figures.stored)),
            MetricFamily(
                "martlet_readings_stored_total", .counter, help: "Reports appended to history.",
                value: Double(figures.readings)),
            MetricFamily(
                "martlet_values_refused_total", .counter,
                help: "Values refused because their field is of another type; the rest of their message was stored.",
                value: Double(figures.refusedValues)),
            MetricFamily(
                "martlet_messages_refused_total", .counter,
                help: "Items refused because of their sender's mistake, by code.",
                samples: RefusalCode.allCases.map {
                    MetricSample(Double(figures.refused[$0] ?? 0), labels: [("code", $0.rawValue)])
                }),
            MetricFamily(
                "martlet_messages_failed_total", .counter, help: "Items not stored because of our own failure.",
                value: Double(figures.failed)),
            MetricFamily("martlet_batches_total", .counter, help: "Batches committed.", value: Double(figures.batches)),
            MetricFamily(
                "martlet_batches_failed_total", .counter, help: "Batches rolled back.",
                value: Double(figures.failedBatches)),
            MetricFamily(
                "martlet_observers_failed_total", .counter,
                help: "Calls of observers that failed and were undone; their batch was stored.",
                value: Double(figures.failedObservers)),
            MetricFamily(
                "martlet_queue_depth", .gauge, help: "Items that wait for the writer.",
                value: Double(figures.queueDepth)),
            MetricFamily(
                "martlet_queue_limit", .gauge, help: "Most items that may wait.", value: Double(figures.queueLimit)),
            MetricFamily(
                "martlet_commit_seconds", .summary,
                help: "Time from the beginning of a batch to the end of its commit.",
                samples: quantiles + [
                    MetricSample(Double(figures.busyMicroseconds) / 1e6, suffix: "_sum"),
                    MetricSample(Double(figures.batches), suffix: "_count"),
                ]),
        ]
    }
}
