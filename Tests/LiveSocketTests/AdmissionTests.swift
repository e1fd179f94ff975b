import HTTPTypes
import HummingbirdCore
import LiveSocket
import Logging
import NIOCore
import NIOPosix
import Testing

/// Whoever asks for a socket is judged by async code; meanwhile the connection goes on.
@Suite struct AdmissionTests {
    /// Runs a server whose judgement is `admit`'s.
    func withServer(
        firstRequestTimeout: TimeAmount = .minutes(4),
        admit: @escaping @Sendable (WebSocketRequest) async -> WebSocketAdmission,
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let endpoint = WebSocketEndpoint(path: "/ws", firstRequestTimeout: firstRequestTimeout, admit: admit)
        let http = HTTP1Channel(responder: { _, writer, _ in
            try await writer.write(response: HTTPResponse(status: .noContent), body: ResponseBody())
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
            try await body(await ports.first { _ in true } ?? 0)
            try await server.shutdownGracefully()
            try await group.waitForAll()
        }
    }

    @Test func `the judgement says who talks, and what came meanwhile is not lost`() async throws {
        let (words, say) = AsyncStream.makeStream(of: Void.self)
        try await withServer { request in
            #expect(request.connection != nil && request.header("x-name") == "moth")
            _ = await words.first { _ in true }
            return .accept { request, inbound, outbound in
                while let message = await inbound.next() { try await outbound.send(message) }
            }
        } _: { port in
            try await RawClient.connect(port) { (client: inout RawClient) async throws in
                let head = ["GET /ws HTTP/1.1", "Host: localhost", "X-Name: moth"] + RawClient.upgradeHeaders
                // The request and the first frame behind it arrive before there is a word.
                try await client.send(
                    Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
                        + RawClient.frame(0x81, Array("early".utf8)))
                say.yield()
                #expect(try await client.response().status == 101)
                #expect(try await client.frame().text == "early")
            }
        }
    }

    @Test func `a refusal carries its header fields`() async throws {
        try await withServer { _ in
            .refuse(status: 401, reason: "Who are you?", headers: [(name: "WWW-Authenticate", value: "Bearer")])
        } _: { port in
            try await RawClient.connect(port) { (client: inout RawClient) async throws in
                let answer = try await client.upgrade()
                #expect(answer.status == 401 && answer.body == "Who are you?")
                #expect(answer.headers["www-authenticate"] == "Bearer")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(await client.reachesEnd())
            }
        }
    }

    @Test func `a judgement that does not come in time ends the connection, one that comes too late does nothing`()
        async throws
    {
        let (words, say) = AsyncStream.makeStream(of: Void.self)
        try await withServer(firstRequestTimeout: .milliseconds(500)) { _ in
            _ = await words.first { _ in true }
            return .accept { _, _, _ in Issue.record("nobody is there to talk to") }
        } _: { port in
            try await RawClient.connect(port) { (client: inout RawClient) async throws in
                let head = ["GET /ws HTTP/1.1", "Host: localhost"] + RawClient.upgradeHeaders
                // On a machine that is busy the server may have hung up before.
                try? await client.send(head.joined(separator: "\r\n") + "\r\n\r\n")
                #expect(await client.reachesEnd())
            }
            say.finish()
        }
    }

    @Test func `a body is refused while the judgement is awaited`() async throws {
        let (words, say) = AsyncStream.makeStream(of: Void.self)
        try await withServer { _ in
            _ = await words.first { _ in true }
            return .otherOrigin
        } _: { port in
            try await RawClient.connect(port) { (client: inout RawClient) async throws in
                let answer = try await client.request("GET", "/ws", headers: RawClient.upgradeHeaders, body: "x")
                #expect(answer.status == 400)
            }
            say.finish()
        }
    }
}
