import NIOCore
import NIOEmbedded
import Testing
import Transport

struct ProxyProtocolTests {
    private let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    private func origin(_ address: String, _ port: Int, isSecure: Bool = false) throws -> ProxyHeader {
        .proxied(ConnectionOrigin(address: try #require(IPAddress(address)), port: port, isSecure: isSecure))
    }

    private func binary(_ command: UInt8, _ family: UInt8, _ body: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }

    /// The same answer however the bytes are cut, and none of what follows is taken.
    private func expect(_ bytes: [UInt8], _ header: ProxyHeader) {
        for count in 0..<bytes.count {
            #expect(ProxyHeaderDecoder.decode(Array(bytes.prefix(count))) == .needMoreBytes)
        }
        for more: [UInt8] in [[], [0x10, 0x0A]] {
            #expect(ProxyHeaderDecoder.decode(bytes + more) == .header(header, consumed: bytes.count))
        }
    }

    @Test("version 1")
    func text() throws {
        expect(Array("PROXY TCP4 192.0.2.1 192.0.2.2 50000 1883\r\n".utf8), try origin("192.0.2.1", 50_000))
        expect(Array("PROXY TCP6 2001:db8::1 ::1 1 2\r\n".utf8), try origin("2001:db8::1", 1))
        expect(Array("PROXY UNKNOWN\r\n".utf8), .local)
        expect(Array("PROXY UNKNOWN ffff:: x y\r\n".utf8), .local)
    }

    @Test("version 2, with further fields that say whether the peer speaks TLS")
    func version2() throws {
        let four: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xC3, 0x50, 0x07, 0x5B]
        expect(binary(0x21, 0x11, four), try origin("192.0.2.1", 50_000))
        expect(
            binary(0x21, 0x11, four + [0x20, 0, 5, 0x01, 0, 0, 0, 0]), try origin("192.0.2.1", 50_000, isSecure: true))
        expect(binary(0x21, 0x11, four + [0x20, 0, 5, 0, 0, 0, 0, 0]), try origin("192.0.2.1", 50_000))
        let six: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1]
        expect(binary(0x21, 0x21, six + six + [0, 7, 0, 8]), try origin("2001:db8::1", 7))
        expect(binary(0x20, 0x00, []), .local)
        expect(binary(0x21, 0x00, [1, 2, 3]), .local)
        expect(binary(0x21, 0x31, Array(repeating: 0, count: 216)), .local)
    }

    @Test(
        "malformed",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
            "PROXY TCP4 2001:db8::1 ::1 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
            "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "PROXY SCTP 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY \r\n",
            "PROXY UNKNOWN " + String(repeating: "x", count: 100), "\u{10}",
        ])
    func malformed(bytes: String) {
        #expect(ProxyHeaderDecoder.decode(Array(bytes.utf8)) == .malformed)
    }

    @Test("malformed in version 2")
    func malformedBinary() {
        let four: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0xC3, 0x50, 0x07, 0x5B]
        #expect(ProxyHeaderDecoder.decode(binary(0x11, 0x11, four)) == .malformed)
        #expect(ProxyHeaderDecoder.decode(binary(0x22, 0x11, four)) == .malformed)
        #expect(ProxyHeaderDecoder.decode(binary(0x21, 0x41, four)) == .malformed)
        #expect(ProxyHeaderDecoder.decode(binary(0x21, 0x11, Array(four.dropLast()))) == .malformed)
        #expect(ProxyHeaderDecoder.decode(binary(0x21, 0x11, four + [0x20, 0, 5, 1])) == .malformed)
        #expect(ProxyHeaderDecoder.decode(signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed)
        #expect(ProxyHeaderDecoder.decode(Array(signature.dropLast()) + [0x0B]) == .malformed)
    }

    // MARK: The handler

    private func channel(peer: String) throws -> (EmbeddedChannel, Seen) {
        let seen = Seen()
        let channel = EmbeddedChannel(handlers: [
            ProxyProtocolHandler(trusted: try TrustedNetworks(["10.0.0.0/8"])), seen,
        ])
        try channel.connect(to: SocketAddress(ipAddress: peer, port: 1)).wait()
        return (channel, seen)
    }

    @Test("a trusted proxy is believed; what follows the header goes on, and the handler is gone")
    func believed() throws {
        let (channel, seen) = try channel(peer: "10.0.0.1")
        try channel.writeInbound(ByteBuffer(string: "PROXY TCP4 192.0.2.1 192"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(ByteBuffer(string: ".0.2.2 5 6\r\nhello"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "hello"))
        let address = try #require(IPAddress("192.0.2.1"))
        #expect(seen.origins == [ConnectionOrigin(address: address, port: 5)])
        #expect(throws: (any Error).self) {
            try channel.pipeline.syncOperations.handler(type: ProxyProtocolHandler.self)
        }
        try channel.writeInbound(ByteBuffer(string: "PROXY UNKNOWN\r\n"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "PROXY UNKNOWN\r\n"))
    }

    @Test("a trusted proxy without a header is closed, and one that says nothing is too")
    func closed() throws {
        let (channel, _) = try channel(peer: "10.0.0.1")
        try channel.writeInbound(ByteBuffer(string: "hello"))
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        let (silent, _) = try self.channel(peer: "10.0.0.1")
        try silent.writeInbound(ByteBuffer(string: "PROXY"))
        silent.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(silent.isActive)
        silent.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!silent.isActive)
    }

    @Test("nobody else is believed: the header goes to the protocol, which knows no such packet")
    func notBelieved() throws {
        let (channel, seen) = try channel(peer: "192.0.2.9")
        try channel.writeInbound(ByteBuffer(string: "PROXY UNKNOWN\r\n"))
        #expect(try channel.readInbound(as: ByteBuffer.self) == ByteBuffer(string: "PROXY UNKNOWN\r\n"))
        #expect(seen.origins.isEmpty)
    }
}

/// Remembers the origins that are told.
private final class Seen: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var origins: [ConnectionOrigin] = []

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let origin = event as? ConnectionOrigin { origins.append(origin) }
    }
}
