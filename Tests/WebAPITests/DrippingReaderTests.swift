import NIOCore
import NIOPosix
import SolutionKit
import Testing
import WebAPI

/// A reader that takes a little now and then makes no room for the next piece, and is cut off like one that takes nothing.
@Suite(.timeLimit(.minutes(5))) struct DrippingReaderTests {
    @Test("a reader that takes a few bytes at a time does not hold its stream for ever")
    func drip() async throws {
        let (begun, ended) = (Flag(), Flag())
        let route = Route(.get, "/api/flood", access: .anyone, summary: "Much", answers: [.bytes("text/plain")]) { _ in
            .stream(contentType: "text/plain") { writer in
                begun.set()
                defer { ended.set() }
                while true { try await writer.write([UInt8](repeating: 0x61, count: 65_536)) }
            }
        }
        try await TestServer.run(routes: [route], limits: WebLimits(responseTimeout: .seconds(1))) { server in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64))
                .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try reluctant(channel) } }
                .connect(host: "127.0.0.1", port: server.port).get()
            let request = "GET /api/flood HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await channel.writeAndFlush(ByteBuffer(string: request)).get()
            let reading = Task {
                while !Task.isCancelled {
                    channel.read()
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            try await eventually { begun.value }
            try await eventually { ended.value }
            reading.cancel()
            try? await channel.close().get()
        }
    }
}
