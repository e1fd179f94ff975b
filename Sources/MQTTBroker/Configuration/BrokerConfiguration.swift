public import Transport

/// How a broker behaves, as plain data.
public struct BrokerConfiguration: Sendable {
    /// Where it listens; at least one.
    public var listeners = [ListenerConfiguration()]
    /// How many connections may be open, so that the process has descriptors for its files; beyond that accepting pauses.
    /// More than `limits` allow: what happens beyond those, clients are told.
    public var budget = ConnectionBudget()
    /// What clients may take.
    public var limits = BrokerLimits()
    /// Seconds a connection has to say CONNECT and to be let in, the TLS handshake included.
    public var connectTimeout = 10
    /// The longest keep alive in seconds: 5.0 clients that ask for more, or for none, are told this one (3.2.2.3.14);
    /// 0 leaves the choice to clients.
    public var maximumKeepAlive: UInt16 = 0
    /// The keep alive, in seconds, that is assumed of clients that ask for none where their wills depend on it: after a
    /// restart, a client that was connected has one and a half times its keep alive to come back.
    public var assumedKeepAlive: UInt16 = 60
    /// The longest a session is kept without its client, in seconds; 5.0 clients that ask for more are told.
    public var maximumSessionExpiry: UInt32 = 2_592_000
    /// How long the session of a 3.1.1 client without clean session is kept, in seconds: 3.1.1 knows no expiry.
    public var legacySessionExpiry: UInt32 = 2_592_000
    /// Seconds `drain` waits for the ledger and for the last bytes.
    public var drainTimeout = 10

    /// The defaults; change what you need.
    public init() {}

    /// The address of the first listener.
    public var host: String {
        get { listeners.first?.host ?? "" }
        set {
            if listeners.isEmpty { listeners.append(ListenerConfiguration()) }
            listeners[0].host = newValue
        }
    }

    /// The port of the first listener; 0 takes a free one.
    public var port: Int {
        get { listeners.first?.port ?? 0 }
        set {
            if listeners.isEmpty { listeners.append(ListenerConfiguration()) }
            listeners[0].port = newValue
        }
    }
}

/// One port on which a broker listens.
public struct ListenerConfiguration: Sendable {
    /// The address to listen on. Loopback unless somebody decides otherwise.
    public var host: String
    /// The port; 0 takes a free one.
    public var port: Int
    /// The TLS that clients have to speak; nil for plain TCP.
    public var tls: ServerTLS?
    /// Proxies whose connections begin with a PROXY header (version 1 or 2) that is believed; none if nothing speaks
    /// it. A connection of theirs without the header is closed.
    public var trustedProxies: TrustedNetworks

    /// A listener with these fields.
    public init(
        host: String = "127.0.0.1", port: Int = 1883, tls: ServerTLS? = nil, trustedProxies: TrustedNetworks = .none
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.trustedProxies = trustedProxies
    }
}
