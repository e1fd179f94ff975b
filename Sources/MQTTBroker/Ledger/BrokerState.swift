public import MQTTCodec

/// What a broker starts from after a restart: everything the ledger was told and that still holds.
public struct BrokerState: Sendable {
    /// The kept sessions by name (`ConnectedClient.session`).
    public var sessions: [MQTTString: StoredSession]
    /// The retained messages by topic.
    public var retained: [TopicName: Message]
    /// The highest message id the ledger has seen; the broker counts on from there.
    public var lastMessageID: UInt64

    /// A state with these parts; empty for the first start.
    public init(
        sessions: [MQTTString: StoredSession] = [:], retained: [TopicName: Message] = [:], lastMessageID: UInt64 = 0
    ) {
        self.sessions = sessions
        self.retained = retained
        self.lastMessageID = lastMessageID
    }
}

/// A session that outlives its connection.
public struct StoredSession: Sendable {
    /// Seconds it lives without a connection; `UInt32.max` for ever.
    public var expiryInterval: UInt32
    /// Whose session it is; nil for nobody's. Nobody else takes it over.
    public var owner: String?
    /// The address for which the bounds count it (`ConnectedClient.quotaAddress`); nil: they count it for its owner.
    public var quotaAddress: String?
    /// When the connection ended; nil if it was still there when the server stopped: the interval then counts from
    /// the restart.
    public var disconnectedAt: Int64?
    /// What the client asked for.
    public var subscriptions: [TopicFilter: StoredSubscription]
    /// What waits for the client, oldest first.
    public var queue: [StoredDelivery]
    /// The QoS 2 identifiers that the client has sent and not released.
    public var inboundIdentifiers: Set<PacketIdentifier>

    /// A session with these parts.
    public init(
        expiryInterval: UInt32, disconnectedAt: Int64? = nil, subscriptions: [TopicFilter: StoredSubscription] = [:],
        queue: [StoredDelivery] = [], inboundIdentifiers: Set<PacketIdentifier> = [], owner: String? = nil,
        quotaAddress: String? = nil
    ) {
        self.expiryInterval = expiryInterval
        self.disconnectedAt = disconnectedAt
        self.subscriptions = subscriptions
        self.queue = queue
        self.inboundIdentifiers = inboundIdentifiers
        self.owner = owner
        self.quotaAddress = quotaAddress
    }
}

/// A subscription of a kept session.
public struct StoredSubscription: Sendable, Hashable {
    /// Filter and options.
    public let subscription: Subscription
    /// The subscription identifier; nil for none.
    public let identifier: UInt32?

    /// A subscription with these fields.
    public init(subscription: Subscription, identifier: UInt32? = nil) {
        self.subscription = subscription
        self.identifier = identifier
    }
}

/// A message in the queue of a kept session.
public struct StoredDelivery: Sendable {
    /// The message; several queues may share one.
    public let message: Message
    /// How it is sent.
    public let delivery: QueuedDelivery
    /// Whether the client has it already and only PUBREL is owed.
    public var isReceived: Bool

    /// A delivery with these fields.
    public init(message: Message, delivery: QueuedDelivery, isReceived: Bool = false) {
        self.message = message
        self.delivery = delivery
        self.isReceived = isReceived
    }
}
