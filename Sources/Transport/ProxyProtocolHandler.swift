public import NIOCore

/// Reads the PROXY header in front of the connections of trusted proxies, tells the handlers behind it who is there (a
/// `ConnectionOrigin` event), and removes itself. Stands first in the pipeline, in front of TLS.
///
/// A trusted proxy has to send the header: without one, or with a malformed one, the connection is closed. For anybody
/// else it removes itself at once: a header from there is not believed, and is no packet of the protocol either.
public final class ProxyProtocolHandler: ChannelInboundHandler, RemovableChannelHandler {
    /// Bytes as they come.
    public typealias InboundIn = ByteBuffer
    /// The bytes behind the header.
    public typealias InboundOut = ByteBuffer

    private let trusted: TrustedNetworks
    private let timeout: TimeAmount
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var state = State.beginning

    private enum State {
        case beginning
        case reading
        case done
    }

    /// A handler that believes these proxies, and gives them so long to say who is there.
    public init(trusted: TrustedNetworks, timeout: TimeAmount = .seconds(10)) {
        self.trusted = trusted
        self.timeout = timeout
    }

    /// Begins if the connection is open already.
    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    /// Begins.
    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
        if case .done = state { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard case .beginning = state else { return }
        guard let address = context.remoteAddress.flatMap(IPAddress.init), trusted.contains(address) else {
            state = .done
            return
        }
        state = .reading
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { context.close(promise: nil) }
    }

    /// Takes what belongs to the header; the rest goes on.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .reading = state else {
            context.fireChannelRead(data)
            return
        }
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        let prefix =
            received.getBytes(
                at: received.readerIndex, length: min(received.readableBytes, ProxyHeaderDecoder.mostBytes)) ?? []
        switch ProxyHeaderDecoder.decode(prefix) {
        case .needMoreBytes: return
        case .malformed:
            state = .done
            received = ByteBuffer()
            context.close(promise: nil)
        case .header(let header, let consumed):
            state = .done
            deadline?.cancel()
            received.moveReaderIndex(forwardBy: consumed)
            if case .proxied(let origin) = header { context.fireUserInboundEventTriggered(origin) }
            let rest = received
            received = ByteBuffer()
            if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    /// Forgets the deadline.
    public func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    /// Forgets the deadline.
    public func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}
