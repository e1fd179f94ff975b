/// How a broker behaves, as plain data.
public struct BrokerConfiguration: Sendable, Hashable {
    /// The address to listen on. Loopback unless somebody decides otherwise.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 1883
    /// What clients may take.
    public var limits = BrokerLimits()
    /// Seconds a connection has to say CONNECT and to be let in.
    public var connectTimeout = 10
    /// The longest keep alive in seconds: 5.0 clients that ask for more, or for none, are told this one (3.2.2.3.14);
    /// 0 leaves the choice to clients.
    public var maximumKeepAlive: UInt16 = 0
    /// The longest a session is kept without its client, in seconds; 5.0 clients that ask for more are told.
    public var maximumSessionExpiry: UInt32 = 2_592_000
    /// How long the session of a 3.1.1 client without clean session is kept, in seconds: 3.1.1 knows no expiry.
    public var legacySessionExpiry: UInt32 = 2_592_000
    /// Seconds `drain` waits for the ledger and for the last bytes.
    public var drainTimeout = 10

    /// The defaults; change what you need.
    public init() {}
}
