/// The customary `$SYS` topics of a broker, as Mosquitto names them, so that its dashboards and exporters go on
/// working.
enum SystemTopics {
    /// Topic and value of each.
    static func values(_ sample: BrokerSample, version: String, uptimeSeconds: Int64) -> [(
        topic: String, value: String
    )] {
        let figures = sample.figures
        return [
            ("$SYS/broker/version", "martlet version \(version)"),
            ("$SYS/broker/uptime", "\(uptimeSeconds) seconds"),
            ("$SYS/broker/clients/connected", "\(figures.connections)"),
            ("$SYS/broker/clients/total", "\(figures.sessions)"),
            ("$SYS/broker/clients/disconnected", "\(max(0, figures.sessions - figures.connections))"),
            ("$SYS/broker/subscriptions/count", "\(figures.subscriptions)"),
            ("$SYS/broker/retained messages/count", "\(figures.retained)"),
            ("$SYS/broker/messages/received", "\(figures.messagesReceived)"),
            ("$SYS/broker/messages/sent", "\(figures.messagesSent)"),
            ("$SYS/broker/publish/messages/received", "\(figures.messagesReceived)"),
            ("$SYS/broker/publish/messages/sent", "\(figures.messagesSent)"),
            ("$SYS/broker/publish/messages/dropped", "\(figures.messagesDropped)"),
            ("$SYS/broker/bytes/received", "\(figures.bytesReceived)"),
            ("$SYS/broker/bytes/sent", "\(figures.bytesSent)"),
        ]
    }
}
