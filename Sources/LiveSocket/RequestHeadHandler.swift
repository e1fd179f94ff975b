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

    /// For each request that is not answered, what its answer says of the connection.
    private var words = CircularBuffer<Word?>(initialCapacity: 2)

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
        // An interim answer (100) is not yet the answer.
        guard case .head(var head) = unwrapOutboundIn(data), head.status.code >= 200, let word = words.popFirst(),
            let word, !head.headers.contains(name: "connection")
        else { return context.write(data, promise: promise) }
        head.headers.add(name: "connection", value: word.rawValue)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func normalise(_ head: inout HTTPRequestHead) {
        let isOld = head.version == .http1_0
        let staysOpen = head.isKeepAlive
        words.append(staysOpen ? (isOld ? .keepAlive : nil) : .close)
        head.headers.remove(name: "connection")
        if !staysOpen { head.headers.add(name: "connection", value: Word.close.rawValue) }
        guard isOld else { return }
        head.headers.remove(name: "expect")
        if !head.headers.contains(name: "host") { head.headers.add(name: "host", value: "") }
    }
}
