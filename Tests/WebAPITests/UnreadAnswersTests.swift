import HubModel
import NIOCore
import SolutionKit
import Testing
import WebAPI

/// Answers that nobody reads.
@Suite(.timeLimit(.minutes(5))) struct UnreadAnswersTests {
    /// More than the buffers of two sockets hold.
    private static let bytes = 12_000_000

    private static let routes = [
        Route(.get, "/api/much", access: .anyone, summary: "Much", answers: [.json(.any)]) { _ in
            RouteResponse(status: 200, contentType: "text/plain", body: [UInt8](repeating: 0x61, count: bytes))
        }
    ]

    private static let asAdmin = ["Authorization: Bearer admin"]

    private func unread(_ server: TestServer) async throws -> Int {
        let metrics = try await server.ask("GET", "/metrics", headers: UnreadAnswersTests.asAdmin).body
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("martlet_http_unread_bytes ") }
        return try #require(line.flatMap { Double($0.split(separator: " ")[1]) }.map { Int($0) })
    }

    @Test func `who reads nothing is told to, what is read is counted no more, and a large answer comes whole`()
        async throws
    {
        let limits = WebLimits(maximumUnreadBytesPerOwner: 2 * UnreadAnswersTests.bytes)
        try await TestServer.run(routes: UnreadAnswersTests.routes, limits: limits) { server in
            @Sendable func ask() async throws -> RawResponse { try await server.ask("GET", "/api/much") }
            let whole = try await ask()
            #expect(whole.status == 200 && whole.body.utf8.count == UnreadAnswersTests.bytes)
            try await eventually { try await unread(server) <= 0 }
            try await RawClient.connect(server.port, prepare: reluctant) { (first: inout RawClient) async throws in
                try await first.send("GET /api/much HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await eventually { try await unread(server) >= UnreadAnswersTests.bytes }
                try await RawClient.connect(server.port, prepare: reluctant) { (second: inout RawClient) async throws in
                    try await second.send("GET /api/much HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    try await eventually { try await unread(server) >= 2 * UnreadAnswersTests.bytes }
                    let third = try await ask()
                    #expect(third.status == 429 && third.members["code"] == "too_many_requests")
                    #expect(third.headers["retry-after"] == "5")
                }
                try await eventually { try await unread(server) <= UnreadAnswersTests.bytes }
                #expect(try await ask().status == 200)
            }
            try await eventually { try await unread(server) <= 0 }
            #expect(!server.log.text.contains("error"))
        }
    }

    @Test func `accounts that come from one address are told apart`() async throws {
        let limits = WebLimits(maximumUnreadBytesPerOwner: UnreadAnswersTests.bytes + 1)
        let gate = FakeGate()
        try await TestServer.run(routes: UnreadAnswersTests.routes, limits: limits, gate: gate) { server in
            try await RawClient.connect(server.port, prepare: reluctant) { (first: inout RawClient) async throws in
                try await first.send(
                    "GET /api/much HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin\r\n\r\n")
                try await eventually { try await unread(server) >= UnreadAnswersTests.bytes }
                func ask(_ headers: [String]) async throws -> Int {
                    try await server.ask("GET", "/api/much", headers: headers).status
                }
                #expect(try await ask(UnreadAnswersTests.asAdmin) == 429)
                #expect(try await ask(["Authorization: Bearer guest"]) == 200)
                #expect(try await ask([]) == 200)
            }
        }
    }

    @Test func `in all there is a bound too, and whoever is alone has any one answer`() async throws {
        let limits = WebLimits(maximumUnreadBytesPerOwner: 1, maximumUnreadBytes: 1)
        try await TestServer.run(routes: UnreadAnswersTests.routes, limits: limits) { server in
            let alone = try await server.ask("GET", "/api/much")
            #expect(alone.status == 200)
        }
        let narrow = WebLimits(
            maximumUnreadBytesPerOwner: 3 * UnreadAnswersTests.bytes, maximumUnreadBytes: UnreadAnswersTests.bytes + 1)
        try await TestServer.run(routes: UnreadAnswersTests.routes, limits: narrow) { server in
            try await RawClient.connect(server.port, prepare: reluctant) { (first: inout RawClient) async throws in
                try await first.send("GET /api/much HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await eventually { try await unread(server) >= UnreadAnswersTests.bytes }
                let other = try await server.ask("GET", "/api/much")
                #expect(other.status == 503 && other.members["code"] == "overloaded")
            }
        }
    }
}

/// Of a client that reads nothing, the network takes little: the system would keep many megabytes for it.
@Sendable func reluctant(_ channel: any Channel) throws {
    try channel.syncOptions?.setOption(.socketOption(.so_rcvbuf), value: 8_192)
}
