import NIOCore
import NIOHTTP1

/// Answers a request for a WebSocket that is not granted, and ends the connection.
final class RefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let judge: UpgradeJudge
    private let closeTimeout: TimeAmount
    private var hasAnswered = false

    init(judge: UpgradeJudge, closeTimeout: TimeAmount) {
        self.judge = judge
        self.closeTimeout = closeTimeout
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !hasAnswered else { return }
        hasAnswered = true
        switch judge.judge(head, address: context.channel.remoteAddress?.ipAddress) {
        case .refuse(let status, let reason): answer(context, status, reason)
        // NIO has found a fault that the judge has not.
        case .accept: answer(context, 400, "The request for a WebSocket is malformed.")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What NIO tells about a refused upgrade is answered above; anything else means that the connection is of no use.
        if !hasAnswered, !(error is ChannelError) { return }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent, ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ status: Int, _ reason: String) {
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status))
        head.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
        head.headers.add(name: "content-length", value: String(reason.utf8.count))
        head.headers.add(name: "connection", value: status == 426 ? "upgrade, close" : "close")
        if status == 426 {
            head.headers.add(name: "upgrade", value: "websocket")
            head.headers.add(name: "sec-websocket-version", value: "13")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reason)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Our side ends first: were the whole socket closed at once, unread bytes would turn into a reset that overtakes the answer.
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        let timer = context.eventLoop.scheduleTask(in: closeTimeout) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}
