public import MQTTCodec

/// A message to publish, or one that arrived.
public struct MQTTMessage: Sendable, Hashable {
    /// Where it is published.
    public var topic: TopicName
    /// The content; any bytes.
    public var payload: [UInt8]
    /// How often it may be delivered.
    public var qos: QoS
    /// Ask the server to keep it; on arrival: it came because it was kept.
    public var retain: Bool
    /// Properties of MQTT 5.0; left out in 3.1.1.
    public var properties: Properties

    /// A message with these fields.
    public init(
        topic: TopicName, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false, properties: Properties = .none
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }
}

/// A message that arrived.
public struct ReceivedMessage: Sendable, Hashable {
    /// The message; a topic alias is resolved already.
    public let message: MQTTMessage
    /// The server says that it may have been sent before (DUP).
    public let isDuplicate: Bool
    /// Names the message in `MQTTClient.acknowledge`; nil if nothing is owed: QoS 0, or acknowledged automatically.
    public let acknowledgement: Acknowledgement?

    /// What is owed for a message taken with manual acknowledgement.
    public struct Acknowledgement: Sendable, Hashable {
        let serial: UInt64
    }
}
