public import HubModel

/// A way in over HTTP that a solution offers. The web makes the router and the API's description out of the same
/// declaration.
public struct Route: Sendable {
    /// The request methods that routes use.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// The method.
    public let method: Method
    /// The path with parameters in braces: `/api/nodes/{id}`.
    public let path: String
    /// Who may ask. Without it no route can be made.
    public let access: RouteAccess
    /// What it does, in one line.
    public let summary: String
    /// The shapes of the path's parameters, by name; a parameter that is not among them is any text.
    public let pathSchemas: [String: JSONSchema]
    /// Its query parameters.
    public let query: [QueryParameter]
    /// What it wants to be sent; nil: no body.
    public let input: RouteInput?
    /// How it answers when it does not refuse; one or more.
    public let answers: [RouteAnswer]
    /// How it may refuse besides what follows from its access, path and method (`refusalStatuses`).
    public let refusals: [RefusalCode]
    /// The largest body it takes, in bytes.
    public let maximumBodyBytes: Int
    /// For a route whose body is a report that a device might as well publish: the levels of the topic where, made of the path's
    /// parameters. It lets the hub keep what a device sends that waits to be approved, and take it in later; nil: nothing is kept.
    public let reportTopic: (@Sendable (_ path: [String: String]) throws(Refusal) -> [String])?
    /// What answers it.
    public let handler: @Sendable (RouteRequest) async throws -> RouteResponse

    /// A route.
    public init(
        _ method: Method, _ path: String, access: RouteAccess, summary: String,
        pathSchemas: [String: JSONSchema] = [:], query: [QueryParameter] = [], input: RouteInput? = nil,
        answers: [RouteAnswer], refusals: [RefusalCode] = [], maximumBodyBytes: Int = 65_536,
        reportTopic: (@Sendable (_ path: [String: String]) throws(Refusal) -> [String])? = nil,
        handler: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.summary = summary
        self.pathSchemas = pathSchemas
        self.query = query
        self.input = input
        self.answers = answers
        self.refusals = refusals
        self.maximumBodyBytes = maximumBodyBytes
        self.reportTopic = reportTopic
        self.handler = handler
    }
}

extension Route {
    /// All ways in which it answers when it does not refuse: its own, and that a waiting device's report is kept.
    public var possibleAnswers: [RouteAnswer] {
        guard reportTopic != nil else { return answers }
        return answers + [
            .json(
                .object([.required("status", .words(["pending"]))]), status: 202,
                "Kept: the device waits to be approved; what it sent is taken in then")
        ]
    }
}

/// A parameter behind the question mark.
public struct QueryParameter: Sendable {
    /// Its name.
    public let name: String
    /// What it means, with units and bounds.
    public let summary: String
    /// Its shape, as text in the address.
    public let schema: JSONSchema

    /// A parameter.
    public init(_ name: String, _ summary: String, _ schema: JSONSchema = .text) {
        self.name = name
        self.summary = summary
        self.schema = schema
    }
}

/// What a route wants to be sent.
public struct RouteInput: Sendable {
    /// The shape of the JSON.
    public let schema: JSONSchema
    /// Whether a request without a body will do.
    public let isOptional: Bool

    /// A body.
    public init(_ schema: JSONSchema, isOptional: Bool = false) {
        self.schema = schema
        self.isOptional = isOptional
    }
}

/// How a route answers.
public struct RouteAnswer: Sendable {
    /// The status, such as 200.
    public let status: Int
    /// What it means.
    public let summary: String
    /// What may be in the body, by media type; nil for a type that is not JSON. Empty: no body.
    public let content: [(mediaType: String, schema: JSONSchema?)]

    /// An answer of any media types.
    public init(_ status: Int, _ summary: String, content: [(mediaType: String, schema: JSONSchema?)]) {
        self.status = status
        self.summary = summary
        self.content = content
    }

    /// An answer in JSON.
    public static func json(_ schema: JSONSchema, status: Int = 200, _ summary: String = "Done") -> RouteAnswer {
        RouteAnswer(status, summary, content: [("application/json", schema)])
    }

    /// An answer without a body.
    public static func empty(status: Int = 204, _ summary: String = "Done") -> RouteAnswer {
        RouteAnswer(status, summary, content: [])
    }
}

/// A request as a solution sees it.
public struct RouteRequest: Sendable {
    /// The values of the path's parameters, by name, percent-decoded.
    public let path: [String: String]
    /// The query's parameters in order, percent-decoded.
    public let query: [(name: String, value: String)]
    /// The `Accept` header; nil when there is none.
    public let accept: String?
    /// The body.
    public let body: [UInt8]
    /// When the hub had received the whole of it. What is decided in the line is decided by the line's own clock.
    public let receivedAt: Timestamp
    /// Who asks; the route's access has been checked.
    public let caller: Caller
    /// Where the caller has the right that the route needs; `all` for a route that needs none.
    public let scope: SiteScope
    /// How it came.
    public let transport: RequestTransport

    /// The peer's address without its port, if it is known.
    public var address: String? { transport.address }

    /// A request.
    public init(
        path: [String: String], query: [(name: String, value: String)], accept: String?, body: [UInt8],
        receivedAt: Timestamp, caller: Caller, scope: SiteScope, transport: RequestTransport
    ) {
        self.path = path
        self.query = query
        self.accept = accept
        self.body = body
        self.receivedAt = receivedAt
        self.caller = caller
        self.scope = scope
        self.transport = transport
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

/// An answer as a solution gives it. A refusal is thrown, not answered: the web renders it as problem+json.
public struct RouteResponse: Sendable {
    /// The status, such as 200.
    public var status: Int
    /// The media type.
    public var contentType: String
    /// The body.
    public var body: [UInt8]
    /// Further headers.
    public var headers: [(name: String, value: String)]

    /// An answer.
    public init(status: Int = 200, contentType: String, body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// A JSON answer, written by `write`.
    public static func json<Failure: Error>(
        status: Int = 200, headers: [(name: String, value: String)] = [],
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) -> RouteResponse {
        var writer = JSONWriter()
        try write(&writer)
        return RouteResponse(status: status, contentType: "application/json", body: writer.bytes, headers: headers)
    }
}
