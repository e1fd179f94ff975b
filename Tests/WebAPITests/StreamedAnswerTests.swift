import Foundation
import HubModel
import NIOCore
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Answers that are made or read while they are sent.
@Suite(.timeLimit(.minutes(5))) struct StreamedAnswerTests {
    /// Counts what happened to the makers of streams.
    private final class Makers: Sendable {
        private let counts = Mutex((begun: 0, ended: 0))
        var begun: Int { counts.withLock { $0.begun } }
        var ended: Int { counts.withLock { $0.ended } }
        func begin() { counts.withLock { $0.begun += 1 } }
        func end() { counts.withLock { $0.ended += 1 } }
    }

    private struct Broken: Error {}

    private static func routes(_ makers: Makers = Makers()) -> [Route] {
        [
            Route(.get, "/api/count", access: .anyone, summary: "Lines", answers: [.bytes("text/plain")]) { _ in
                .stream(contentType: "text/plain", headers: [("Cache-Control", "max-age=60")]) { writer in
                    for number in 0..<1_000 { try await writer.write(Array("line \(number)\n".utf8)) }
                }
            },
            Route(.get, "/api/broken", access: .anyone, summary: "Breaks", answers: [.bytes("text/plain")]) { _ in
                .stream(contentType: "text/plain") { writer in
                    try await writer.write(Array("half".utf8))
                    throw Broken()
                }
            },
            Route(.get, "/api/live", access: .anyone, summary: "No end", answers: [.bytes("text/plain")]) { _ in
                .stream(contentType: "text/plain") { writer in
                    makers.begin()
                    defer { makers.end() }
                    // A live picture has no end but this, whether it is told while it waits or while it writes.
                    do {
                        try await writer.write(Array("begin\n".utf8))
                        while true {
                            try await Task.sleep(for: .milliseconds(5))
                            try await writer.write(Array("frame\n".utf8))
                        }
                    } catch is CancellationError {}
                }
            },
            Route(.get, "/api/flood", access: .anyone, summary: "As much as is read", answers: [.bytes("text/plain")]) {
                _ in
                .stream(contentType: "text/plain") { writer in
                    makers.begin()
                    defer { makers.end() }
                    while true { try await writer.write([UInt8](repeating: 0x61, count: 65_536)) }
                }
            },
            Route(.get, "/api/tagged", access: .anyone, summary: "Has a tag", answers: [.bytes("text/plain")]) { _ in
                RouteResponse(contentType: "text/plain", body: Array("abc".utf8), headers: [("ETag", "\"1\"")])
            },
        ]
    }

    private func raw(_ server: TestServer, _ target: String, version: String = "1.1", _ headers: String = "")
        async throws
        -> String
    {
        try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
            try await client.send(
                "GET \(target) HTTP/\(version)\r\nHost: localhost\r\n\(headers)Connection: close\r\n\r\n")
            return await client.everything()
        }
    }

    @Test("An answer of unknown length comes in chunks, whole, and with the caching that its route says")
    func whole() async throws {
        try await TestServer.run(routes: Self.routes()) { server in
            let text = try await raw(server, "/api/count")
            #expect(text.contains("transfer-encoding: chunked") || text.contains("Transfer-Encoding: chunked"))
            #expect(text.lowercased().contains("cache-control: max-age=60"))
            #expect(text.contains("line 0\n") && text.contains("line 999\n") && text.hasSuffix("\r\n0\r\n\r\n"))
            let old = try await raw(server, "/api/count", version: "1.0", "")
            #expect(old.hasPrefix("HTTP/1.0 200") && old.hasSuffix("line 998\nline 999\n") && !old.contains("chunked"))
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/count HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let text = await client.everything()
                #expect(text.contains("connection: close") && text.hasSuffix("line 999\n"))
            }
            #expect(try await raw(server, "/api/tagged").contains("no-store"))
        }
    }

    @Test("An answer that breaks off does not look whole, and the log says why")
    func broken() async throws {
        try await TestServer.run(routes: Self.routes()) { server in
            let text = try await raw(server, "/api/broken")
            #expect(text.contains("half") && !text.contains("0\r\n\r\n"))
            #expect(server.log.text.contains("An answer broke off") && server.log.text.contains("Broken"))
        }
    }

    @Test("A stream ends when its client goes, and when the server stops")
    func ends() async throws {
        let makers = Makers()
        try await TestServer.run(routes: Self.routes(makers), limits: WebLimits(stopTimeout: .seconds(300))) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await client.wait(for: "begin")
            }
            try await eventually { makers.ended >= 1 }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await client.wait(for: "begin")
                let before = ContinuousClock.now
                await server.server.shutDown()
                #expect(ContinuousClock.now - before < .seconds(60))
                // Told to end, it ended well.
                let text = await client.everything()
                #expect(text.hasSuffix("0\r\n\r\n"), "\(text.suffix(60))")
            }
            #expect(makers.begun == 2 && makers.ended == 2)
            #expect(!server.log.text.contains("broke off"))
        }
    }

    @Test("A client that reads nothing holds up its own stream alone, and is cut off when its time is over")
    func slowReader() async throws {
        let makers = Makers()
        let limits = WebLimits(responseTimeout: .seconds(1))
        try await TestServer.run(routes: Self.routes(makers), limits: limits) { server in
            try await RawClient.connect(server.port, prepare: reluctant) { (client: inout RawClient) async throws in
                try await client.send("GET /api/flood HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await eventually { makers.begun >= 1 }
                #expect(try await server.ask("GET", "/api/tagged").status == 200)
                try await eventually { makers.ended >= 1 }
            }
            #expect(!server.log.text.contains("error"))
        }
    }

    @Test("An answer with a tag that the client has becomes 304")
    func tagged() async throws {
        try await TestServer.run(routes: Self.routes()) { server in
            let known = try await server.ask("GET", "/api/tagged", headers: ["If-None-Match: \"1\""])
            #expect(known.status == 304 && known.body.isEmpty && known.headers["etag"] == "\"1\"")
            #expect(try await server.ask("GET", "/api/tagged", headers: ["If-None-Match: \"2\""]).body == "abc")
        }
    }

    @Test("A file is given whole, in part, or not again; one that is gone is the hub's own failure")
    func files() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "file-\(UInt64.random(in: 0 ... .max))")
        let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
        try Data(content).write(to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = ResponseFile(path: folder.path, entityTag: "\"f1\"", modifiedAt: Timestamp(seconds: 784_111_777))
        let routes = [
            Route(.get, "/api/file", access: .anyone, summary: "A file", answers: RouteAnswer.file("image/jpeg")) { _ in
                .file(file, contentType: "image/jpeg", headers: [("Cache-Control", "private, max-age=600")])
            },
            Route(.get, "/api/gone", access: .anyone, summary: "A file", answers: RouteAnswer.file("image/jpeg")) { _ in
                .file(ResponseFile(path: folder.path + ".gone"), contentType: "image/jpeg")
            },
        ]
        try await TestServer.run(routes: routes) { server in
            @Sendable func ask(_ headers: String...) async throws -> (RawResponse, [UInt8]) {
                try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                    try await client.binary("GET", "/api/file", headers: headers)
                }
            }
            let (whole, bytes) = try await ask()
            #expect(whole.status == 200 && bytes == content && whole.headers["accept-ranges"] == "bytes")
            #expect(
                whole.headers["etag"] == "\"f1\"" && whole.headers["last-modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            #expect(whole.headers["cache-control"] == "private, max-age=600")
            let (part, some) = try await ask("Range: bytes=100000-100009")
            #expect(part.status == 206 && some == Array(content[100_000..<100_010]))
            #expect(part.headers["content-range"] == "bytes 100000-100009/200000")
            let (known, nothing) = try await ask("If-None-Match: \"f1\"", "Range: bytes=0-9")
            #expect(known.status == 304 && nothing.isEmpty)
            let (beyond, _) = try await ask("Range: bytes=200000-")
            #expect(beyond.status == 416)
            #expect(try await server.ask("HEAD", "/api/file").headers["content-length"] == "200000")
            #expect(try await server.ask("GET", "/api/gone").status == 500)
        }
    }

    @Test("A request that waits is answered by the signal, by time, and early when the server stops")
    func waits() async throws {
        let poll = LongPoll<String>(limitPerKey: 1, rhythm: SteadyRhythm())
        let commands = Mutex<[String]>([])
        let routes = [
            Route(
                .get, "/api/wait", access: .anyone, summary: "Waits", answers: [.bytes("text/plain")], waits: true
            ) { request in
                let seconds = Int(request.parameter("wait") ?? "0") ?? 0
                let found = try await poll.value(for: "a", within: .seconds(seconds)) {
                    commands.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                }
                return RouteResponse(contentType: "text/plain", body: Array((found ?? "nothing").utf8))
            }
        ]
        try await TestServer.run(routes: routes) { server in
            #expect(try await server.ask("GET", "/api/wait").body == "nothing")
            async let answer = server.ask("GET", "/api/wait?wait=60")
            try await eventually { poll.waiting >= 1 }
            #expect(try await server.ask("GET", "/api/wait?wait=60").status == 503)
            commands.withLock { $0.append("BEEP") }
            poll.signal("a")
            #expect(try await answer.body == "BEEP")
            // A client that goes leaves its place.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/wait?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await eventually { poll.waiting >= 1 }
            }
            try await eventually { poll.waiting == 0 }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/wait?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try await eventually { poll.waiting >= 1 }
                await server.server.shutDown()
                #expect(try await client.response().body == "nothing")
            }
        }
    }
}
