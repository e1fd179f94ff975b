public import MQTTCodec

/// A message that the server itself publishes.
public struct ServerMessage: Sendable {
    /// How much a message is worth keeping.
    public enum Storage: Sendable, Hashable {
        /// Kept sessions that are away get it later, a retained one survives a restart: it goes through the ledger.
        case durable
        /// Delivered and retained in memory only; for figures that are old in a moment anyway.
        case memory
    }

    /// Where to.
    public var topic: TopicName
    /// What.
    public var payload: [UInt8]
    /// The highest QoS it is sent at.
    public var qos: QoS
    /// Whether it is kept for later subscribers.
    public var retain: Bool
    /// Seconds it may be delivered; nil for ever. The broker sends clients what is left.
    public var expiryInterval: UInt32?
    /// Further properties: content type, response topic, correlation data, user properties.
    public var properties: Properties
    /// If set, `DeliveryEvent`s tell what became of the message.
    public var token: UInt64?
    /// Whether it goes through the ledger.
    public var storage: Storage

    /// A message with these fields.
    public init(
        topic: TopicName, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false,
        expiryInterval: UInt32? = nil, properties: Properties = .none, token: UInt64? = nil,
        storage: Storage = .durable
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.expiryInterval = expiryInterval
        self.properties = properties
        self.token = token
        self.storage = storage
    }
}

/// What became of a server's message that carries a token; `client` is the name of a session (`ConnectedClient.session`).
public enum DeliveryEvent: Sendable, Hashable {
    /// Handed to the sessions that match: so many that are connected, so many that are kept for later.
    case routed(token: UInt64, online: Int, queued: Int)
    /// A client has it (QoS 1: PUBACK, QoS 2: PUBREC).
    case acknowledged(token: UInt64, client: MQTTString)
    /// A client will not get it: expired, too large, its queue full, its session over, or refused with a reason.
    case dropped(token: UInt64, client: MQTTString)
    /// The ledger did not take it; nobody gets it.
    case notStored(token: UInt64)
}
