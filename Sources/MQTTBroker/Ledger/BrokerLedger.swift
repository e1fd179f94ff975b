public import MQTTCodec

/// Where the broker keeps what must survive. It is told everything in the order in which it happened; an
/// acknowledgement goes out to the client only when the entry behind it is committed.
public protocol BrokerLedger: Sendable {
    /// Makes the entries durable, in order and after those of every earlier call.
    ///
    /// Called on the broker's event loop, so it must not block. `completion` is called exactly once, on any thread,
    /// with one outcome for each entry. Batches may be completed in any order; the broker takes them in the order of
    /// the calls.
    func commit(_ entries: [BrokerLedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void)
}

/// What became of an entry.
public enum CommitOutcome: Sendable, Hashable {
    /// Stored: it survives the loss of power.
    case committed
    /// Not stored, and it would not be if it were sent again. The publisher gets this reason (5.0) or a plain
    /// acknowledgement (3.1.1); nobody receives the message. Only for publications.
    case refused(ReasonCode)
    /// Not stored, for no fault of the client's: it gets no acknowledgement and its connection is closed, so that it
    /// sends again.
    case failed
}

/// Something that must survive.
public enum BrokerLedgerEntry: Sendable {
    /// A client's message, or its will.
    case publication(InboundPublication)
    /// A message of the server's own that waits for sessions or is retained.
    case serverPublication(ServerPublication)
    /// A change of a session.
    case session(SessionChange)
    /// What became of a server's message that carries a token. It is in the same call as the change of the session that it tells of, so
    /// that both are stored or neither.
    case delivery(DeliveryEvent)
}

/// A message that a client published.
public struct InboundPublication: Sendable {
    /// Who published it.
    public let client: ConnectedClient
    /// What was published. If it is retained, the entry also replaces (or with an empty payload removes) the retained
    /// message of its topic.
    public let message: Message
    /// For QoS 2 in a session that is kept: the packet identifier, to be stored with the message, so that it is not
    /// taken twice. Gone with `SessionChange.inboundReleased`.
    public let exactlyOnceIdentifier: PacketIdentifier?
    /// The kept sessions in whose queues the message has to be put by the same transaction.
    public let targets: [QueuedDelivery]
    /// Whether it is the will of a client that has gone: it is owed no more (`SessionOpening.will`).
    public let isWill: Bool
    /// Whether the client says that it may have sent it before (DUP, 3.3.1.1).
    public let isRepeat: Bool
    /// Whether the authorizer has set it aside: it is not to be routed to anything, only kept for a person to look at.
    /// It has no targets and its message is not retained.
    public let isSetAside: Bool

    /// A publication with these fields.
    public init(
        client: ConnectedClient, message: Message, exactlyOnceIdentifier: PacketIdentifier? = nil,
        targets: [QueuedDelivery] = [], isWill: Bool = false, isRepeat: Bool = false, isSetAside: Bool = false
    ) {
        self.client = client
        self.message = message
        self.exactlyOnceIdentifier = exactlyOnceIdentifier
        self.targets = targets
        self.isWill = isWill
        self.isRepeat = isRepeat
        self.isSetAside = isSetAside
    }
}

/// A message that the server itself published.
public struct ServerPublication: Sendable {
    /// The message; if it is retained the entry replaces the retained message of its topic.
    public let message: Message
    /// The kept sessions in whose queues it has to be put.
    public let targets: [QueuedDelivery]

    /// A publication with these fields.
    public init(message: Message, targets: [QueuedDelivery] = []) {
        self.message = message
        self.targets = targets
    }
}

/// The place of a message in the queue of one kept session. Client and packet identifier name it from then on.
public struct QueuedDelivery: Sendable, Hashable {
    /// The session whose queue it is, by name (`ConnectedClient.session`).
    public let client: MQTTString
    /// The identifier it will be sent with, given before it is stored: after a crash it is sent with the same one.
    public let packetIdentifier: PacketIdentifier
    /// At least once or exactly once.
    public let qos: QoS
    /// The RETAIN flag it is sent with.
    public let retain: Bool
    /// The subscription identifiers to send along, of all subscriptions that matched.
    public let subscriptionIdentifiers: [UInt32]
    /// Counted upward within the queue: it is sent behind those with a smaller number, and after a restart too.
    public let place: Int64

    /// A place with these fields.
    public init(
        client: MQTTString, packetIdentifier: PacketIdentifier, qos: QoS, retain: Bool = false,
        subscriptionIdentifiers: [UInt32] = [], place: Int64 = 0
    ) {
        self.client = client
        self.packetIdentifier = packetIdentifier
        self.qos = qos
        self.retain = retain
        self.subscriptionIdentifiers = subscriptionIdentifiers
        self.place = place
    }
}
