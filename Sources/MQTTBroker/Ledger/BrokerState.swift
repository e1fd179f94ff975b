public import MQTTCodec

/// What a broker starts from after a restart: everything the ledger was told and that still holds.
public struct BrokerState: Sendable {
    /// The kept sessions by name (`ConnectedClient.session`).
    public var sessions: [MQTTString: StoredSession]
    /// The retained messages by topic.
    public var retained: [TopicName: Message]
    /// The wills that are owed, by name of the session (`ConnectedClient.session`), whether that is kept or not.
    public var wills: [MQTTString: StoredWill]
    /// The highest message id the ledger has seen; the broker counts on from there.
    public var lastMessageID: UInt64

    /// A state with these parts; empty for the first start.
    public init(
        sessions: [MQTTString: StoredSession] = [:], retained: [TopicName: Message] = [:],
        wills: [MQTTString: StoredWill] = [:], lastMessageID: UInt64 = 0
    ) {
        self.sessions = sessions
        self.retained = retained
        self.wills = wills
        self.lastMessageID = lastMessageID
    }
}

/// A will that is owed: its connection is open, or its delay is running.
public struct StoredWill: Sendable {
    /// Whose it is. Its rights are not those of now: they are asked for when the will is due
    /// (`BrokerAuthenticator.standing`).
    public var client: ConnectedClient
    /// What is owed.
    public var will: Will
    /// The keep alive of its connection in seconds; 0 for none.
    public var keepAlive: UInt16
    /// When it is to be published, in microseconds since 1970-01-01T00:00:00Z; nil while its connection is open.
    public var dueAt: Int64?

    /// A will with these parts.
    public init(client: ConnectedClient, will: Will, keepAlive: UInt16, dueAt: Int64? = nil) {
        self.client = client
        self.will = will
        self.keepAlive = keepAlive
        self.dueAt = dueAt
    }
}

/// A session that outlives its connection.
public struct StoredSession: Sendable {
    /// Seconds it lives without a connection; `UInt32.max` for ever.
    public var expiryInterval: UInt32
    /// Whose session it is; nil for nobody's. Nobody else takes it over.
    public var owner: String?
    /// Which one of that name the owner is (`AcceptedClient.generation`); nil if that is not known.
    public var generation: Int64?
    /// The address for which the bounds count it (`ConnectedClient.quotaAddress`); nil: they count it for its owner.
    public var quotaAddress: String?
    /// When the connection ended; nil if it was still there when the server stopped: the interval then counts from
    /// the restart.
    public var disconnectedAt: Int64?
    /// How many QoS 1 and 2 messages might be on the way to the client at once; nil if that is not known.
    public var inFlight: UInt16?
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
        generation: Int64? = nil, quotaAddress: String? = nil, inFlight: UInt16? = nil
    ) {
        self.expiryInterval = expiryInterval
        self.disconnectedAt = disconnectedAt
        self.subscriptions = subscriptions
        self.queue = queue
        self.inboundIdentifiers = inboundIdentifiers
        self.owner = owner
        self.generation = generation
        self.quotaAddress = quotaAddress
        self.inFlight = inFlight
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
    /// Whether it was sent on a connection that has ended. What was sent on one that was open when the server stopped is
    /// not known.
    public var isSent: Bool

    /// A delivery with these fields.
    public init(message: Message, delivery: QueuedDelivery, isReceived: Bool = false, isSent: Bool = false) {
        self.message = message
        self.delivery = delivery
        self.isReceived = isReceived
        self.isSent = isSent
    }
}
