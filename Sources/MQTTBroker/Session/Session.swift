internal import MQTTCodec

/// What the broker remembers of a client, with or without a connection (4.1).
struct Session {
    private struct Rest {
        let key: SessionKey
        let name: MQTTString
        var client: ConnectedClient?
        var generation: Int64?
        var will: OwedWill?
    }

    private var rest: Boxed<Rest>
    /// Seconds it outlives its connection; 0 if it ends with it, `UInt32.max` if it never expires.
    var expiryInterval: UInt32
    var connection: ConnectionHandle?
    var subscriptions: [TopicFilter: StoredSubscription] = [:]
    var outbox = Outbox()
    var inbound = InboundIdentifiers()
    /// Whom the bounds count it for; nil until it is in the table.
    var quota: OwnerHandle?
    /// Bytes of what the broker remembers for it: see `SessionUse.remembered`.
    var memory = SessionMemory()
    /// The how manieth loss of a connection it was that left it without one.
    var unconnectedNumber: UInt64 = 0
    /// When it ends, in milliseconds of `Moment.elapsed`; nil while connected, `.max` for never.
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

    /// Which one of the owner's name had it last (`ConnectedClient.generation`); nil if that is not known.
    var generation: Int64? {
        get { rest.value.generation }
        set { rest.value.generation = newValue }
    }

    /// The will of the last connection until it is published: while its delay runs, or while a client that was connected
    /// before a restart may come back. A session that is not kept is there for its sake alone.
    var will: OwedWill? {
        get { rest.value.will }
        set {
            rest.value.will = newValue
            memory.will = newValue?.will.cost ?? 0
        }
    }

    /// What it holds of what its owner is bounded in.
    var use: SessionUse {
        SessionUse(remembered: memory.total, queued: outbox.bytes, unreleased: inbound.count)
    }

    /// Whether the ledger knows the session.
    var isKept: Bool { expiryInterval > 0 }

    /// When a session that loses its connection at `now` ends.
    func end(from now: Moment) -> Int64 {
        expiryInterval == .max ? .max : now.elapsed + Int64(expiryInterval) * 1000
    }

    /// The next time something has to happen without the client; nil for never.
    var nextDeadline: Int64? {
        let end = endsAt == .max ? nil : endsAt
        guard let will else { return end }
        return min(will.due, end ?? .max)
    }
}

/// Bytes of what the broker remembers for a session.
struct SessionMemory {
    /// The will of its connection, or the one that waits.
    var will = 0
    /// Filters: those it has, and those that are being stored.
    var filters = 0
    /// Topic aliases of its connection.
    var aliases = 0
    /// A packet of its connection that is not whole yet.
    var unfinished = 0
    /// Filters that are being stored.
    private(set) var filtersOnTheirWay = 0

    var total: Int { will + filters + aliases + unfinished }

    /// Filters are being stored that it does not have yet.
    mutating func reserve(_ reserved: FiltersOnTheirWay) {
        filters += reserved.bytes
        filtersOnTheirWay += reserved.count
    }

    /// They are stored, or will not be.
    mutating func release(_ reserved: FiltersOnTheirWay) {
        filters -= reserved.bytes
        filtersOnTheirWay -= reserved.count
    }

    /// Its connection is gone, and what belonged to that.
    mutating func connectionLost() {
        will = 0
        aliases = 0
        unfinished = 0
    }
}

/// New filters of a SUBSCRIBE that is being stored.
struct FiltersOnTheirWay {
    private(set) var count = 0
    private(set) var bytes = 0

    mutating func add(_ filter: TopicFilter) {
        count += 1
        bytes += filter.cost
    }
}

/// A will that waits to be published (3.1.2.5, 3.1.3.2.2).
struct OwedWill {
    /// How its client stands.
    enum Standing {
        /// The rights of `client` count.
        case known
        /// It was let in before a restart: its rights have to be asked for.
        case unknown
        /// They were.
        case asked
    }

    /// Whose it is.
    var client: ConnectedClient
    let will: Will
    /// Seconds; 0 for none.
    let keepAlive: UInt16
    /// Milliseconds of `Moment.elapsed`.
    var due: Int64
    /// The same as the ledger knows it, in microseconds since 1970-01-01T00:00:00Z; nil if the client was connected when
    /// the server stopped.
    let dueAt: Int64?
    var standing = Standing.known
    /// Whether its owner's rate has been charged for it.
    var isCounted = false
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
