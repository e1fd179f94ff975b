/// CONNECT: the first packet of a client (MQTT 5.0, 3.1).
public struct Connect: Sendable, Hashable {
    /// The version the client speaks on this connection.
    public var version: ProtocolVersion
    /// Clean start (5.0) or clean session (3.1.1).
    public var cleanStart: Bool
    /// Seconds; 0 switches keep alive off.
    public var keepAlive: UInt16
    /// Empty asks the server to choose one.
    public var clientIdentifier: MQTTString
    /// The message to publish if the client vanishes.
    public var will: Will?
    /// Nil if the client sends none.
    public var userName: MQTTString?
    /// 0...65535 bytes. 3.1.1 does not allow a password without a user name ([MQTT-3.1.2-22] of 3.1.1); 5.0 does.
    public var password: [UInt8]?
    /// Empty in 3.1.1.
    public var properties: Properties
    /// Whether the client says that it is a bridge: an agreement of brokers, outside the specification, of 3.1 and 3.1.1. It adds
    /// 128 to the protocol level, and means by it the options that 5.0 has for a bridge: no local, and retain as published.
    public var isBridge: Bool

    /// A CONNECT with these fields.
    public init(
        version: ProtocolVersion, clientIdentifier: MQTTString, cleanStart: Bool = true, keepAlive: UInt16 = 60,
        will: Will? = nil, userName: MQTTString? = nil, password: [UInt8]? = nil, properties: Properties = .none,
        isBridge: Bool = false
    ) {
        self.version = version
        self.clientIdentifier = clientIdentifier
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.will = will
        self.userName = userName
        self.password = password
        self.properties = properties
        self.isBridge = isBridge
    }
}

/// The will inside CONNECT: a message the server publishes for a client that goes without DISCONNECT.
public struct Will: Sendable, Hashable {
    /// Where it is published.
    public var topic: TopicName
    /// 0...65535 bytes: unlike a PUBLISH payload it is binary data with a two-byte length.
    public var payload: [UInt8]
    /// The QoS to publish it at.
    public var qos: QoS
    /// Whether it is published as a retained message.
    public var retain: Bool
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A will with these fields.
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
