import HTTPTypes
import HummingbirdCore
import LiveSocket
import Logging
import NIOCore
import NIOPosix
import Testing

/// A real server and a client that minds no rules, on loopback.
@Suite struct ServerTests {
    /// Runs a server whose socket repeats texts, closes with 4000 on `close`, fails on `fail`, and floods on `flood`;
    /// its HTTP half answers 200 to everything.
    func withServer(
        limits: WebSocketLimits = WebSocketLimits(), firstRequestTimeout: TimeAmount = .minutes(4),
        _ body: @Sendable (Int, @escaping @Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        struct Failure: Error {}
        let endpoint = WebSocketEndpoint(path: "/ws", limits: limits, firstRequestTimeout: firstRequestTimeout) {
            request, inbound, outbound in
            while let message = await inbound.next() {
                switch String(buffer: message.content) {
                case "close": return outbound.close(WebSocketCloseCode(rawValue: 4000), "as you wish")
                case "return": return
                case "fail": throw Failure()
                case "query": try await outbound.send(.text(ByteBuffer(string: request.query)))
                case "flood":
                    let block = WebSocketMessage.binary(ByteBuffer(bytes: [UInt8](repeating: 7, count: 10_000)))
                    try await outbound.send(contentsOf: Array(repeating: block, count: 500))
                default: try await outbound.send(message)
                }
            }
        }
        let http = HTTP1Channel(responder: { request, writer, _ in
            try await writer.write(
                response: HTTPResponse(status: .ok, headerFields: [.contentLength: "4"]),
                body: ResponseBody(byteBuffer: ByteBuffer(string: "http")))
        })
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        let server = Server(
            childChannelSetup: HTTP1WebSocketChannel(http: http, endpoint: endpoint),
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { source.yield($0.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = await ports.first { _ in true } ?? 0
            try await body(port) { try await server.shutdownGracefully() }
            try await server.shutdownGracefully()
            try await group.waitForAll()
        }
    }

    @Test func `a socket is opened, repeats and is closed from either side`() async throws {
        try await withServer { port, _ in
            try await RawClient.connect(port) { client in
                let answer = try await client.upgrade("/ws?a=1")
                #expect(answer.status == 101)
                // The example of RFC 6455, section 1.3.
                #expect(answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                try await client.sendText("hello")
                #expect(try await client.frame() == RawFrame(first: 0x81, content: Array("hello".utf8)))
                try await client.sendText("query")
                #expect(try await client.frame().text == "a=1")
                try await client.sendFrame(0x88, [0x03, 0xE8])
                #expect(try await client.frame().closeCode == 1000)
                #expect(await client.reachesEnd())
            }
            for (word, code) in [("close", 4000), ("return", 1000), ("fail", 1011)] {
                try await RawClient.connect(port) { client in
                    _ = try await client.upgrade()
                    try await client.sendText(word)
                    #expect(try await client.frame().closeCode == code)
                    try await client.sendFrame(0x88, [0x03, 0xE8])
                    #expect(await client.reachesEnd())
                }
            }
        }
    }

    @Test func `a frame that comes with the request is not lost`() async throws {
        try await withServer { port, _ in
            try await RawClient.connect(port) { client in
                let head =
                    "GET /ws HTTP/1.1\r\nHost: a\r\n" + RawClient.upgradeHeaders.joined(separator: "\r\n") + "\r\n\r\n"
                try await client.send(Array(head.utf8) + RawClient.frame(0x81, Array("early".utf8)))
                #expect(try await client.response(hasBody: false).status == 101)
                #expect(try await client.frame().text == "early")
            }
        }
    }

    @Test func `HTTP goes on beside it, also byte by byte and over several requests`() async throws {
        try await withServer { port, _ in
            try await RawClient.connect(port) { client in
                for byte in "GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8 { try await client.send([byte]) }
                #expect(try await client.response().body == "http")
                #expect(try await client.request("GET", "/ws").body == "http")
                // Too late for a WebSocket: the HTTP half answers, and the bytes stay HTTP.
                #expect(try await client.upgrade().body == "http")
            }
            try await RawClient.connect(port) { client in
                let answer = try await client.upgrade("/other")
                #expect(answer.body == "http")
            }
        }
    }

    @Test func `requests that are no proper upgrade are refused with a status`() async throws {
        func without(_ name: String, _ more: [String] = []) -> [String] {
            RawClient.upgradeHeaders.filter { !$0.hasPrefix(name) } + more
        }
        let cases: [(String, [String], Int)] = [
            ("GET", without("Sec-WebSocket-Version", ["Sec-WebSocket-Version: 8"]), 426),
            ("GET", without("Sec-WebSocket-Version"), 426),
            ("GET", without("Connection"), 426),
            ("GET", without("Sec-WebSocket-Key"), 400),
            ("GET", without("Sec-WebSocket-Key", ["Sec-WebSocket-Key: short"]), 400),
            ("GET", RawClient.upgradeHeaders + ["Origin: http://elsewhere.example"], 403),
            ("POST", RawClient.upgradeHeaders, 405),
            ("GET", RawClient.upgradeHeaders + ["Bad Header"], 400),
        ]
        try await withServer { port, _ in
            for (method, headers, status) in cases {
                try await RawClient.connect(port) { client in
                    let answer = try await client.request(method, "/ws", headers: headers)
                    #expect(answer.status == status, "\(method) \(headers)")
                    #expect(answer.headers["connection"]?.contains("close") == true)
                    #expect(status != 426 || answer.headers["sec-websocket-version"] == "13")
                    #expect(await client.reachesEnd())
                }
            }
            try await RawClient.connect(port) { client in
                let answer = try await client.request("GET", "/ws", headers: RawClient.upgradeHeaders, body: "x")
                #expect(answer.status == 400)
            }
        }
    }

    @Test func `a peer that does not read cannot make the server hold more than the limit`() async throws {
        let limits = WebSocketLimits(
            maximumQueuedBytes: 50_000, maximumQueuedMessages: 2, closeTimeout: .milliseconds(200))
        try await withServer(limits: limits) { port, _ in
            try await RawClient.connect(port) { client in
                _ = try await client.upgrade()
                try await client.sendText("flood")
                // Everything arrives all the same, in order, as soon as it is read.
                for _ in 0..<500 { #expect(try await client.frame().content.count == 10_000) }
                try await client.sendText("after")
                #expect(try await client.frame().text == "after")
            }
        }
    }

    @Test func `a connection that does not say what it wants is closed`() async throws {
        try await withServer(firstRequestTimeout: .milliseconds(100)) { port, _ in
            try await RawClient.connect(port) { client in
                let isOver = await client.reachesEnd()
                #expect(isOver)
            }
            try await RawClient.connect(port) { client in
                // The server may be faster than this.
                try? await client.send("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n")
                #expect(await client.reachesEnd())
            }
        }
    }

    @Test func `a stopping server closes sockets with 1001 and idle connections at once`() async throws {
        try await withServer { port, stop in
            try await RawClient.connect(port) { idle in
                try await RawClient.connect(port) { client in
                    _ = try await client.upgrade()
                    async let stopped: Void = stop()
                    #expect(try await client.frame().closeCode == 1001)
                    try await client.sendFrame(0x88, [0x03, 0xE9])
                    #expect(await client.reachesEnd())
                    try await stopped
                }
                #expect(await idle.reachesEnd())
            }
        }
    }
}
