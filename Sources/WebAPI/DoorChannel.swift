import HummingbirdCore
import LiveSocket
import Logging
package import NIOCore
import SolutionKit
import Transport

/// A connection as it comes in: counted, encrypted if its listener says so, and then HTTP or the live socket.
struct DoorChannel: ServerChildChannel {
    let inner: HTTP1WebSocketChannel
    let connections: ConnectionBook
    let headTimeout: TimeAmount
    /// TLS; nil: the connection is plain.
    let tls: ServerTLS?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1WebSocketChannel.Value> {
        do {
            try tls?.addHandlers(to: channel.pipeline.syncOperations)
            try channel.pipeline.syncOperations.addHandler(
                DoorHandler(connections: connections, headTimeout: headTimeout))
        } catch {
            // What was built of it may not be used: nobody is to be served in plain text for want of TLS.
            channel.close(promise: nil)
        }
        return inner.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1WebSocketChannel.Value, logger: Logger) async {
        await inner.handle(value: value, logger: logger)
    }
}

/// Stands before the HTTP decoder: has the connection counted, and closes it when the head of a later request takes too
/// long, counted from its first byte. The first request's head has a deadline of its own, in LiveSocket.
package final class DoorHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// What the next bytes belong to, as the decoder tells it. Not as the answers do: a client that has its answer may
    /// send its next byte before the task that wrote the answer goes on.
    private enum Stage {
        /// The first request, or a live socket.
        case first
        /// The body of a request whose head is whole.
        case request
        /// Nothing: the last request is whole.
        case between
        /// The head of a later request.
        case head
    }

    private let connections: ConnectionBook
    private let headTimeout: TimeAmount
    private var connection: WebConnection?
    private var stage = Stage.first
    private var deadline: Scheduled<Void>?

    package init(connections: ConnectionBook, headTimeout: TimeAmount) {
        self.connections = connections
        self.headTimeout = headTimeout
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { connection = connections.open(context.channel) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        connection = connections.open(context.channel)
        context.fireChannelActive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if stage == .between, DoorHandler.beginsHead(unwrapInboundIn(data)) {
            stage = .head
            startDeadline(context.eventLoop)
        }
        context.fireChannelRead(data)
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed = event as? ChannelEvent { connection?.leaving.give() }
        context.fireUserInboundEventTriggered(event)
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard let boundary = event as? RequestBoundary else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        switch boundary {
        case .headEnded:
            deadline?.cancel()
            stage = .request
        case .requestEnded: stage = .between
        }
        promise?.succeed()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        connection = nil
    }

    private func startDeadline(_ eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        deadline = eventLoop.scheduleTask(in: headTimeout) { bound.value.headIsLate(eventLoop) }
    }

    private func headIsLate(_ eventLoop: any EventLoop) {
        guard stage == .head, let connection else { return }
        // The request before it is still being answered, and is not cut short.
        guard !connection.isAnswering else { return startDeadline(eventLoop) }
        connections.endSlowHead(of: connection)
    }

    /// Whether there is more than line ends, which some clients send after a body and a server ignores (RFC 9112,
    /// section 2.2).
    private static func beginsHead(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytesView.contains { $0 != 0x0D && $0 != 0x0A }
    }
}
