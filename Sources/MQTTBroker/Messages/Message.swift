public import MQTTCodec

/// A message on its way through the broker. It never changes, and a thousand queues share one.
public final class Message: Sendable {
    /// Counted upward by the broker over restarts; names the message in the ledger.
    public let id: UInt64
    /// Where it was published.
    public let topic: TopicName
    /// What was published.
    public let payload: [UInt8]
    /// The QoS it was published at.
    public let qos: QoS
    /// Whether it is to be kept for later subscribers. With an empty payload it removes the one that is kept.
    public let retain: Bool
    /// The publisher's properties, without the topic alias.
    public let properties: Properties
    /// Microseconds since 1970-01-01T00:00:00Z at which the broker received it.
    public let receivedAt: Int64
    /// What the server wants to hear again when a client has acknowledged the message; only for its own messages.
    public let token: String?
    /// Whom it counts for while it is retained (`ConnectedClient.quotaName`); nil for the server's own and for one from before that was kept.
    public let publisher: String?
    /// Bytes it counts for in a limit of memory: topic, payload, properties and an estimate for the rest.
    let cost: Int

    /// A message with these fields.
    public init(
        id: UInt64, topic: TopicName, payload: [UInt8], qos: QoS, retain: Bool, properties: Properties = .none,
        receivedAt: Int64, token: String? = nil, publisher: String? = nil
    ) {
        self.id = id
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
        self.receivedAt = receivedAt
        self.token = token
        self.publisher = publisher
        cost = topic.bytes.count + payload.count + properties.cost + 96
    }

    /// The moment after which it is delivered to nobody, in milliseconds of `Moment.elapsed`; `.max` for never. The time it
    /// lived before a restart counts, whatever the wall clock did meanwhile (3.3.2.3.3).
    func deadline(now: Moment) -> Int64 {
        guard let seconds = properties.messageExpiryInterval else { return .max }
        let lived = max(0, now.wall - receivedAt) / 1000
        return now.elapsed + max(0, Int64(seconds) * 1000 - lived)
    }
}

extension Properties {
    /// Bytes they count for in a limit of memory.
    var cost: Int { isEmpty ? 0 : count * 48 + contentSize }
}

extension Will {
    /// Bytes it counts for in a limit of memory.
    var cost: Int { topic.bytes.count + payload.count + properties.cost + 96 }
}
