internal import MQTTCodec
internal import NIOCore
internal import NIOPosix

/// Opens the port. What TLS and WebSocket will need is here: handlers in front of `ConnectionHandler`, for each
/// listener its own.
enum BrokerListener {
    static func bind(
        _ configuration: BrokerConfiguration, group: MultiThreadedEventLoopGroup, loop: NIOLoopBound<BrokerLoop>
    ) async throws -> any Channel {
        let limits = PacketLimits(
            maximumPacketSize: configuration.limits.packetSize,
            maximumConnectSize: min(configuration.limits.connectPacketSize, configuration.limits.packetSize),
            maximumProperties: configuration.limits.properties)
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read a round: the loop comes back to a socket that has more, after the others had their turn.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32_768, high: 65_536))
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = ConnectionHandler(loop: loop.value, limits: limits)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }
}
