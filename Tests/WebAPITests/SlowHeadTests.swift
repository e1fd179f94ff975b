import HubModel
import LiveSocket
import NIOCore
import NIOEmbedded
import SolutionKit
import Testing
import Transport
import WebAPI

/// How long the head of a later request may take, on a channel whose time the test moves.
@Suite struct SlowHeadTests {
    private let channel: EmbeddedChannel
    private let connections: ConnectionBook

    init() throws {
        connections = try ConnectionBook(
            limits: WebLimits(), transports: TransportReader(trustedProxies: TrustedNetworks(list: "")))
        channel = EmbeddedChannel(handler: DoorHandler(connections: connections, headTimeout: .seconds(6)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func tell(_ boundaries: RequestBoundary...) throws {
        for boundary in boundaries { try channel.triggerUserOutboundEvent(boundary).wait() }
    }

    private func come(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    private func pass(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    private var slowHeads: Double? {
        connections.metrics().first { $0.name == "martlet_http_slow_heads_total" }?.samples.first?.value
    }

    @Test("a later head has its time from its first byte on")
    func later() throws {
        try tell(.headEnded, .requestEnded)
        pass(.hours(1))
        try come("G")
        pass(.milliseconds(5_999))
        #expect(channel.isActive)
        pass(.milliseconds(1))
        #expect(!channel.isActive && slowHeads == 1)
    }

    @Test("a head that came in time ends no connection, however long its body takes")
    func inTime() throws {
        try tell(.headEnded, .requestEnded)
        try come("GET / HTTP/1.1\r\n")
        pass(.seconds(5))
        try tell(.headEnded)
        pass(.hours(1))
        try come("body")
        pass(.hours(1))
        #expect(channel.isActive && slowHeads == 0)
    }

    @Test("line ends after a body are no head")
    func lineEnds() throws {
        try tell(.headEnded, .requestEnded)
        try come("\r\n")
        pass(.hours(1))
        #expect(channel.isActive)
    }

    @Test("a head that begins before the answer to the one before it is out has its time as well")
    func whileAnswering() throws {
        try tell(.headEnded, .requestEnded)
        let id = ObjectIdentifier(channel)
        _ = connections.heard(id)
        try come("G")
        // An answer that is on its way is not cut short.
        pass(.hours(1))
        #expect(channel.isActive)
        connections.answered(id)
        pass(.seconds(6))
        #expect(!channel.isActive && slowHeads == 1)
    }
}
