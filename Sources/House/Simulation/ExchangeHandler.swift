internal import NIOCore
internal import NIOHTTP1
internal import SolutionKit

/// A request on its way, and who waits for its answer.
struct Exchange: Sendable {
    let request: SimulatedRequest
    let deadline: NIODeadline
    let answer: EventLoopPromise<SimulatedAnswer>
}

/// One connection to the hub behind NIO's HTTP/1.1: writes an `Exchange`, and answers it. A connection whose answer is late or too large is closed,
/// because what would come on it next belongs to nothing.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private let authority: String
    private let fields: [SimulatedRequest.Field]
    private let onConnection: @Sendable (Bool) -> Void
    private var current: Exchange?
    private var timer: Scheduled<Void>?
    private var isWritingHead = false
    /// What has come of the answer.
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    /// - Parameter authority: what the field `Host` says.
    init(authority: String, _ fields: [SimulatedRequest.Field], _ onConnection: @escaping @Sendable (Bool) -> Void) {
        self.authority = authority
        self.fields = fields
        self.onConnection = onConnection
    }

    func channelActive(context: ChannelHandlerContext) {
        onConnection(true)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        onConnection(false)
        finish(.noReply(.hubAway))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isWritingHead {
            finish(.noReply(.notSent))
        } else {
            context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        current = exchange
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: exchange.deadline) {
            self.finish(.noReply(.timeOver), closing: context)
        }
        isWritingHead = true
        context.write(wrapOutboundOut(.head(requestHead(exchange.request))), promise: nil)
        isWritingHead = false
        guard current != nil else {
            promise?.succeed()
            return
        }
        if !exchange.request.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: exchange.request.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // An answer that nobody asked for.
        guard current != nil else { return context.close(promise: nil) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
            if length > SimulatedAnswer.largestBody { finish(.noReply(.tooLarge), closing: context) }
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= SimulatedAnswer.largestBody else {
                return finish(.noReply(.tooLarge), closing: context)
            }
            body += buffer.readableBytesView
        case .end:
            guard let head else { return context.close(promise: nil) }
            let answer = SimulatedAnswer.reply(status: Int(head.status.code), body: body)
            if head.isKeepAlive { finish(answer) } else { finish(answer, closing: context) }
        }
    }

    private func finish(_ answer: SimulatedAnswer) {
        let exchange = current
        forget()
        exchange?.answer.succeed(answer)
    }

    /// Closes the connection first: the device may send its next request as soon as it has the answer, and not on a connection that ends.
    private func finish(_ answer: SimulatedAnswer, closing context: ChannelHandlerContext) {
        let exchange = current
        forget()
        context.close().assumeIsolated().whenComplete { _ in exchange?.answer.succeed(answer) }
    }

    private func forget() {
        timer?.cancel()
        (timer, current, head, body) = (nil, nil, nil, [])
    }

    private func requestHead(_ request: SimulatedRequest) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        for field in request.fields { headers.add(name: field.name, value: field.value) }
        for field in fields { headers.replaceOrAdd(name: field.name, value: field.value) }
        if let type = request.contentType { headers.replaceOrAdd(name: "Content-Type", value: type) }
        for name in ["Connection", "Transfer-Encoding", "Content-Length"] { headers.remove(name: name) }
        headers.replaceOrAdd(name: "Host", value: authority)
        // RFC 9110, section 8.6: a method whose body means something says its length also where there is none.
        if request.method != .get || !request.body.isEmpty {
            headers.add(name: "Content-Length", value: "\(request.body.count)")
        }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.path,
            headers: headers)
    }
}
