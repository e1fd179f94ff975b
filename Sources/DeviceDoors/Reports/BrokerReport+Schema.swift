internal import SolutionKit

extension BrokerReport {
    /// The shape of `GET /api/broker`.
    static let schema = JSONSchema.named(
        "Broker",
        .object(
            [
                .required("version", .text), .required("started_at", .timestamp),
                .required("uptime_seconds", .integer()),
            ]
                + counts.map { JSONSchema.Property.required($0, .count) }
                + [
                    .required("messages_per_second", .number), .required("stored_per_second", .number),
                    .required("queue_depth", .count), .required("queue_limit", .count),
                    .required(
                        "commit_latency_ms", .object([.required("p50", .number), .required("p99", .number)]),
                        "From the beginning of a batch to the end of its commit"),
                    .required("batch_size_mean", .number),
                    .required("history", .array(sample), "The last 15 minutes in steps of 2 s"),
                ]))

    private static let counts = [
        "connections", "sessions", "subscriptions", "retained", "messages_received", "messages_sent", "bytes_received",
        "bytes_sent", "messages_dropped", "messages_refused",
    ]

    private static let sample = JSONSchema.object([
        .required("at", .timestamp), .required("messages_per_second", .number),
        .required("stored_per_second", .number), .required("connections", .count), .required("queue_depth", .count),
        .required("commit_p50_ms", .number), .required("commit_p99_ms", .number),
    ])
}
