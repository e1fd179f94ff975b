public import HubModel

/// What the live part has counted since the start.
struct LiveFigures: Sendable {
    var events = 0
    var coalesced = 0
    var closedAsTooSlow = 0
    var signedOut = 0
    var refused: [LiveRefusal: Int] = [:]
}

extension LiveHub: MetricsSource {
    /// The figures of the live part.
    public func metrics() -> [MetricFamily] {
        let (sockets, strangers, recent, figures) = counts()
        return [
            MetricFamily("martlet_live_sockets", .gauge, help: "Open live sockets.", value: Double(sockets)),
            MetricFamily(
                "martlet_live_public_sockets", .gauge, help: "Open live sockets of strangers, among all.",
                value: Double(strangers)),
            MetricFamily("martlet_live_recent_events", .gauge, help: "Events kept for replay.", value: Double(recent)),
            MetricFamily(
                "martlet_live_events_total", .counter, help: "Events published.", value: Double(figures.events)),
            MetricFamily(
                "martlet_live_coalesced_total", .counter,
                help: "Events dropped for newer ones of their topic, summed over sockets.",
                value: Double(figures.coalesced)),
            MetricFamily(
                "martlet_live_closed_slow_total", .counter, help: "Sockets closed because they were too slow.",
                value: Double(figures.closedAsTooSlow)),
            MetricFamily(
                "martlet_live_signed_out_total", .counter,
                help: "Sockets closed because their viewer may not be here any more.",
                value: Double(figures.signedOut)),
            MetricFamily(
                "martlet_live_refused_total", .counter, help: "Sockets refused because there were too many.",
                samples: LiveRefusal.allCases.map { refusal in
                    MetricSample(Double(figures.refused[refusal] ?? 0), labels: [("reason", refusal.rawValue)])
                }),
        ]
    }
}
