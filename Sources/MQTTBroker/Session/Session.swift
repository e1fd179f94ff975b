internal import MQTTCodec

/// What the broker remembers of a client, with or without a connection (4.1).
struct Session {
    private struct Rest {
        let key: SessionKey
        let name: MQTTString
        var client: ConnectedClient?
        var will: DelayedWill?
    }

    private var rest: Boxed<Rest>
    /// Seconds it outlives its connection; 0 if it ends with it, `UInt32.max` if it never expires.
    var expiryInterval: UInt32
    var connection: ConnectionHandle?
    var subscriptions: [TopicFilter: StoredSubscription] = [:]
    var outbox = Outbox()
    var inbound = InboundIdentifiers()
    /// When it ends, in milliseconds of uptime; nil while connected, `.max` for never.
    var endsAt: Int64?
    /// The step of the timer wheel that will look at this session; nil if none is asked for.
    var reminder: Int64?

    init(_ key: SessionKey, expiryInterval: UInt32) {
        rest = Boxed(Rest(key: key, name: key.name))
        self.expiryInterval = expiryInterval
    }

    var key: SessionKey { rest.value.key }

    /// Its name towards the ledger and the server.
    var name: MQTTString { rest.value.name }

    /// What its client calls itself.
    var identifier: MQTTString { rest.value.key.identifier }

    /// Whose it is; nil for nobody's.
    var owner: String? { rest.value.key.owner }

    /// Who had it last; nil only after a restart.
    var client: ConnectedClient? {
        get { rest.value.client }
        set { rest.value.client = newValue }
    }

    /// The will of the last connection while its delay runs.
    var will: DelayedWill? {
        get { rest.value.will }
        set { rest.value.will = newValue }
    }

    /// Whether the ledger knows the session.
    var isKept: Bool { expiryInterval > 0 }

    /// When a session that loses its connection at `now` ends.
    func end(from now: Moment) -> Int64 {
        expiryInterval == .max ? .max : now.uptime + Int64(expiryInterval) * 1000
    }

    /// The next time something has to happen without the client; nil for never.
    var nextDeadline: Int64? {
        let end = endsAt == .max ? nil : endsAt
        guard let will else { return end }
        return min(will.due, end ?? .max)
    }
}

/// A will that waits for its delay to pass (3.1.3.2.2).
struct DelayedWill {
    let client: ConnectedClient
    let will: Will
    /// Milliseconds of uptime.
    let due: Int64
}

/// The QoS 2 identifiers that a client has sent and not released (4.3.3): what makes a message count once.
struct InboundIdentifiers {
    enum State {
        /// The ledger is being told; PUBREC goes to this connection when it is.
        case uncommitted(ConnectionHandle)
        /// Stored: a repeated PUBLISH is answered PUBREC and not taken again.
        case committed
        /// Released by the client; the ledger is being told.
        case releasing
    }

    private var states: [PacketIdentifier: State] = [:]

    var count: Int { states.count }

    subscript(identifier: PacketIdentifier) -> State? {
        get { states[identifier] }
        set { states[identifier] = newValue }
    }

    /// Those that have to survive.
    var committed: Set<PacketIdentifier> {
        Set(
            states.compactMap { identifier, state in
                switch state {
                case .uncommitted: nil
                case .committed, .releasing: identifier
                }
            })
    }
}
