import HummingbirdCore
import LiveSocket
import Logging
import NIOCore
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
final class DoorHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connections: ConnectionBook
    private let headTimeout: TimeAmount
    private var connection: Connection?
    private var deadline: Scheduled<Void>?

    init(connections: ConnectionBook, headTimeout: TimeAmount) {
        self.connections = connections
        self.headTimeout = headTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { connection = connections.open(context.channel) }
    }

    func channelActive(context: ChannelHandlerContext) {
        connection = connections.open(context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let connection, connection.beginsHead() {
            let connections = connections
            deadline?.cancel()
            deadline = context.eventLoop.scheduleTask(in: headTimeout) { connections.endSlowHead(of: connection) }
        }
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        connection = nil
    }
}
