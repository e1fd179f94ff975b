public import HubModel

/// An answer as a solution gives it. A refusal is thrown, not answered: the web renders it as problem+json.
public struct RouteResponse: Sendable {
    /// The status, such as 200.
    public var status: Int
    /// The media type.
    public var contentType: String
    /// What is sent.
    public var content: ResponseContent
    /// Further headers. With an `ETag`, an answer of status 200 to a GET becomes 304 for a client that has it already.
    public var headers: [(name: String, value: String)]

    /// An answer.
    public init(
        status: Int = 200, contentType: String, content: ResponseContent,
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.content = content
        self.headers = headers
    }

    /// An answer that is in memory.
    public init(status: Int = 200, contentType: String, body: [UInt8], headers: [(name: String, value: String)] = []) {
        self.init(status: status, contentType: contentType, content: .bytes(body), headers: headers)
    }

    /// The bytes of an answer that is in memory; none of any other.
    public var body: [UInt8] {
        if case .bytes(let bytes) = content { bytes } else { [] }
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

    /// An answer that is made while it is sent.
    /// - Parameter write: writes it, piece by piece. When it returns, the answer is whole; when it throws, the connection is cut, so that
    ///   the client does not take half an answer for a whole one. At a stop of the hub, and when the client has gone, its task is
    ///   cancelled, and writing throws `CancellationError`: an answer without an end of its own, such as a live picture, catches that and
    ///   returns.
    public static func stream(
        status: Int = 200, contentType: String, headers: [(name: String, value: String)] = [],
        _ write: @escaping @Sendable (BodyWriter) async throws -> Void
    ) -> RouteResponse {
        RouteResponse(status: status, contentType: contentType, content: .stream(write), headers: headers)
    }

    /// A file. Parts of it are given to those who ask for a range (RFC 9110, section 14).
    public static func file(
        _ file: ResponseFile, contentType: String, headers: [(name: String, value: String)] = []
    ) -> RouteResponse {
        RouteResponse(contentType: contentType, content: .file(file), headers: headers)
    }
}

/// What an answer sends.
public enum ResponseContent: Sendable {
    /// Bytes that are in memory.
    case bytes([UInt8])
    /// A file, read while it is sent.
    case file(ResponseFile)
    /// What `write` writes.
    case stream(@Sendable (_ writer: BodyWriter) async throws -> Void)
}

/// A file to be sent.
public struct ResponseFile: Sendable {
    /// Where it is. The route vouches for the path: none of it may come from a request.
    public var path: String
    /// A strong entity tag with its quotes (RFC 9110, section 8.8.3); nil: none.
    public var entityTag: String?
    /// When its content last changed; nil: not said.
    public var modifiedAt: Timestamp?

    /// A file.
    public init(path: String, entityTag: String? = nil, modifiedAt: Timestamp? = nil) {
        self.path = path
        self.entityTag = entityTag
        self.modifiedAt = modifiedAt
    }
}

/// Where a streamed answer is written.
public struct BodyWriter: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    /// A writer.
    /// - Parameter send: sends bytes, and returns when there is room for more.
    public init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.send = send
    }

    /// Sends bytes; returns when the client has taken so much that there is room for more. One piece at a time.
    /// - Throws: `CancellationError` when the client is gone or the hub stops; the time for a piece is limited.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await send(bytes)
    }
}
