public import HubModel

/// A request as a solution sees it.
public struct RouteRequest: Sendable {
    /// The values of the path's parameters, by name, percent-decoded.
    public let path: [String: String]
    /// The query's parameters in order, percent-decoded.
    public let query: [(name: String, value: String)]
    /// The `Accept` header; nil when there is none.
    public let accept: String?
    /// The media type of the body in small letters, without parameters; nil when none is named.
    public let mediaType: String?
    /// What was sent, in the form that the route declares.
    public let content: RequestContent
    /// When the hub had received the whole of it, or of one that streams the head. What is decided in the line is decided by the line's own clock.
    public let receivedAt: Timestamp
    /// Who asks; the route's access has been checked.
    public let caller: Caller
    /// Where the caller has the right that the route needs; `all` for a route that needs none.
    public let scope: SiteScope
    /// How it came.
    public let transport: RequestTransport
    /// Looks once more whether the caller may ask (`requireStillAllowed`).
    private let check: @Sendable () async throws -> Void

    /// Makes sure that who asked may still ask: for a request that takes long, before it gives or changes anything. What a request shows is
    /// looked at when it begins; since then a key may have been changed, a device switched off, a right taken away.
    /// - Throws: as the request would be refused now.
    public func requireStillAllowed() async throws { try await check() }

    /// The peer's address without its port, if it is known.
    public var address: String? { transport.address }

    /// A request.
    public init(
        path: [String: String], query: [(name: String, value: String)], accept: String?, mediaType: String? = nil,
        content: RequestContent, receivedAt: Timestamp, caller: Caller, scope: SiteScope, transport: RequestTransport,
        check: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.check = check
        self.path = path
        self.query = query
        self.accept = accept
        self.mediaType = mediaType
        self.content = content
        self.receivedAt = receivedAt
        self.caller = caller
        self.scope = scope
        self.transport = transport
    }

    /// A request whose body is read whole.
    public init(
        path: [String: String], query: [(name: String, value: String)], accept: String?, body: [UInt8],
        receivedAt: Timestamp, caller: Caller, scope: SiteScope, transport: RequestTransport
    ) {
        self.init(
            path: path, query: query, accept: accept, content: .whole(body), receivedAt: receivedAt, caller: caller,
            scope: scope, transport: transport)
    }

    /// The body, where it is read whole; nothing where it is not.
    public var body: [UInt8] {
        if case .whole(let bytes) = content { bytes } else { [] }
    }

    /// The value of a query parameter; the last one if it is repeated.
    public func parameter(_ name: String) -> String? {
        query.last { $0.name == name }?.value
    }
}

/// How a request came, for those routes that have to do with it: sign-in, above all.
public struct RequestTransport: Sendable {
    /// The client's address without its port, as far as it is known (behind a trusted proxy: the one it names).
    public var address: String?
    /// Whether it came from this machine itself and through no proxy.
    public var isLocal: Bool
    /// Whether it is encrypted, here or before the trusted proxy.
    public var isSecure: Bool
    /// The cookies by name.
    public var cookies: [String: String]
    /// The `User-Agent` header, at most 200 bytes of it.
    public var userAgent: String?

    /// A transport.
    public init(
        address: String? = nil, isLocal: Bool = false, isSecure: Bool = false, cookies: [String: String] = [:],
        userAgent: String? = nil
    ) {
        self.address = address
        self.isLocal = isLocal
        self.isSecure = isSecure
        self.cookies = cookies
        self.userAgent = userAgent
    }
}
