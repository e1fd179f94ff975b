import NIOCore
import NIOHTTP1

/// How far the requests of a connection are, told towards the socket as an outbound user event: what stands there sees
/// bytes alone, and cannot know where a request begins.
public enum RequestBoundary: Sendable {
    /// The head of a request is whole.
    case headEnded
    /// A request is whole, with its body.
    case requestEnded
}

/// Gives requests of HTTP/1.0 and 1.1 one form, and ends their connections as their clients expect. It stands behind the
/// HTTP decoder, which is the last that knows a request's version.
///
/// - What comes after it compares the field `Connection` with the word `close`. Clients write a list, in any case, and
///   HTTP/1.0 means it unless it says `keep-alive` (RFC 9112, section 9.3): so the field is `close` or not there.
/// - HTTP/1.0 knows no `Host` and no `Expect` (RFC 9110, sections 7.2 and 10.1.1): a host that is not named becomes an
///   empty one, which HTTP/1.1 has for that, and what is expected is ignored.
/// - Each answer says whether its connection goes on, where the client would assume otherwise.
/// - HTTP/1.0 knows no chunks (RFC 9112, section 7.1): an answer whose length nobody knows ends with its connection.
final class RequestHeadHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What the `Connection` field of the answer has to say; nil: nothing.
    private enum Word: String {
        case close
        case keepAlive = "keep-alive"
    }

    /// For each request that is not answered, what its answer says of the connection, and whether it is one of HTTP/1.0.
    private var answers = CircularBuffer<(word: Word?, isOld: Bool)>(initialCapacity: 2)
    /// Whether the connection ends with the answer that is being written.
    private var endsWithAnswer = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            context.triggerUserOutboundEvent(RequestBoundary.headEnded, promise: nil)
            normalise(&head)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            context.fireChannelRead(data)
        case .end:
            context.triggerUserOutboundEvent(RequestBoundary.requestEnded, promise: nil)
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // An interim answer (100) is not yet the answer.
            guard head.status.code >= 200, let answer = answers.popFirst() else {
                return context.write(data, promise: promise)
            }
            endsWithAnswer = answer.isOld && RequestHeadHandler.isUnbounded(head)
            if endsWithAnswer {
                head.version = .http1_0
                head.headers.replaceOrAdd(name: "connection", value: Word.close.rawValue)
            } else if let word = answer.word, !head.headers.contains(name: "connection") {
                head.headers.add(name: "connection", value: word.rawValue)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            guard endsWithAnswer else { return context.write(data, promise: promise) }
            context.writeAndFlush(data, promise: promise)
            context.close(mode: .output, promise: nil)
        }
    }

    /// Whether an answer has content of which its head does not say how long it is.
    private static func isUnbounded(_ head: HTTPResponseHead) -> Bool {
        head.status.code != 204 && head.status.code != 304 && !head.headers.contains(name: "content-length")
    }

    private func normalise(_ head: inout HTTPRequestHead) {
        let isOld = head.version == .http1_0
        let staysOpen = head.isKeepAlive
        answers.append((staysOpen ? (isOld ? .keepAlive : nil) : .close, isOld))
        head.headers.remove(name: "connection")
        if !staysOpen { head.headers.add(name: "connection", value: Word.close.rawValue) }
        guard isOld else { return }
        head.headers.remove(name: "expect")
        if !head.headers.contains(name: "host") { head.headers.add(name: "host", value: "") }
    }
}
