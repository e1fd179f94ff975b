internal import HubModel
internal import MQTTBroker
internal import MQTTCodec

/// Who was kept out and what was refused.
extension BrokerMetrics {
    static func refusals(_ figures: BrokerStatistics) -> [MetricFamily] {
        let counters = figures.counters
        let gauges: [(String, String, Int)] = [
            (
                "martlet_mqtt_unadmitted_connections", "MQTT connections that are not let in yet.",
                figures.unadmittedConnections
            ),
            (
                "martlet_mqtt_throttled_connections", "Connections not read for their rate.",
                figures.throttledConnections
            ),
        ]
        let totals: [(String, String, UInt64)] = [
            (
                "martlet_mqtt_connections_evicted_total", "Connections that gave way before they were let in.",
                counters.connectionsEvicted
            ),
            (
                "martlet_mqtt_sessions_displaced_total", "Sessions without a connection that gave way to new ones.",
                counters.sessionsDisplaced
            ),
            ("martlet_mqtt_messages_too_fast_total", "Messages beyond a client's rate.", counters.messagesTooFast),
            (
                "martlet_mqtt_reading_throttled_total", "Times that a client was not read for its rate.",
                counters.readingThrottled
            ),
            (
                "martlet_mqtt_messages_set_aside_total", "Messages of devices that wait to be approved.",
                counters.messagesSetAside
            ),
        ]
        return gauges.map { MetricFamily($0.0, .gauge, help: $0.1, value: Double($0.2)) }
            + totals.map { MetricFamily($0.0, .counter, help: $0.1, value: Double($0.2)) }
            + [
                family(
                    "martlet_mqtt_connections_refused_by_reason_total", "Clients refused, by MQTT reason code.",
                    counters.connectionsRefusedByReason),
                family(
                    "martlet_mqtt_messages_refused_by_reason_total", "Messages refused, by MQTT reason code.",
                    counters.messagesRefusedByReason),
                family(
                    "martlet_mqtt_subscriptions_refused_by_reason_total", "Subscriptions refused, by MQTT reason code.",
                    counters.subscriptionsRefusedByReason),
            ]
    }

    private static func family(_ name: String, _ help: String, _ counts: [ReasonCode: UInt64]) -> MetricFamily {
        let samples = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
            let code = String(reason.rawValue, radix: 16)
            return MetricSample(Double(count), labels: [("reason", "0x" + (code.count < 2 ? "0" + code : code))])
        }
        return MetricFamily(name, .counter, help: help, samples: samples)
    }
}
