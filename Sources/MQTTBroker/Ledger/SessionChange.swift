public import MQTTCodec

/// What happened to a session; `client` is its name (`ConnectedClient.session`). Times are microseconds since 1970-01-01T00:00:00Z.
///
/// Sessions that end with their connection appear as `connected`, `disconnected`, `subscribed` and `unsubscribed` too,
/// which say who is present and listens; of them nothing has to be kept.
public enum SessionChange: Sendable {
    /// A client is there.
    case connected(SessionOpening)
    /// A client is gone.
    case disconnected(SessionClosing)
    /// The stored session of this client is over: drop it with all that is queued. It expired, or it was ended.
    case ended(client: MQTTString, at: Int64)
    /// A client was connected when the server stopped: its session has been without it since the start.
    /// `sent` is as in `SessionClosing`.
    case absent(client: MQTTString, since: Int64, sent: [PacketIdentifier])
    /// Subscriptions were added or replaced.
    case subscribed(client: MQTTString, [StoredSubscription])
    /// Subscriptions were removed.
    case unsubscribed(client: MQTTString, [TopicFilter])
    /// The client released a QoS 2 identifier (PUBREL): it may be used for another message.
    case inboundReleased(client: MQTTString, PacketIdentifier)
    /// A retained message is put in the queue of a new subscriber.
    case outboundQueued(Message, QueuedDelivery)
    /// The client has a QoS 2 message (PUBREC): PUBREL is owed, the message itself is not needed any more.
    case outboundReceived(client: MQTTString, PacketIdentifier)
    /// The client is done with a message (PUBACK or PUBCOMP): it leaves the queue.
    case outboundCompleted(client: MQTTString, PacketIdentifier)
    /// Messages leave the queue unsent: expired, too large for the client, or refused by it.
    case outboundDropped(client: MQTTString, [PacketIdentifier])
    /// The will that was kept for this session is not owed any more: its client may not publish it, or the ledger
    /// refused it.
    case willDropped(client: MQTTString)
}

/// A client has been let in.
public struct SessionOpening: Sendable {
    /// Who.
    public let client: ConnectedClient
    /// Whose session it is from now on, to be stored with it; nil for nobody's.
    public var owner: String? { client.sessionOwner }
    /// Whether a stored session goes on. If not, whatever is stored under this name is to be dropped first.
    public let isResumed: Bool
    /// Seconds the session outlives its connection; 0 if it is not kept, `UInt32.max` if it never expires.
    public let expiryInterval: UInt32
    /// Seconds between signs of life; 0 for none asked.
    public let keepAlive: UInt16
    /// The will of this connection, owed from now on, whether the session is kept or not. It takes the place of any
    /// that was owed under this name; nil takes that away.
    public let will: Will?
    /// How many QoS 1 and 2 messages may be on the way to the client at once; nil if that is not known.
    public let inFlight: UInt16?
    /// When.
    public let at: Int64

    /// An opening with these fields.
    public init(
        client: ConnectedClient, isResumed: Bool, expiryInterval: UInt32, keepAlive: UInt16, will: Will? = nil,
        inFlight: UInt16? = nil, at: Int64
    ) {
        self.client = client
        self.isResumed = isResumed
        self.expiryInterval = expiryInterval
        self.keepAlive = keepAlive
        self.will = will
        self.inFlight = inFlight
        self.at = at
    }
}

/// A connection is over.
public struct SessionClosing: Sendable {
    /// Who.
    public let client: ConnectedClient
    /// Why.
    public let cause: DisconnectCause
    /// Seconds the session lives on from now; 0 if it is over, `UInt32.max` if it never expires.
    public let expiryInterval: UInt32
    /// What becomes of the will that is owed.
    public let will: WillAtClosing
    /// Messages of its queue that were sent on this connection and not acknowledged: what is sent again carries DUP, and
    /// does not expire any more.
    public let sent: [PacketIdentifier]
    /// When.
    public let at: Int64

    /// A closing with these fields.
    public init(
        client: ConnectedClient, cause: DisconnectCause, expiryInterval: UInt32, will: WillAtClosing = .unchanged,
        sent: [PacketIdentifier] = [], at: Int64
    ) {
        self.client = client
        self.cause = cause
        self.expiryInterval = expiryInterval
        self.will = will
        self.sent = sent
        self.at = at
    }
}

/// What the end of a connection does to its will.
public enum WillAtClosing: Sendable, Hashable {
    /// Nothing: there is none, or it stays owed because the server stops.
    case unchanged
    /// It is owed no more: the client said goodbye.
    case discarded
    /// It is to be published at this time, in microseconds since 1970-01-01T00:00:00Z, and is owed until it is.
    case due(at: Int64)
}

/// Why a connection ended.
public enum DisconnectCause: Sendable, Hashable {
    /// The client said DISCONNECT, with this reason.
    case clientDisconnected(ReasonCode)
    /// The network connection broke or was closed without DISCONNECT.
    case connectionLost
    /// Nothing came for one and a half times the keep alive.
    case keepAliveTimeout
    /// Another connection came with the same client identifier.
    case takenOver
    /// The client broke the protocol.
    case protocolViolation(ReasonCode)
    /// The server ended it, with this reason.
    case serverDisconnected(ReasonCode)
    /// The server is stopping.
    case serverShutdown
    /// The ledger could not store what the client sent.
    case storageFailure
}
