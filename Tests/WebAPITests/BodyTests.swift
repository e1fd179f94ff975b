import Compression
import HubModel
import NIOCore
import SolutionKit
import Testing
import WebAPI

/// Bodies that do not come as they should, and ones that are compressed.
@Suite struct BodyTests {
    private static let head = "POST /api/things HTTP/1.1\r\nHost: localhost\r\n"

    @Test(arguments: [
        "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    ])
    func `a body that is framed badly is the client's mistake`(rest: String) async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(BodyTests.head + rest)
                let answer = try await client.response()
                #expect(answer.status == 400)
                #expect(await client.reachesEnd())
            }
            #expect(!server.log.text.contains("error"))
        }
    }

    @Test func `a body that breaks off leaves no trace in the log`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            for _ in 0..<3 {
                try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                    try await client.send(BodyTests.head + "Content-Length: 100\r\n\r\n{\"a")
                }
            }
            // Each is counted when it is over, as refused.
            try await eventually {
                try await server.ask("GET", "/metrics").body.contains(
                    #"martlet_http_refusals_total{code="malformed_request"} 3"#)
            }
            #expect(!server.log.text.contains("error"))
            #expect(try await !server.ask("GET", "/metrics").body.contains("internal_error"))
        }
    }

    @Test func `whoever waits for a word is given one, or the connection ends`() async throws {
        let head = BodyTests.head + "Expect: 100-continue\r\n"
        try await TestServer.run(routes: ServerTests.routes) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(head + "Connection: close\r\nContent-Length: 2\r\n\r\n")
                let word = try await client.response()
                #expect(word.status == 100 && word.headers["connection"] == nil)
                try await client.send("{}")
                let answer = try await client.response()
                #expect(answer.status == 201 && answer.headers["connection"] == "close")
            }
            // Refused without a word: whether the body comes all the same, nobody knows.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(head + "Content-Length: 2000\r\n\r\n")
                let answer = try await client.response()
                #expect(answer.status == 413 && answer.headers["connection"] == "close")
            }
        }
    }

    /// The time that a body has is over when it is there: the connection goes on for longer.
    @Test func `a body that came in time ends no connection`() async throws {
        let time = MovedTime()
        try await TestServer.run(routes: ServerTests.routes, clock: time) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                #expect(try await client.request("POST", "/api/things", body: "{}").status == 201)
                time.pass(.seconds(3_600))
                let looks = time.looks
                try await eventually { time.looks >= looks + 2 }
                #expect(try await client.request("GET", "/health").status == 200)
            }
        }
    }

    private func send(_ server: TestServer, _ coding: String, _ body: [UInt8]) async throws -> RawResponse {
        try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
            try await client.send(
                BodyTests.head + "Content-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n")
            try await client.send(body)
            return try await client.response()
        }
    }

    @Test func `a body may come as gzip, within the same limit, and in no other encoding`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let text = Array((#"{"list":[\#(Array(repeating: "1", count: 400).joined(separator: ","))]}"#).utf8)
            let packed = try #require(Gzip.compressed(text))
            for coding in ["gzip", "x-gzip", "GZIP"] {
                let answer = try await send(server, coding, packed)
                #expect(answer.status == 201 && Array(answer.body.utf8) == text)
            }
            #expect(try await send(server, "identity", Array("{}".utf8)).status == 201)
            // The route takes 1,000 bytes, however few they were on their way.
            let bomb = try #require(Gzip.compressed([UInt8](repeating: 0x20, count: 100_000)))
            #expect(bomb.count < 1_000)
            #expect(try await send(server, "gzip", bomb).status == 413)
            for broken in [Array("{}".utf8), Array(packed.dropLast(9)), packed + [1, 2, 3]] {
                let answer = try await send(server, "gzip", broken)
                #expect(answer.status == 400 && answer.members["code"] == "malformed_request")
            }
            for coding in ["br", "deflate", "zstd", "gzip, gzip"] {
                let answer = try await send(server, coding, packed)
                #expect(answer.status == 415 && answer.members["code"] == "unsupported_media_type")
            }
        }
    }
}
