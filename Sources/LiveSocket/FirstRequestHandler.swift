import HummingbirdCore
import NIOCore

/// What a connection turned out to be.
enum FirstRequest: Sendable {
    case http(HTTP1Channel.Value)
    case webSocket(WebSocketChannel, WebSocketRequest, WebSocketTalk)
    case refused
}

/// Holds a connection's first bytes until it is known which pipeline they are for, sets that up, and steps out of the
/// way.
///
/// A connection that says nothing, or not enough, within the deadline is closed; so it is when the server stops
/// meanwhile.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let deadline: TimeAmount
    private let makeHTTP: (any Channel) -> EventLoopFuture<FirstRequest>
    private let makeWebSocket: (any Channel) -> EventLoopFuture<FirstRequest>
    private let outcome: EventLoopPromise<FirstRequest>
    private var peek: RequestPeek
    private var held = ByteBuffer()
    private var timer: Scheduled<Void>?

    init(
        peek: RequestPeek, deadline: TimeAmount, outcome: EventLoopPromise<FirstRequest>,
        makeHTTP: @escaping (any Channel) -> EventLoopFuture<FirstRequest>,
        makeWebSocket: @escaping (any Channel) -> EventLoopFuture<FirstRequest>
    ) {
        self.peek = peek
        self.deadline = deadline
        self.outcome = outcome
        self.makeHTTP = makeHTTP
        self.makeWebSocket = makeWebSocket
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        let outcome = outcome
        let timer = context.eventLoop.scheduleTask(in: deadline) { channel.close(promise: nil) }
        outcome.futureResult.whenComplete { _ in timer.cancel() }
        // A connection that is closed before it became active never becomes inactive: only this tells of every end.
        channel.closeFuture.whenComplete { _ in outcome.fail(ChannelError.inputClosed) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        held.writeImmutableBuffer(unwrapInboundIn(data))
        switch peek.look(at: held.readableBytesView) {
        case .undecided: break
        case .http: handOver(context, to: makeHTTP(context.channel))
        case .webSocket: handOver(context, to: makeWebSocket(context.channel))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func handOver(_ context: ChannelHandlerContext, to outcome: EventLoopFuture<FirstRequest>) {
        // Both pipelines are set up at once on this event loop; the future only carries what comes of them.
        outcome.cascade(to: self.outcome)
        context.fireChannelRead(wrapInboundOut(held))
        context.fireChannelReadComplete()
        held.clear()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
