public import MQTTCodec

/// A message that the server itself publishes.
public struct ServerMessage: Sendable {
    /// How much a message is worth keeping.
    public enum Storage: Sendable, Hashable {
        /// Kept sessions that are away get it later, a retained one survives a restart: it goes through the ledger.
        case durable
        /// Only for clients that are connected now. A kept session then owes it to its client as any other message, over lost connections
        /// and restarts: it goes through the ledger.
        case present
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
    public var token: String?
    /// Whether it goes through the ledger.
    public var storage: Storage

    /// A message with these fields.
    public init(
        topic: TopicName, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false,
        expiryInterval: UInt32? = nil, properties: Properties = .none, token: String? = nil,
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
    /// Handed to the sessions that match: these are connected, these are kept for later.
    case routed(token: String, online: [MQTTString], queued: [MQTTString])
    /// A client has it (QoS 1: PUBACK, QoS 2: PUBREC).
    case acknowledged(token: String, client: MQTTString)
    /// A client will not get it: expired, too large, its queue full, its session over, or refused with a reason.
    case dropped(token: String, client: MQTTString)
    /// The ledger did not take it; nobody gets it.
    case notStored(token: String)
}
