internal import HubModel

/// What is said of the broker in JSON: over HTTP, to pages, and on the topics `iot/broker/…`.
struct BrokerReport {
    let version: String
    let startedAt: Timestamp
    let history: BrokerHistory

    /// `GET /api/broker` with `history`, the live topic `broker` without.
    func write(to json: inout JSONWriter, withHistory: Bool) {
        guard let sample = history.newest else {
            json.beginObject()
            json.endObject()
            return
        }
        json.beginObject()
        json.key("version")
        json.string(version)
        json.key("started_at")
        json.timestamp(startedAt)
        json.key("uptime_seconds")
        json.integer(sample.at.microseconds(since: startedAt) / 1_000_000)
        writeCounts(sample.figures, to: &json)
        writeRates(sample, to: &json)
        if withHistory {
            json.key("history")
            json.beginArray()
            for sample in history.samples { writeHistory(sample, to: &json) }
            json.endArray()
        }
        json.endObject()
    }

    /// The retained message on `iot/broker/status`.
    func status(isOnline: Bool, now: Timestamp) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string(isOnline ? "online" : "offline")
        json.key("version")
        json.string(version)
        json.key("uptime")
        json.integer(now.microseconds(since: startedAt) / 1_000_000)
        json.key("connections")
        json.integer(Int64(isOnline ? history.newest?.figures.connections ?? 0 : 0))
        json.key("timestamp")
        json.integer(now.microseconds / 1_000_000)
        json.endObject()
        return json.bytes
    }

    /// The retained message on `iot/broker/stats`.
    func stats() -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let sample = history.newest {
            writeCounts(sample.figures, to: &json)
            writeRates(sample, to: &json)
            json.key("timestamp")
            json.integer(sample.at.microseconds / 1_000_000)
        }
        json.endObject()
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
            json.key(name)
            json.integer(count)
        }
    }

    private func writeRates(_ sample: BrokerSample, to json: inout JSONWriter) {
        json.key("messages_per_second")
        json.decimal(BrokerReport.tenths(sample.messagesPerSecond))
        json.key("stored_per_second")
        json.decimal(BrokerReport.tenths(sample.storedPerSecond))
        json.key("queue_depth")
        json.integer(Int64(sample.figures.queueDepth))
        json.key("queue_limit")
        json.integer(Int64(sample.figures.queueLimit))
        json.key("commit_latency_ms")
        json.beginObject()
        json.key("p50")
        json.decimal(ScaledDecimal(mantissa: sample.figures.commitMedian, scale: 3))
        json.key("p99")
        json.decimal(ScaledDecimal(mantissa: sample.figures.commitP99, scale: 3))
        json.endObject()
        json.key("batch_size_mean")
        json.decimal(BrokerReport.tenths(sample.meanBatchSize))
    }

    private func writeHistory(_ sample: BrokerSample, to json: inout JSONWriter) {
        json.beginObject()
        json.key("at")
        json.timestamp(sample.at)
        json.key("messages_per_second")
        json.decimal(BrokerReport.tenths(sample.messagesPerSecond))
        json.key("stored_per_second")
        json.decimal(BrokerReport.tenths(sample.storedPerSecond))
        json.key("connections")
        json.integer(Int64(sample.figures.connections))
        json.key("queue_depth")
        json.integer(Int64(sample.figures.queueDepth))
        json.key("commit_p50_ms")
        json.decimal(ScaledDecimal(mantissa: sample.figures.commitMedian, scale: 3))
        json.key("commit_p99_ms")
        json.decimal(ScaledDecimal(mantissa: sample.figures.commitP99, scale: 3))
        json.endObject()
    }

    private static func tenths(_ value: Double) -> ScaledDecimal {
        ScaledDecimal(mantissa: Int64((value * 10).rounded()), scale: 1)
    }
}
