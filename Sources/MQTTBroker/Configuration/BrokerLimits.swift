internal import MQTTCodec

/// What one client, and all together, may take. Everything outside is refused with a reason, and counted.
public struct BrokerLimits: Sendable, Hashable {
    /// Clients that are let in at once. Above, CONNECT is answered *server busy* (3.1.1: server unavailable).
    public var connections = 20_000
    /// Of them, those from one address (of IPv6: one network of 64 bits); 0 for no such limit. Above, CONNECT is
    /// answered *quota exceeded*. Devices behind one router share an address.
    public var connectionsPerAddress = 10_000
    /// Connections that have not been let in: silent, shaking hands, waiting for the authenticator, or refused and not
    /// gone. They have this room of their own; when it is full the oldest of them is closed for the newest, so that
    /// they never keep out a client that is let in, nor an honest newcomer for long.
    public var unadmittedConnections = 2_000
    /// Of them, those from one address, in the same way; 0 for no such limit.
    public var unadmittedConnectionsPerAddress = 1_000
    /// Clients that the authenticator decides on at once. More wait, within their time to connect: checking a password
    /// is expensive on purpose. An authenticator lets fewer wait for that than may be decided on, so that who is let in
    /// without it waits for nobody.
    public var concurrentAuthentications = 256
    /// Sessions, connected or kept. Above, the session that has been without a connection for the longest time gives way, of the owner that
    /// has the most of those; if all are connected, CONNECT is answered *quota exceeded*. An *owner* is here and below a device, an account,
    /// or, where many come in under one name or none, an address (of IPv6: one network of 64 bits).
    public var sessions = 100_000
    /// Of them, those of one owner that has a name. Above, its own session that has been without a connection for the longest time gives way;
    /// if all are connected, CONNECT is answered *quota exceeded*.
    public var sessionsPerOwner = 1_000
    /// The same for one address.
    public var sessionsPerAddress = 10_000
    /// Bytes that sessions have the broker remember: wills (of connected clients and those that wait), filters, topic aliases, packets that
    /// are not whole. Above, CONNECT with a will and SUBSCRIBE are answered *quota exceeded*, and a connection with an alias or an unfinished
    /// packet too many is ended with that reason.
    public var rememberedBytes = 268_435_456
    /// Of them, those of one owner.
    public var rememberedBytesPerOwner = 33_554_432
    /// QoS 2 identifiers that clients have used and not released. Above, a 5.0 client is answered *quota exceeded*; the connection of a 3.1.1
    /// client is ended, for it could not be told.
    public var unreleasedIdentifiers = 1_000_000
    /// Of them, those of one owner.
    public var unreleasedIdentifiersPerOwner = 65_536
    /// Bytes of one packet, fixed header included; told to 5.0 clients in CONNACK.
    public var packetSize = 1_048_576
    /// Bytes of the CONNECT packet, while the peer is a stranger.
    public var connectPacketSize = 65_536
    /// Properties in one packet.
    public var properties = 256
    /// Bytes of a client identifier.
    public var clientIdentifierBytes = 256
    /// Levels of a topic or filter.
    public var topicLevels = 128
    /// Bytes of the name of a shared subscription; above, SUBSCRIBE is answered *topic filter invalid*.
    public var shareNameBytes = 64
    /// Subscriptions of one session.
    public var subscriptionsPerSession = 1_000
    /// How fast one owner that has a name may publish with all its connections, unless its rights say otherwise; where clients count by
    /// address, how fast one connection may. What was used up stays so when a client comes again. Above: QoS 0 is dropped; a 5.0 client is
    /// answered *quota exceeded* (0x97); a 3.1.1 client, which cannot be told, is not read until it is within again.
    public var messageRate = MessageRate.unlimited
    /// How fast all clients of one address may publish together that count by address.
    public var addressMessageRate = MessageRate.unlimited
    /// QoS 1 and 2 messages a client may have unacknowledged towards the broker; told to 5.0 clients in CONNACK. One
    /// more is answered DISCONNECT *receive maximum exceeded* (3.3.4).
    public var receiveMaximum: UInt16 = 1_024
    /// Topic aliases a 5.0 client may define.
    public var topicAliasMaximum: UInt16 = 64
    /// Topic aliases the broker uses towards one 5.0 client that offers them.
    public var outboundTopicAliases: UInt16 = 16
    /// QoS 1 and 2 messages sent to one client and unacknowledged; a smaller receive maximum of the client's counts.
    public var inFlight = 100
    /// Messages waiting in one session, in flight or not, 1...30000. When it is full the newest is dropped.
    public var queuedMessages = 10_000
    /// Bytes waiting in one session.
    public var queuedBytes = 16_777_216
    /// Bytes waiting in all sessions, a message counted once for each of them. When they are full the newest is dropped.
    public var totalQueuedBytes = 1_073_741_824
    /// Of them, those in the sessions of one owner.
    public var queuedBytesPerOwner = 134_217_728
    /// Bytes on the way to one client that its network has not taken. Above, QoS 0 is dropped, the rest waits in the
    /// session, and what the client sends is not read.
    public var unsentBytes = 1_048_576
    /// The same for all clients together.
    public var totalUnsentBytes = 268_435_456
    /// Retained messages; above, *quota exceeded*.
    public var retainedMessages = 100_000
    /// Of them, those that one owner published. The server's own are nobody's.
    public var retainedMessagesPerOwner = 20_000
    /// Bytes of retained messages.
    public var retainedBytes = 268_435_456
    /// Of them, those that one owner published.
    public var retainedBytesPerOwner = 67_108_864
    /// Entries handed to the ledger and not answered. Above, no socket is read until half of them are done.
    public var uncommittedEntries = 20_000
    /// Bytes of messages handed to the ledger and not answered.
    public var uncommittedBytes = 67_108_864

    /// The defaults; change what you need.
    public init() {}
}
