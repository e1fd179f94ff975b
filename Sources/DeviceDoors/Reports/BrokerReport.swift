internal import HubModel

/// What is said of the broker in JSON: over HTTP, to pages, and on the topics `iot/broker/…`.
struct BrokerReport {
    let version: String
    let startedAt: Timestamp
    let history: BrokerHistory

    /// `GET /api/broker` with `history`, the live topic `broker` without.
    func write(to json: inout JSONWriter, withHistory: Bool) {
        guard let sample = history.newest else {
            json.object { _ in }
            return
        }
        json.object { json in
            json.member("version", version)
            json.member("started_at", startedAt)
            json.member("uptime_seconds", sample.at.microseconds(since: startedAt) / 1_000_000)
            writeCounts(sample.figures, to: &json)
            writeRates(sample, to: &json)
            if withHistory {
                json.array("history") { json in
                    for sample in history.samples { writeHistory(sample, to: &json) }
                }
            }
        }
    }

    /// The retained message on `iot/broker/status`.
    func status(isOnline: Bool, now: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("status", isOnline ? "online" : "offline")
            json.member("version", version)
            json.member("uptime", now.microseconds(since: startedAt) / 1_000_000)
            json.member("connections", Int64(isOnline ? history.newest?.figures.connections ?? 0 : 0))
            json.member("timestamp", now.microseconds / 1_000_000)
        }
        return json.bytes
    }

    /// The retained message on `iot/broker/stats`.
    func stats() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            if let sample = history.newest {
                writeCounts(sample.figures, to: &json)
                writeRates(sample, to: &json)
                json.member("timestamp", sample.at.microseconds / 1_000_000)
            }
        }
        return json.bytes
    }

    private func writeCounts(_ figures: BrokerFigures, to json: inout JSONWriter) {
        let counts: [(String, Int64)] = [
            ("connections", Int64(figures.connections)), ("sessions", Int64(figures.sessions)),
            ("subscriptions", Int64(figures.subscriptions)), ("retained", Int64(figures.retained)),
            ("messages_received", figures.messagesReceived), ("messages_sent", figures.messagesSent),
            ("bytes_received", figures.bytesReceived), ("bytes_sent", figures.bytesSent),
            ("messages_dropped", figures.messagesDropped), ("messages_refused", figures.messagesRefused),
        ]
        for (name, count) in counts {
            json.member(name, count)
        }
    }

    private func writeRates(_ sample: BrokerSample, to json: inout JSONWriter) {
        json.member("messages_per_second", decimal: BrokerReport.tenths(sample.messagesPerSecond))
        json.member("stored_per_second", decimal: BrokerReport.tenths(sample.storedPerSecond))
        json.member("queue_depth", Int64(sample.figures.queueDepth))
        json.member("queue_limit", Int64(sample.figures.queueLimit))
        json.object("commit_latency_ms") { json in
            json.member("p50", decimal: ScaledDecimal(mantissa: sample.figures.commitMedian, scale: 3))
            json.member("p99", decimal: ScaledDecimal(mantissa: sample.figures.commitP99, scale: 3))
        }
        json.member("batch_size_mean", decimal: BrokerReport.tenths(sample.meanBatchSize))
    }

    private func writeHistory(_ sample: BrokerSample, to json: inout JSONWriter) {
        json.object { json in
            json.member("at", sample.at)
            json.member("messages_per_second", decimal: BrokerReport.tenths(sample.messagesPerSecond))
            json.member("stored_per_second", decimal: BrokerReport.tenths(sample.storedPerSecond))
            json.member("connections", Int64(sample.figures.connections))
            json.member("queue_depth", Int64(sample.figures.queueDepth))
            json.member("commit_p50_ms", decimal: ScaledDecimal(mantissa: sample.figures.commitMedian, scale: 3))
            json.member("commit_p99_ms", decimal: ScaledDecimal(mantissa: sample.figures.commitP99, scale: 3))
        }
    }

    private static func tenths(_ value: Double) -> ScaledDecimal {
        ScaledDecimal(mantissa: Int64((value * 10).rounded()), scale: 1)
    }
}
