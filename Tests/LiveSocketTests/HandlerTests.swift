import LiveSocket
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

/// Bytes through the frame coders and the handler, in a channel without a socket.
@Suite struct HandlerTests {
    let loop = EmbeddedEventLoop()

    func channel(_ limits: WebSocketLimits = WebSocketLimits()) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandlers(
            WebSocketFrameEncoder(),
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limits.maximumMessageBytes)),
            WebSocketHandler(limits: limits))
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        return channel
    }

    func sent(_ channel: EmbeddedChannel) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
        return bytes
    }

    @Test func `bytes that arrive one by one make a message`() throws {
        let channel = try channel()
        for byte in RawClient.frame(0x81, Array("hello".utf8)) { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(try channel.readInbound(as: WebSocketMessage.self) == .text(ByteBuffer(string: "hello")))
    }

    @Test func `what is written goes out as one unmasked frame`() throws {
        let channel = try channel()
        try channel.writeOutbound(WebSocketMessage.text(ByteBuffer(string: "hi")))
        #expect(try sent(channel) == [0x81, 2, 0x68, 0x69])
        try channel.writeOutbound(WebSocketMessage.binary(ByteBuffer(bytes: [UInt8](repeating: 1, count: 200))))
        #expect(try sent(channel).prefix(4) == [0x82, 126, 0, 200])
    }

    @Test func `a ping is answered with its content`() throws {
        let channel = try channel()
        try channel.writeInbound(ByteBuffer(bytes: RawClient.frame(0x89, [1, 2, 3])))
        #expect(try sent(channel) == [0x8A, 3, 1, 2, 3])
        #expect(try channel.readInbound(as: WebSocketMessage.self) == nil)
    }

    @Test func `a frame over the limit closes with 1009 and nothing is read any more`() throws {
        let channel = try channel(WebSocketLimits(maximumMessageBytes: 4))
        // The decoder's error comes out here as well; the handler has dealt with it.
        _ = try? channel.writeInbound(ByteBuffer(bytes: RawClient.frame(0x82, [1, 2, 3, 4, 5])))
        #expect(try sent(channel).prefix(4).dropFirst(2) == [0x03, 0xF1])
        #expect(try channel.readInbound(as: WebSocketMessage.self) == nil)
    }

    @Test func `silence is met by a ping, then by the end`() throws {
        let channel = try channel(
            WebSocketLimits(pingInterval: .seconds(2), pongTimeout: .seconds(1), closeTimeout: .seconds(1)))
        loop.advanceTime(by: .seconds(1))
        try channel.writeInbound(ByteBuffer(bytes: RawClient.frame(0x81, [0x61])))
        loop.advanceTime(by: .milliseconds(1_500))
        #expect(try sent(channel) == [])
        loop.advanceTime(by: .milliseconds(500))
        #expect(try sent(channel) == [0x89, 0])
        loop.advanceTime(by: .seconds(1))
        #expect(try sent(channel).dropFirst(2).prefix(2) == [0x03, 0xF3])
        #expect(!channel.isActive)
    }

    @Test func `a close request is a close frame, and writes fail from then on`() throws {
        let channel = try channel()
        let reason = String(repeating: "é", count: 100)
        channel.triggerUserOutboundEvent(WebSocketClose(.tryAgainLater, reason), promise: nil)
        let frame = try sent(channel)
        #expect(frame.prefix(4) == [0x88, 2 + 122, 0x03, 0xF5])
        #expect(String(validating: frame.dropFirst(4), as: UTF8.self) == String(repeating: "é", count: 61))
        #expect(throws: WebSocketError.closed) {
            try channel.writeOutbound(WebSocketMessage.text(ByteBuffer(string: "late")))
        }
        try channel.writeInbound(ByteBuffer(bytes: RawClient.frame(0x88, [0x03, 0xF5])))
        #expect(!channel.isActive)
    }

    @Test func `the server's end closes with 1001`() throws {
        let channel = try channel()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try sent(channel).prefix(4).dropFirst(2) == [0x03, 0xE9])
    }
}
