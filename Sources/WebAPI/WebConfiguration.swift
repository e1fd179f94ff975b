public import Transport

/// One address to listen on.
public struct WebListener: Sendable {
    /// The address: a name or an address, IPv6 without brackets.
    public var host: String
    /// The port; 0 asks for any free one.
    public var port: Int
    /// TLS, which whoever made it may let read its files again at any time; nil: plain HTTP.
    public var tls: ServerTLS?

    /// An address.
    public init(host: String, port: Int, tls: ServerTLS? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}

/// Where the web server listens, what it serves and what it allows.
public struct WebConfiguration: Sendable {
    /// Where it listens; one address or more.
    public var listeners: [WebListener]
    /// The hub's version, as `/api/system`, `/openapi.json` and the live sockets name it.
    public var version: String
    /// The folder of the pages (`Web`).
    public var webDirectory: String
    /// Folders with pages of solutions that have none there, served below `/` as well.
    public var morePages: [String]
    /// The folder of their third-party parts, served below `/vendor/`.
    public var vendorDirectory: String
    /// Paths that are pages, all answered with `index.html`; a last `/*` stands for one or more further levels.
    public var pages: [String]
    /// What browsers are told of some of these pages; of the others, that they may ask for nothing.
    public var pageRules: [PageRules]
    /// Names under which a browser may reach the hub (the `Host` header without its port); nil: any.
    ///
    /// A page of a foreign site whose name is made to point here (DNS rebinding) is thus turned away.
    public var allowedHosts: Set<String>?
    /// Origins that are the hub itself besides those of its own address, such as `https://hub.example.org` of a proxy that
    /// asks under another name.
    public var publicOrigins: Set<String>
    /// Origins of other sites whose pages may use the API, with a token and never with a cookie; none: CORS is off.
    public var allowedOrigins: Set<String>
    /// Proxies that are believed in what `X-Forwarded-For` and `X-Forwarded-Proto` say of the client.
    public var trustedProxies: TrustedNetworks
    /// What clients may use up.
    public var limits: WebLimits
    /// How many connections may be open, so that the process has descriptors for its files; beyond that accepting pauses.
    /// More than `limits` allow: beyond those, connections are closed.
    public var budget = ConnectionBudget()

    /// A configuration. Without `allowedHosts` it is left to the addresses: if all of them are loopback, only loopback's
    /// names are allowed, else any.
    public init(
        listeners: [WebListener], version: String, webDirectory: String, morePages: [String] = [],
        vendorDirectory: String,
        pages: [String], pageRules: [PageRules] = [], allowedHosts: Set<String>? = nil, publicOrigins: Set<String> = [],
        allowedOrigins: Set<String> = [],
        trustedProxies: TrustedNetworks = .none, limits: WebLimits = WebLimits()
    ) {
        self.listeners = listeners
        self.version = version
        self.webDirectory = webDirectory
        self.morePages = morePages
        self.vendorDirectory = vendorDirectory
        self.pages = pages
        self.pageRules = pageRules
        let isLoopback = listeners.allSatisfy { WebConfiguration.loopbackNames.contains($0.host.lowercased()) }
        self.allowedHosts = allowedHosts ?? (isLoopback ? WebConfiguration.loopbackNames : nil)
        self.publicOrigins = publicOrigins
        self.allowedOrigins = allowedOrigins
        self.trustedProxies = trustedProxies
        self.limits = limits
    }

    /// The names of this machine for itself.
    public static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1"]
}

/// Whether the hub can take work.
public enum Readiness: Hashable, Sendable {
    /// It can.
    case ready
    /// Not yet, or no more; in a few words why, for those who may see it.
    case notReady(String)
}
