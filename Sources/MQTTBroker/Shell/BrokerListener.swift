internal import MQTTCodec
internal import NIOCore
internal import NIOPosix
internal import Transport

/// Opens the ports. What stands between the socket and `ConnectionHandler` (the PROXY protocol, TLS) is put there, for
/// each listener its own; on a plain one there is nothing.
enum BrokerListener {
    /// Opens all ports, or none and throws a `BrokerStartFailure`.
    static func bind(
        _ configuration: BrokerConfiguration, group: MultiThreadedEventLoopGroup, loop: NIOLoopBound<BrokerLoop>
    ) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for listener in configuration.listeners {
            do {
                channels.append(try await bind(listener, configuration, group: group, loop: loop))
            } catch {
                for channel in channels { try? await channel.close() }
                throw BrokerStartFailure(host: listener.host, port: listener.port, underlying: error)
            }
        }
        return channels
    }

    private static func bind(
        _ listener: ListenerConfiguration, _ configuration: BrokerConfiguration, group: MultiThreadedEventLoopGroup,
        loop: NIOLoopBound<BrokerLoop>
    ) async throws -> any Channel {
        let limits = PacketLimits(
            maximumPacketSize: configuration.limits.packetSize,
            maximumConnectSize: min(configuration.limits.connectPacketSize, configuration.limits.packetSize),
            maximumProperties: configuration.limits.properties)
        let budget = configuration.budget
        let connectTimeout = TimeAmount.seconds(Int64(configuration.connectTimeout))
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: UInt(AcceptGuard.acceptsAtOnce))
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGuard(budget))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read a round: the loop comes back to a socket that has more, after the others had their turn.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32_768, high: 65_536))
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if !listener.trustedProxies.isEmpty {
                        try pipeline.addHandler(
                            ProxyProtocolHandler(trusted: listener.trustedProxies, timeout: connectTimeout))
                    }
                    try listener.tls?.addHandlers(to: pipeline)
                    let handler = ConnectionHandler(
                        loop: loop.value, limits: limits, trustedProxies: listener.trustedProxies,
                        isEncrypted: listener.tls != nil)
                    try pipeline.addHandler(handler)
                }
            }
            .bind(host: listener.host, port: listener.port).get()
    }
}
