public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTP1

/// An HTTP/1.1 connection of Hummingbird's server that may become a WebSocket.
///
/// The choice is made once, by the connection's first request: the pipeline of an HTTP connection is handed over to
/// async code and cannot be taken back. A later request for the WebSocket on the same connection reaches the HTTP
/// responder, which is to answer it with 426 and `Connection: close`; browsers open a connection of its own for every
/// WebSocket.
public struct HTTP1WebSocketChannel: ServerChildChannel {
    /// A connection whose nature is not known yet.
    public struct Value: ServerChildChannelValue {
        /// The connection.
        public let channel: any Channel
        let outcome: EventLoopFuture<FirstRequest>
    }

    private let http: HTTP1Channel
    private let endpoint: WebSocketEndpoint

    /// A channel for one endpoint beside the HTTP server.
    public init(http: HTTP1Channel, endpoint: WebSocketEndpoint) {
        self.http = http
        self.endpoint = endpoint
    }

    /// Prepares a connection that was just accepted.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let outcome = channel.eventLoop.makePromise(of: FirstRequest.self)
            let peek = RequestPeek(path: endpoint.path, maximumBytes: http.configuration.httpDecoder.maxHeaderListSize)
            let handler = FirstRequestHandler(
                peek: peek, deadline: endpoint.firstRequestTimeout, outcome: outcome,
                makeHTTP: { plainHTTP($0, logger: logger) },
                makeWebSocket: upgrade)
            try channel.pipeline.syncOperations.addHandler(handler)
            return Value(channel: channel, outcome: outcome.futureResult)
        }
    }

    /// Serves a connection until its end.
    public func handle(value: Value, logger: Logger) async {
        let first = await withTaskCancellationHandler {
            try? await value.outcome.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        switch first {
        case .http(let channel): await http.handle(value: channel, logger: logger)
        case .webSocket(let channel, let request, let talk): await endpoint.serve(channel, request, talk)
        // The refusal closes the connection by itself; a failed set-up has closed it already.
        case .refused: try? await value.channel.closeFuture.get()
        case nil: value.channel.close(promise: nil)
        }
    }

    private func plainHTTP(_ channel: any Channel, logger: Logger) -> EventLoopFuture<FirstRequest> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestHeadHandler(), position: .after(decoder))
            return .http(value)
        }
    }

    private func upgrade(_ channel: any Channel) -> EventLoopFuture<FirstRequest> {
        let outcome = channel.eventLoop.makePromise(of: FirstRequest.self)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = http.configuration.httpDecoder.maxHeaderFieldSize
        limits.maxHeaderListSize = http.configuration.httpDecoder.maxHeaderListSize
        limits.maxHeaderFieldCount = http.configuration.httpDecoder.maxHeaderFieldCount
        let handler = UpgradeHandler(
            judge: UpgradeJudge(path: endpoint.path, admit: endpoint.admit), limits: endpoint.limits,
            decoderLimits: limits,
            outcome: outcome)
        do {
            try handler.install(in: channel.pipeline.syncOperations)
        } catch {
            outcome.fail(error)
        }
        return outcome.futureResult
    }
}

extension HTTPServerBuilder {
    /// An HTTP/1.1 server with one path that speaks WebSocket.
    public static func http1(
        configuration: HTTP1Channel.Configuration = .init(), webSocket endpoint: WebSocketEndpoint
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HTTP1WebSocketChannel(
                http: HTTP1Channel(responder: responder, configuration: configuration), endpoint: endpoint)
        }
    }
}
