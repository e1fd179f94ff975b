public import MQTTCodec

/// What the broker has done since it started, and what it holds now.
public struct BrokerStatistics: Sendable, Hashable {
    /// Counts that only grow.
    public internal(set) var counters = BrokerCounters()
    /// Network connections that are open.
    public internal(set) var connections = 0
    /// Those of them that have not been let in.
    public internal(set) var unadmittedConnections = 0
    /// Clients that the authenticator is deciding on.
    public internal(set) var authenticating = 0
    /// Clients that wait for the authenticator.
    public internal(set) var awaitingAuthentication = 0
    /// Connections that are not read because their clients publish too fast.
    public internal(set) var throttledConnections = 0
    /// Sessions, with and without a connection.
    public internal(set) var sessions = 0
    /// Owners that have a session, or whose rate of messages is not full again.
    public internal(set) var owners = 0
    /// Bytes that sessions have the broker remember: wills, filters, topic aliases, packets that are not whole.
    public internal(set) var rememberedBytes = 0
    /// Bytes of the messages that wait in sessions.
    public internal(set) var queuedBytes = 0
    /// QoS 2 identifiers that clients have not released.
    public internal(set) var unreleasedIdentifiers = 0
    /// Subscriptions of all sessions.
    public internal(set) var subscriptions = 0
    /// Retained messages.
    public internal(set) var retainedMessages = 0
    /// What they take, in bytes.
    public internal(set) var retainedBytes = 0
    /// Entries that the ledger has not answered.
    public internal(set) var uncommittedEntries = 0
    /// Bytes of the messages among them.
    public internal(set) var uncommittedBytes = 0
    /// Bytes on the way to clients that the network has not taken.
    public internal(set) var unsentBytes = 0
    /// QoS 1 and 2 messages queued in all sessions, in flight included.
    public internal(set) var queuedMessages = 0
    /// Those of them that were sent and not acknowledged.
    public internal(set) var inFlightMessages = 0
    /// Whether sockets are not read at the moment because the ledger is behind.
    public internal(set) var isPushingBack = false
}

/// Counts since the start of the broker.
public struct BrokerCounters: Sendable, Hashable {
    /// Network connections accepted.
    public internal(set) var connectionsAccepted: UInt64 = 0
    /// Connections refused: CONNACK with a failure.
    public internal(set) var connectionsRefused: UInt64 = 0
    /// The same by the reason, whatever the version could tell the client.
    public internal(set) var connectionsRefusedByReason: [ReasonCode: UInt64] = [:]
    /// Connections that were not let in and were closed for newer ones.
    public internal(set) var connectionsEvicted: UInt64 = 0
    /// Connections that did not say CONNECT in time.
    public internal(set) var connectTimeouts: UInt64 = 0
    /// Connections ended because nothing came for one and a half times the keep alive.
    public internal(set) var keepAliveTimeouts: UInt64 = 0
    /// Connections ended because the client broke the protocol.
    public internal(set) var protocolViolations: UInt64 = 0
    /// Sessions whose time ran out.
    public internal(set) var sessionsExpired: UInt64 = 0
    /// Sessions without a connection that gave way to new ones.
    public internal(set) var sessionsDisplaced: UInt64 = 0
    /// Packets of every kind from clients.
    public internal(set) var packetsReceived: UInt64 = 0
    /// Packets of every kind to clients.
    public internal(set) var packetsSent: UInt64 = 0
    /// Messages from clients, repeated ones included.
    public internal(set) var messagesReceived: UInt64 = 0
    /// Payload bytes of them.
    public internal(set) var bytesReceived: UInt64 = 0
    /// QoS 1 and 2 messages acknowledged to clients after they were stored.
    public internal(set) var messagesAcknowledged: UInt64 = 0
    /// QoS 2 messages that came again and were not taken twice.
    public internal(set) var duplicatesReceived: UInt64 = 0
    /// Messages refused: no right, a bad topic or payload, a limit, or the ledger's refusal.
    public internal(set) var messagesRefused: UInt64 = 0
    /// The same by the reason.
    public internal(set) var messagesRefusedByReason: [ReasonCode: UInt64] = [:]
    /// Messages refused because the client publishes too fast; also counted among the refused.
    public internal(set) var messagesTooFast: UInt64 = 0
    /// Times a 3.1.1 client was not read for a while because it publishes too fast.
    public internal(set) var readingThrottled: UInt64 = 0
    /// Messages set aside.
    public internal(set) var messagesSetAside: UInt64 = 0
    /// Filters refused in SUBACK, by the reason.
    public internal(set) var subscriptionsRefusedByReason: [ReasonCode: UInt64] = [:]
    /// Messages sent to clients, repeated ones included.
    public internal(set) var messagesSent: UInt64 = 0
    /// Bytes of all packets sent to clients.
    public internal(set) var bytesSent: UInt64 = 0
    /// Deliveries given up: queue full, client too slow (QoS 0), expired, larger than the client takes, session over.
    public internal(set) var messagesDropped: UInt64 = 0
    /// Deliveries given up because the message expired.
    public internal(set) var messagesExpired: UInt64 = 0
    /// Wills published.
    public internal(set) var willsPublished: UInt64 = 0
    /// Messages the server itself published.
    public internal(set) var serverMessages: UInt64 = 0
    /// Entries the ledger could not store.
    public internal(set) var entriesNotStored: UInt64 = 0
    /// Messages of QoS 0 among them: nobody sends these again.
    public internal(set) var messagesLost: UInt64 = 0
}
