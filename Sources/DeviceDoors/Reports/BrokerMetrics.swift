public import HubModel
public import MQTTBroker

/// The broker's figures for `/metrics`.
public struct BrokerMetrics: MetricsSource {
    private let statistics: @Sendable () -> BrokerStatistics?

    /// Figures that are asked for when somebody reads them; there are none before the broker runs.
    public init(statistics: @escaping @Sendable () -> BrokerStatistics?) {
        self.statistics = statistics
    }

    /// The figures of this moment.
    public func metrics() -> [MetricFamily] {
        guard let figures = statistics() else { return [] }
        let gauges: [(String, String, Int)] = [
            ("martlet_mqtt_connections", "Open MQTT connections.", figures.connections),
            ("martlet_mqtt_sessions", "MQTT sessions, connected or kept.", figures.sessions),
            (
                "martlet_mqtt_remembered_bytes", "Bytes of wills, filters, topic aliases and unfinished packets.",
                figures.rememberedBytes
            ),
            ("martlet_mqtt_queued_bytes", "Bytes of the messages that wait in sessions.", figures.queuedBytes),
            (
                "martlet_mqtt_unreleased_identifiers", "QoS 2 identifiers that clients have not released.",
                figures.unreleasedIdentifiers
            ),
            ("martlet_mqtt_subscriptions", "MQTT subscriptions.", figures.subscriptions),
            ("martlet_mqtt_retained_messages", "Retained messages.", figures.retainedMessages),
            ("martlet_mqtt_retained_bytes", "Bytes of retained messages.", figures.retainedBytes),
            ("martlet_mqtt_uncommitted_entries", "Entries that wait for their commit.", figures.uncommittedEntries),
            ("martlet_mqtt_uncommitted_bytes", "Bytes that wait for their commit.", figures.uncommittedBytes),
            ("martlet_mqtt_queued_messages", "Messages that wait in sessions.", figures.queuedMessages),
            ("martlet_mqtt_unsent_bytes", "Bytes that clients' networks have not taken.", figures.unsentBytes),
            (
                "martlet_mqtt_pushing_back", "1 while no socket is read because too much waits.",
                figures.isPushingBack ? 1 : 0
            ),
        ]
        let counters: [(String, String, UInt64)] = [
            ("martlet_mqtt_connections_accepted_total", "Clients let in.", figures.counters.connectionsAccepted),
            ("martlet_mqtt_connections_refused_total", "Clients refused.", figures.counters.connectionsRefused),
            (
                "martlet_mqtt_connect_timeouts_total", "Connections without CONNECT in time.",
                figures.counters.connectTimeouts
            ),
            ("martlet_mqtt_keep_alive_timeouts_total", "Clients that fell silent.", figures.counters.keepAliveTimeouts),
            (
                "martlet_mqtt_protocol_violations_total", "Clients that broke the protocol.",
                figures.counters.protocolViolations
            ),
            (
                "martlet_mqtt_messages_received_total", "PUBLISH packets from clients.",
                figures.counters.messagesReceived
            ),
            ("martlet_mqtt_messages_sent_total", "PUBLISH packets to clients.", figures.counters.messagesSent),
            (
                "martlet_mqtt_messages_acknowledged_total", "Messages acknowledged after their commit.",
                figures.counters.messagesAcknowledged
            ),
            (
                "martlet_mqtt_duplicates_received_total", "QoS 2 messages recognised as sent again.",
                figures.counters.duplicatesReceived
            ),
            (
                "martlet_mqtt_messages_refused_total", "Messages answered with a reason code.",
                figures.counters.messagesRefused
            ),
            (
                "martlet_mqtt_messages_dropped_total", "Messages not delivered because of a limit.",
                figures.counters.messagesDropped
            ),
            (
                "martlet_mqtt_messages_lost_total", "Messages of QoS 0 that could not be stored.",
                figures.counters.messagesLost
            ),
            (
                "martlet_mqtt_messages_expired_total", "Messages not delivered in their time.",
                figures.counters.messagesExpired
            ),
            ("martlet_mqtt_bytes_received_total", "Bytes from clients.", figures.counters.bytesReceived),
            ("martlet_mqtt_bytes_sent_total", "Bytes to clients.", figures.counters.bytesSent),
        ]
        return gauges.map { MetricFamily($0.0, .gauge, help: $0.1, value: Double($0.2)) }
            + counters.map { MetricFamily($0.0, .counter, help: $0.1, value: Double($0.2)) }
            + BrokerMetrics.refusals(figures)
    }
}
