public import NIOCore

/// What clients may use up.
///
/// A connection is *new* until a request on it came from somebody who is known. New ones have a pool of their own: when it
/// is full, the one of which least was heard lately gives way, so that half-open connections keep nobody out.
public struct WebLimits: Sendable {
    /// Connections at once, over all listeners; beyond that a new one gives way, or the next is closed unheard.
    public var maximumConnections: Int
    /// Connections at once from one address; trusted proxies are not bounded by it.
    public var maximumConnectionsPerAddress: Int
    /// New connections at once.
    public var maximumNewConnections: Int
    /// Bytes of a request's head.
    public var maximumHeadBytes: Int
    /// Header fields of a request.
    public var maximumHeaders: Int
    /// Messages, pings and pongs that a live socket may send in a second; ten times as many at once; 0: no limit.
    public var liveMessagesPerSecond: Int
    /// How long a request's head may take to arrive: the first one from the opening of the connection (with the TLS
    /// handshake), a later one from its first byte.
    public var headTimeout: TimeAmount
    /// How long a connection may be idle between requests, or within one that it is sending.
    public var idleTimeout: TimeAmount
    /// How long the next piece of a request's body may take to arrive.
    public var bodyTimeout: Duration
    /// In each stretch of that length for which a body is waited for, `minimumBodyBytesPerWindow` come, or the body's end.
    public var bodyWindow: Duration
    /// Bytes of a body that come in each `bodyWindow`.
    public var minimumBodyBytesPerWindow: Int
    /// How long the client may take to make room for the next piece of an answer (at most 64 KiB, or the whole of a smaller one).
    public var responseTimeout: TimeAmount
    /// Bytes of large answers that one account, device or address has not read.
    public var maximumUnreadBytesPerOwner: Int
    /// The same of all.
    public var maximumUnreadBytes: Int
    /// How often it is asked whether those who look on live may still be here.
    public var welcomeInterval: Duration
    /// How long requests and sockets have to end when the server stops.
    public var stopTimeout: Duration

    static let liveMessageBurst = 10

    /// Limits.
    public init(
        maximumConnections: Int = 1_024, maximumConnectionsPerAddress: Int = 256, maximumNewConnections: Int = 256,
        maximumHeadBytes: Int = 16_384, maximumHeaders: Int = 100, liveMessagesPerSecond: Int = 20,
        headTimeout: TimeAmount = .seconds(10),
        idleTimeout: TimeAmount = .seconds(60), bodyTimeout: Duration = .seconds(30),
        bodyWindow: Duration = .seconds(60), minimumBodyBytesPerWindow: Int = 15_360,
        responseTimeout: TimeAmount = .seconds(120), maximumUnreadBytesPerOwner: Int = 67_108_864,
        maximumUnreadBytes: Int = 268_435_456, welcomeInterval: Duration = .seconds(1),
        stopTimeout: Duration = .seconds(10)
    ) {
        self.maximumConnections = maximumConnections
        self.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        self.maximumNewConnections = maximumNewConnections
        self.maximumHeadBytes = maximumHeadBytes
        self.maximumHeaders = maximumHeaders
        self.liveMessagesPerSecond = liveMessagesPerSecond
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
        self.bodyTimeout = bodyTimeout
        self.bodyWindow = bodyWindow
        self.minimumBodyBytesPerWindow = minimumBodyBytesPerWindow
        self.responseTimeout = responseTimeout
        self.maximumUnreadBytesPerOwner = maximumUnreadBytesPerOwner
        self.maximumUnreadBytes = maximumUnreadBytes
        self.welcomeInterval = welcomeInterval
        self.stopTimeout = stopTimeout
    }
}
