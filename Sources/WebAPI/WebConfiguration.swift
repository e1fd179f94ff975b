public import NIOCore

/// Where the web server listens, what it serves and what it allows.
public struct WebConfiguration: Sendable {
    /// The address to listen on: a name or an address, IPv6 without brackets.
    public var host: String
    /// The port; 0 asks for any free one.
    public var port: Int
    /// The hub's version, as `/api/system`, `/openapi.json` and the live sockets name it.
    public var version: String
    /// The folder of the pages (`Web`).
    public var webDirectory: String
    /// The folder of their third-party parts, served below `/vendor/`.
    public var vendorDirectory: String
    /// Paths that are pages, all answered with `index.html`; a last `/*` stands for one or more further levels.
    public var pages: [String]
    /// Names under which a browser may reach the hub (the `Host` header without its port, lower case); nil: any.
    ///
    /// A page of a foreign site whose name is made to point here (DNS rebinding) is thus turned away.
    public var allowedHosts: Set<String>?
    /// What clients may use up.
    public var limits: WebLimits

    /// A configuration. `allowedHosts` is left to the address: on loopback only loopback's names are allowed, else any.
    public init(
        host: String, port: Int, version: String, webDirectory: String, vendorDirectory: String, pages: [String],
        limits: WebLimits = WebLimits()
    ) {
        self.host = host
        self.port = port
        self.version = version
        self.webDirectory = webDirectory
        self.vendorDirectory = vendorDirectory
        self.pages = pages
        self.allowedHosts =
            WebConfiguration.loopbackNames.contains(host.lowercased()) ? WebConfiguration.loopbackNames : nil
        self.limits = limits
    }

    /// The names of this machine for itself.
    public static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1"]
}

/// What clients may use up.
public struct WebLimits: Sendable {
    /// Connections at once; further ones wait to be accepted.
    public var maximumConnections: Int
    /// Bytes of a request's head.
    public var maximumHeadBytes: Int
    /// Header fields of a request.
    public var maximumHeaders: Int
    /// How long a connection may be idle between requests, or within one that it is sending.
    public var idleTimeout: TimeAmount
    /// How long a request's body may take to arrive.
    public var bodyTimeout: TimeAmount
    /// How long a response may take to be read by the client.
    public var responseTimeout: TimeAmount
    /// How long requests and sockets have to end when the server stops.
    public var stopTimeout: Duration

    /// Limits.
    public init(
        maximumConnections: Int = 1_024, maximumHeadBytes: Int = 16_384, maximumHeaders: Int = 100,
        idleTimeout: TimeAmount = .seconds(60), bodyTimeout: TimeAmount = .seconds(30),
        responseTimeout: TimeAmount = .seconds(120),
        stopTimeout: Duration = .seconds(10)
    ) {
        self.maximumConnections = maximumConnections
        self.maximumHeadBytes = maximumHeadBytes
        self.maximumHeaders = maximumHeaders
        self.idleTimeout = idleTimeout
        self.bodyTimeout = bodyTimeout
        self.responseTimeout = responseTimeout
        self.stopTimeout = stopTimeout
    }
}

/// Whether the hub can take work.
public enum Readiness: Hashable, Sendable {
    /// It can.
    case ready
    /// Not yet, or no more; in a few words why.
    case notReady(String)
}
