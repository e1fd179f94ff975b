import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Answers a request for a WebSocket: turns the pipeline into one, or refuses and ends the connection.
///
/// NIO's own upgrade handler loses the head of a request that no upgrader takes, so that nobody could say why; its
/// upgrader is used for the rest (the accept key, the frame coders).
final class UpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case awaitingHead
        /// It is being found out whether the request is granted; `isWhole`: its end has come meanwhile.
        case judging(HTTPRequestHead, isWhole: Bool)
        case accepted(HTTPRequestHead, WebSocketTalk)
        case refused
        case upgraded
    }

    private let judge: UpgradeJudge
    private let limits: WebSocketLimits
    private let outcome: EventLoopPromise<FirstRequest>
    private let encoder = HTTPResponseEncoder()
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private var state = State.awaitingHead

    init(
        judge: UpgradeJudge, limits: WebSocketLimits, decoderLimits: NIOHTTPDecoderLimitConfiguration,
        outcome: EventLoopPromise<FirstRequest>
    ) {
        self.judge = judge
        self.limits = limits
        self.outcome = outcome
        self.decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
    }

    /// Adds the handler, with the HTTP coders it needs, at a pipeline's end.
    func install(in pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandlers(encoder, decoder, self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.awaitingHead, .head(let head)):
            judge(context, head)
        case (.judging(let head, _), .end):
            state = .judging(head, isWhole: true)
        case (.accepted(let head, let talk), .end):
            upgrade(context, head, talk)
        case (.judging, _), (.accepted, _):
            refuse(context, 400, "A request for a WebSocket has no body.")
        case (.awaitingHead, _), (.refused, _), (.upgraded, _):
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .awaitingHead, .judging, .accepted:
            if error is HTTPParserError {
                refuse(context, 400, "The request is malformed.")
            } else {
                context.close(promise: nil)
            }
        case .refused, .upgraded:
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let outcome = outcome
        context.channel.closeFuture.whenComplete { _ in outcome.fail(ChannelError.inputClosed) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // Whoever is still being judged has gone.
        if case .judging = state { state = .refused }
    }

    private func judge(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        let request = WebSocketRequest(head, channel: context.channel)
        if let reason = judge.objection(to: head, request) {
            return refuse(context, reason.status, reason.sentence)
        }
        state = .judging(head, isWhole: false)
        let admit = judge.admit
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.makeFutureWithTask { await admit(request) }.whenSuccess { admission in
            let (handler, context) = bound.value
            guard case .judging(let head, let isWhole) = handler.state else { return }
            switch admission {
            case .accept(let talk):
                handler.state = .accepted(head, talk)
                if isWhole { handler.upgrade(context, head, talk) }
            case .refuse(let status, let reason, let headers):
                handler.refuse(context, status, reason, headers: headers)
            }
        }
    }

    private func upgrade(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ talk: @escaping WebSocketTalk) {
        state = .upgraded
        let limits = limits
        let upgrader = NIOTypedWebSocketServerUpgrader<FirstRequest>(
            maxFrameSize: limits.maximumMessageBytes, enableAutomaticErrorHandling: false,
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    let high = max(1, limits.maximumQueuedBytes)
                    try channel.syncOptions?.setOption(
                        .writeBufferWaterMark, value: .init(low: max(1, high / 2), high: high))
                    try channel.pipeline.syncOperations.addHandler(WebSocketHandler(limits: limits))
                    let socket = try WebSocketChannel(wrappingChannelSynchronously: channel)
                    return .webSocket(socket, WebSocketRequest(head, channel: channel), talk)
                }
            })
        let channel = context.channel
        let promise = outcome
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        // Everything below happens at once on this event loop; the futures are NIO's way of saying so.
        upgrader.buildUpgradeResponse(channel: channel, upgradeRequest: head, initialResponseHeaders: HTTPHeaders())
            .flatMap { headers in
                let (handler, context) = bound.value
                let answer = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
                context.writeAndFlush(handler.wrapOutboundOut(.head(answer)), promise: nil)
                context.pipeline.syncOperations.removeHandler(handler.encoder, promise: nil)
                return upgrader.upgrade(channel: channel, upgradeRequest: head)
            }
            .whenComplete { result in
                let (handler, context) = bound.value
                promise.completeWith(result)
                if case .failure = result { return context.close(promise: nil) }
                // The decoder goes last: it passes on what followed the request, and the frame decoder is in place by
                // now. It does so a moment later, so that this read has to be completed once more.
                let pipeline = context.pipeline
                pipeline.syncOperations.removeHandler(handler, promise: nil)
                pipeline.syncOperations.removeHandler(handler.decoder).whenComplete { _ in
                    pipeline.fireChannelReadComplete()
                }
            }
    }

    private func refuse(
        _ context: ChannelHandlerContext, _ status: Int, _ reason: String, headers: [(name: String, value: String)] = []
    ) {
        state = .refused
        outcome.succeed(.refused)
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
        head.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        head.headers.add(name: "content-length", value: String(reason.utf8.count))
        head.headers.add(name: "connection", value: status == 426 ? "upgrade, close" : "close")
        head.headers.add(name: "cache-control", value: "no-store")
        head.headers.add(name: "x-content-type-options", value: "nosniff")
        for header in headers { head.headers.add(name: header.name, value: header.value) }
        if status == 426 {
            head.headers.add(name: "upgrade", value: "websocket")
            head.headers.add(name: "sec-websocket-version", value: "13")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reason)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Our side ends first: were the whole socket closed at once, unread bytes would turn into a reset that
        // overtakes the answer.
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let timer = context.eventLoop.scheduleTask(in: limits.closeTimeout) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}
