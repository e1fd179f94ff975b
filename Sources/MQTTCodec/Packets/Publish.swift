/// PUBLISH: a message (MQTT 5.0, 3.3).
public struct Publish: Sendable, Hashable {
    /// Nil only in 5.0, where the topic alias property then stands for the topic.
    public var topic: TopicName?
    /// The message, a copy of its own: a slice would keep the whole read buffer alive.
    public var payload: [UInt8]
    /// The promise of delivery.
    public var qos: QoS
    /// Keep (client to server), or sent because it was kept (server to client).
    public var retain: Bool
    /// Sent before; false for QoS 0 ([MQTT-3.3.1-2]).
    public var isDuplicate: Bool
    /// Nil for QoS 0 ([MQTT-2.2.1-2]), otherwise present.
    public var packetIdentifier: PacketIdentifier?
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A PUBLISH with these fields; whether they fit each other is checked when it is encoded.
    public init(
        topic: TopicName?, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false, isDuplicate: Bool = false,
        packetIdentifier: PacketIdentifier? = nil, properties: Properties = .none
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.isDuplicate = isDuplicate
        self.packetIdentifier = packetIdentifier
        self.properties = properties
    }
}

/// The body of PUBACK, PUBREC, PUBREL and PUBCOMP, which have the same form (MQTT 5.0, 3.4 to 3.7).
public struct PublishAnswer: Sendable, Hashable {
    /// The PUBLISH that is answered.
    public var packetIdentifier: PacketIdentifier
    /// Always success in 3.1.1, which has no field for it.
    public var reason: ReasonCode
    /// Empty in 3.1.1.
    public var properties: Properties

    /// An answer with these fields.
    public init(
        packetIdentifier: PacketIdentifier, reason: ReasonCode = .success, properties: Properties = .none
    ) {
        self.packetIdentifier = packetIdentifier
        self.reason = reason
        self.properties = properties
    }
}
