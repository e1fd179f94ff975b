public import NIOCore

/// A path that speaks WebSocket.
public struct WebSocketEndpoint: Sendable {
    /// The path, such as `/ws`.
    public let path: String
    /// What one socket may use up.
    public let limits: WebSocketLimits
    /// How long a new connection has to say what it wants.
    public let firstRequestTimeout: TimeAmount
    let admit: @Sendable (WebSocketRequest) async -> WebSocketAdmission

    /// An endpoint that decides who may come in.
    ///
    /// - Parameters:
    ///   - path: the path, as it stands in the request.
    ///   - limits: what one socket may use up.
    ///   - firstRequestTimeout: how long a new connection has to send its first request's head, and that head to be
    ///     judged.
    ///   - admit: decides by the request's headers whether it is granted, and what talks to the peer then.
    public init(
        path: String, limits: WebSocketLimits = WebSocketLimits(), firstRequestTimeout: TimeAmount = .seconds(10),
        admit: @escaping @Sendable (WebSocketRequest) async -> WebSocketAdmission
    ) {
        self.path = path
        self.limits = limits
        self.firstRequestTimeout = firstRequestTimeout
        self.admit = admit
    }

    /// An endpoint for pages of this server and for programs that are no pages.
    public init(
        path: String, limits: WebSocketLimits = WebSocketLimits(), firstRequestTimeout: TimeAmount = .seconds(10),
        handler: @escaping WebSocketTalk
    ) {
        self.init(path: path, limits: limits, firstRequestTimeout: firstRequestTimeout) { request in
            guard request.isSameOriginOrNone else { return .otherOrigin }
            return .accept(handler)
        }
    }
}

/// Talks to a peer. When it returns, the socket is closed with 1000 if it is still open; when it throws, with 1011. It is
/// cancelled only when the server is.
public typealias WebSocketTalk =
    @Sendable (WebSocketRequest, inout WebSocketInbound, WebSocketOutbound) async throws -> Void

typealias WebSocketChannel = NIOAsyncChannel<WebSocketMessage, WebSocketMessage>

/// What the peer says, message by message.
public struct WebSocketInbound {
    private var iterator: NIOAsyncChannelInboundStream<WebSocketMessage>.AsyncIterator

    init(_ iterator: NIOAsyncChannelInboundStream<WebSocketMessage>.AsyncIterator) {
        self.iterator = iterator
    }

    /// The next message; nil when the socket is closed, whoever closed it.
    public mutating func next() async -> WebSocketMessage? {
        // An error here is the connection's end as well; what it was is told by nobody who could mend it.
        (try? await iterator.next()) ?? nil
    }
}

/// What is said to the peer. It may be used from several tasks at once.
public struct WebSocketOutbound: Sendable {
    private let writer: NIOAsyncChannelOutboundWriter<WebSocketMessage>
    private let channel: any Channel
    private let maximumQueuedMessages: Int

    init(_ writer: NIOAsyncChannelOutboundWriter<WebSocketMessage>, channel: any Channel, limits: WebSocketLimits) {
        self.writer = writer
        self.channel = channel
        self.maximumQueuedMessages = limits.maximumQueuedMessages
    }

    /// Sends a message; waits while more than the allowed bytes are on their way to the peer.
    /// - Throws: an error when the socket is closed.
    public func send(_ message: WebSocketMessage) async throws {
        try await writer.write(message)
    }

    /// Sends messages in one go; waits while more than the allowed bytes or messages are on their way.
    /// - Throws: an error when the socket is closed.
    public func send(contentsOf messages: [WebSocketMessage]) async throws {
        var rest = messages[...]
        while !rest.isEmpty {
            try await writer.write(contentsOf: rest.prefix(maximumQueuedMessages))
            rest = rest.dropFirst(maximumQueuedMessages)
        }
    }

    /// Starts the closing handshake. It waits for nothing, and a second close does nothing.
    public func close(_ code: WebSocketCloseCode, _ reason: String = "") {
        channel.triggerUserOutboundEvent(WebSocketClose(code, reason), promise: nil)
    }
}

extension WebSocketEndpoint {
    /// Talks on an upgraded connection until it is closed.
    func serve(_ socket: WebSocketChannel, _ request: WebSocketRequest, _ talk: WebSocketTalk) async {
        let channel = socket.channel
        await withTaskCancellationHandler {
            // Errors are the connection's end: there is nobody to tell.
            try? await socket.executeThenClose { messages, writer in
                var inbound = WebSocketInbound(messages.makeAsyncIterator())
                let outbound = WebSocketOutbound(writer, channel: channel, limits: limits)
                do {
                    try await talk(request, &inbound, outbound)
                    outbound.close(.normal)
                } catch {
                    outbound.close(.internalError)
                }
                // The peer's close frame is still to be read. The state machine's deadline bounds this wait.
                while await inbound.next() != nil {}
                writer.finish()
                try? await channel.closeFuture.get()
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}
