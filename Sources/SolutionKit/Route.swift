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
    /// What it does, in one line.
    public let summary: String
    /// Its query parameters.
    public let query: [QueryParameter]
    /// The largest body it takes, in bytes.
    public let maximumBodyBytes: Int
    /// What answers it.
    public let handler: @Sendable (RouteRequest) async throws -> RouteResponse

    /// A route.
    public init(
        _ method: Method, _ path: String, summary: String, query: [QueryParameter] = [], maximumBodyBytes: Int = 65_536,
        handler: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.query = query
        self.maximumBodyBytes = maximumBodyBytes
        self.handler = handler
    }
}

/// A parameter behind the question mark.
public struct QueryParameter: Sendable {
    /// Its name.
    public let name: String
    /// What it means, with units and bounds.
    public let summary: String

    /// A parameter.
    public init(_ name: String, _ summary: String) {
        self.name = name
        self.summary = summary
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
    /// When the hub received it.
    public let receivedAt: Timestamp
    /// The peer's address without its port, if it is known.
    public let address: String?

    /// A request.
    public init(
        path: [String: String], query: [(name: String, value: String)], accept: String?, body: [UInt8],
        receivedAt: Timestamp,
        address: String?
    ) {
        self.path = path
        self.query = query
        self.accept = accept
        self.body = body
        self.receivedAt = receivedAt
        self.address = address
    }

    /// The value of a query parameter; the last one if it is repeated.
    public func parameter(_ name: String) -> String? {
        query.last { $0.name == name }?.value
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
    public static func json(
        status: Int = 200, headers: [(name: String, value: String)] = [], _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> RouteResponse {
        var writer = JSONWriter()
        try write(&writer)
        return RouteResponse(status: status, contentType: "application/json", body: writer.bytes, headers: headers)
    }
}
