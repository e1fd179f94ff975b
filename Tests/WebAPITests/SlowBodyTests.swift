import HubModel
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Time that a test lets pass; what is paced by it looks every few milliseconds of real time.
final class MovedTime: WallClock, Rhythm {
    private let passed = Mutex(Duration.zero)
    private let looked = Atomic(0)

    /// How often what is paced by it has looked, to the end.
    var looks: Int { looked.load(ordering: .relaxed) }

    func now() -> Timestamp { TestServer.now.advanced(bySeconds: uptime().components.seconds) }

    func uptime() -> Duration { passed.withLock { $0 } }

    func pass(_ time: Duration) { passed.withLock { $0 += time } }

    func sleep(untilUptime end: Duration) async throws {
        while uptime() < end { try await Task.sleep(for: .milliseconds(2)) }
    }

    func every(_ interval: Duration, do work: () async -> Void) async {
        while (try? await Task.sleep(for: .milliseconds(2))) != nil {
            await work()
            looked.add(1, ordering: .relaxed)
        }
    }
}

/// Bodies that come slowly: one rule for those that are read whole and those that stream, by the hub's clock.
@Suite(.timeLimit(.minutes(5))) struct SlowBodyTests {
    /// How many bytes a route has read.
    private final class Count: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add(_ more: Int) { count.withLock { $0 += more } }
    }

    private static func routes(_ read: Count) -> [Route] {
        [
            Route(
                .post, "/api/stream", access: .anyone, summary: "Reads as it comes",
                input: RouteInput(.stream(["image/jpeg"])), answers: [.bytes("text/plain")],
                maximumBodyBytes: 100_000_000
            ) { request in
                guard case .stream(let stream) = request.content else { throw Refusal(.malformedRequest, "No stream.") }
                while let piece = try await stream.next() { read.add(piece.count) }
                return RouteResponse(contentType: "text/plain", body: Array("\(read.value)".utf8))
            },
            Route(
                .post, "/api/whole", access: .anyone, summary: "Reads the whole", input: RouteInput(.any),
                answers: [.bytes("text/plain")]
            ) { request in RouteResponse(contentType: "text/plain", body: Array("\(request.body.count)".utf8)) },
        ]
    }

    private static func head(_ path: String, _ length: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(path == "/api/whole" ? "application/json" : "image/jpeg")\r\n"
            + "Content-Length: \(length)\r\n\r\n"
    }

    private func run(_ body: @Sendable (TestServer, MovedTime, Count) async throws -> Void) async throws {
        let (time, read) = (MovedTime(), Count())
        try await TestServer.run(routes: Self.routes(read), clock: time) { try await body($0, time, read) }
    }

    @Test("a body of which no more comes is given up after 30 s, not before", arguments: ["/api/whole", "/api/stream"])
    func stopped(path: String) async throws {
        try await run { server, time, _ in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(Self.head(path, 100) + "{")
                let passing = Task {
                    while !Task.isCancelled {
                        time.pass(.seconds(1))
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                #expect(await client.reachesEnd())
                passing.cancel()
                #expect(time.uptime() >= .seconds(30))
            }
            #expect(try await server.ask("GET", "/metrics").body.contains("martlet_http_slow_bodies_total 1"))
        }
    }

    @Test(
        "a byte now and then holds no place: a minute of waiting has to bring more",
        arguments: ["/api/whole", "/api/stream"])
    func drip(path: String) async throws {
        try await run { server, time, _ in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(Self.head(path, 60_000))
                var isOpen = true
                for _ in 0..<2_000 where isOpen {
                    do {
                        try await client.send("x")
                        time.pass(.seconds(1))
                        try await Task.sleep(for: .milliseconds(5))
                    } catch {
                        isOpen = false
                    }
                }
                #expect(!isOpen)
                #expect(time.uptime() >= .seconds(60))
            }
        }
    }

    @Test("a slow body that brings its bytes is read for hours")
    func steady() async throws {
        try await run { server, time, read in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                let (pieces, bytes) = (200, 8_000)
                try await client.send(Self.head("/api/stream", pieces * bytes))
                for number in 1...pieces {
                    try await client.send([UInt8](repeating: 1, count: bytes))
                    try await eventually { read.value == number * bytes }
                    // Slower than a whole body was ever allowed to be, and still 8,000 bytes in 25 s.
                    time.pass(.seconds(25))
                }
                #expect(try await client.response().body == "\(pieces * bytes)")
            }
            #expect(time.uptime() > .seconds(4_000))
        }
    }
}
