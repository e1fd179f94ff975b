import Foundation
import HubModel
import NIOCore
import SolutionKit
import Testing
import WebAPI

@Suite struct ServerTests {
    struct Secret: Error {
        let password = "hunter2"
    }

    static let routes: [Route] = [
        Route(
            .get, "/api/things/{id}", access: .anyone, summary: "One thing", query: [QueryParameter("field", "which")],
            answers: [.json(.any)]
        ) { request in
            .json { json in
                json.object { json in
                    json.member("id", request.path["id"])
                    json.member("field", request.parameter("field"))
                    json.member("accept", request.accept)
                    json.member("address", request.address)
                }
            }
        },
        Route(
            .post, "/api/things", access: .anyone, summary: "A new thing", answers: [.json(.any)],
            maximumBodyBytes: 1_000
        ) { request in
            RouteResponse(
                status: 201, contentType: "application/json", body: request.body,
                headers: [(name: "Location", value: "/api/things/1"), (name: "bad name", value: "x")])
        },
        Route(.get, "/api/refused/{code}", access: .anyone, summary: "A refusal", answers: [.json(.any)]) { request in
            throw Refusal(RefusalCode(rawValue: request.path["code"] ?? "") ?? .conflict, "So it is.")
        },
        Route(.get, "/api/broken", access: .anyone, summary: "A failure", answers: [.json(.any)]) { _ in throw Secret()
        },
    ]

    @Test func `a route is answered, with the headers that keep browsers safe`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let answer = try await server.ask("GET", "/api/things/a%20b?field=x%26y", headers: ["Accept: text/csv"])
            #expect(answer.status == 200)
            #expect(answer.body == #"{"id":"a b","field":"x&y","accept":"text/csv","address":"127.0.0.1"}"#)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["cache-control"] == "no-store")
            #expect(answer.headers["date"] == "Fri, 21 Nov 2025 01:53:20 GMT")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            let policy = try #require(answer.headers["content-security-policy"])
            #expect(
                policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'")
                    && !policy.contains("unsafe"))
            let created = try await server.ask(
                "POST", "/api/things", headers: ["Content-Type: application/json"], body: "{}")
            #expect(created.status == 201 && created.body == "{}" && created.headers["location"] == "/api/things/1")
        }
    }

    @Test func `HEAD is GET without the body, OPTIONS names the methods, others are refused`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let get = try await server.ask("GET", "/api/things/1")
            let head = try await server.ask("HEAD", "/api/things/1")
            #expect(head.status == 200 && head.headers["content-length"] == get.headers["content-length"])
            let options = try await server.ask("OPTIONS", "/api/things")
            #expect(options.status == 204 && options.headers["allow"] == "OPTIONS, POST")
            #expect(options.headers["content-length"] == nil)
            for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
                let refused = try await server.ask(method, "/api/things")
                #expect(refused.status == 405 && refused.headers["allow"] == "OPTIONS, POST", "\(method)")
                #expect(method == "HEAD" || refused.isProblem)
            }
            // After a bodiless answer the connection goes on.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                #expect(try await client.request("HEAD", "/api/things/1").status == 200)
                #expect(try await client.request("DELETE", "/api/things").status == 405)
                #expect(try await client.request("GET", "/health").body == #"{"status":"up"}"#)
            }
        }
    }

    @Test(arguments: RefusalCode.allCases)
    func `every refusal is a problem with its status`(code: RefusalCode) async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let answer = try await server.ask("GET", "/api/refused/\(code.rawValue)")
            #expect(answer.status == code.httpStatus && answer.isProblem)
            #expect(answer.members["code"] == code.rawValue && answer.members["title"] == code.title)
            // Of a limit on a number of things there is no time to wait for.
            let waits = [429, 503].contains(answer.status) && code != .limitReached
            #expect((answer.headers["retry-after"] != nil) == waits)
        }
    }

    @Test func `our own failure is named in the answer and told in the log`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let answer = try await server.ask("GET", "/api/broken")
            #expect(answer.status == 500 && answer.isProblem && answer.members["code"] == "internal_error")
            #expect(!answer.body.contains("hunter2") && !answer.body.contains("Secret"))
            let instance = try #require(answer.members["instance"])
            let failure = try #require(instance.split(separator: ":").last)
            #expect(server.log.text.contains("failure=\(failure)") && server.log.text.contains("Secret"))
        }
    }

    @Test(arguments: [
        ("GET", "/api/nothing", 404), ("POST", "/api/nothing", 404), ("GET", "/nothing.txt", 404), ("GET", "/api", 404),
        ("GET", "/api/things/%zz", 400), ("GET", "/api/things/1?a=%zz", 400), ("GET", "/api/things/%ff", 400),
    ])
    func `what is not there or malformed is a problem`(method: String, target: String, status: Int) async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let answer = try await server.ask(method, target)
            #expect(answer.status == status && answer.isProblem)
        }
    }

    @Test func `a body over the limit is refused before it is read`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let full = String(repeating: " ", count: 1_000)
            #expect(try await server.ask("POST", "/api/things", body: full).status == 201)
            #expect(try await server.ask("POST", "/api/things", body: full + " ").status == 413)
            // Ten megabytes are announced, none are sent, and none are waited for.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                let answer = try await client.request("POST", "/api/things", headers: ["Content-Length: 10000000"])
                #expect(answer.status == 413 && answer.isProblem && answer.headers["connection"] == "close")
            }
            // Unannounced: in chunks, of which the second is too much.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                let chunk = "258\r\n\(String(repeating: "x", count: 600))\r\n"
                try await client.send(
                    "POST /api/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)"
                )
                let answer = try await client.response()
                #expect(answer.status == 413 && answer.headers["connection"] == "close")
                #expect(await client.reachesEnd())
            }
            // To the byte: 1,000 and 1,001 of them.
            for (length, status) in [("3e8", 201), ("3e9", 413)] {
                try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                    let chunk = String(repeating: " ", count: status == 201 ? 1_000 : 1_001)
                    try await client.send(
                        "POST /api/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "\(length)\r\n\(chunk)\r\n0\r\n\r\n")
                    #expect(try await client.response().status == status)
                }
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "POST /api/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2\r\n{}\r\n0\r\n\r\n"
                )
                #expect(try await client.response().body == "{}")
                // A body that nobody asked for is no reason to end the connection, if it is small.
                #expect(try await client.request("GET", "/health", body: "small").status == 200)
                #expect(try await client.request("GET", "/api/nothing", body: "small").status == 404)
                #expect(try await client.request("GET", "/health").status == 200)
            }
            // And who waits for a word before sending gets it, or the refusal.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "POST /api/things HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
                #expect(try await client.response().status == 100)
                try await client.send("{}")
                #expect(try await client.response().status == 201)
                try await client.send(
                    "POST /api/things HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                        + "Content-Length: 2000\r\n\r\n"
                )
                #expect(try await client.response().status == 413)
            }
        }
    }

    @Test func `bodies that are plainly something else are refused by name`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            for (type, status) in [
                ("application/json", 201), ("application/json; charset=utf-8", 201),
                ("application/x-www-form-urlencoded", 201),
                ("text/plain", 201), ("image/jpeg", 415), ("multipart/form-data; boundary=x", 415),
            ] {
                let answer = try await server.ask("POST", "/api/things", headers: ["Content-Type: \(type)"], body: "{}")
                #expect(answer.status == status, "\(type)")
            }
        }
    }

    @Test func `pages of other sites may neither write nor use another name`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            #expect(
                try await server.ask("POST", "/api/things", headers: ["Origin: http://localhost"], body: "{}").status
                    == 201)
            for origin in ["http://evil.example", "null", "http://localhost:81"] {
                let answer = try await server.ask("POST", "/api/things", headers: ["Origin: \(origin)"], body: "{}")
                #expect(answer.status == 403 && answer.isProblem)
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                for (host, status) in [
                    ("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("LOCALHOST", 200),
                    ("evil.example", 403),
                    ("localhost.evil.example:8080", 403),
                ] {
                    try await client.send("GET /health HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                    #expect(try await client.response().status == status, "\(host)")
                }
            }
        }
    }

    @Test func `heads are bounded, and garbage is answered with 400`() async throws {
        try await TestServer.run(limits: WebLimits(maximumHeadBytes: 2_000, maximumHeaders: 20)) { server in
            let long = try await server.ask("GET", "/health", headers: ["X: \(String(repeating: "x", count: 3_000))"])
            #expect(long.status == 400)
            let many = try await server.ask("GET", "/health", headers: (0..<30).map { "X-\($0): 1" })
            #expect(many.status == 400)
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("\u{16}\u{3}\u{1} this is no HTTP\r\n\r\n")
                #expect(try await client.response().status == 400)
            }
            #expect(try await server.ask("GET", "/health").status == 200)
        }
    }

    @Test func `idle connections and slow bodies are closed`() async throws {
        let limits = WebLimits(idleTimeout: .seconds(1), bodyTimeout: .seconds(1))
        try await TestServer.run(routes: ServerTests.routes, limits: limits) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                // On a machine that is busy the server may have hung up before.
                _ = try? await client.request("GET", "/health")
                #expect(await client.reachesEnd())
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try? await client.send("POST /api/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
                #expect(await client.reachesEnd())
            }
        }
    }

    @Test func `liveness is not readiness`() async throws {
        let isReady = Flag()
        try await TestServer.run(readiness: { isReady.value ? .ready : .notReady("the line starts") }) { server in
            #expect(try await server.ask("GET", "/health").status == 200)
            let waiting = try await server.ask("GET", "/ready")
            #expect(
                waiting.status == 503 && waiting.body == #"{"status":"not_ready"}"#
                    && waiting.headers["retry-after"] == "1")
            isReady.set()
            #expect(try await server.ask("GET", "/ready").body == #"{"status":"ready"}"#)
        }
    }

    @Test func `figures count requests by route, and tell of the process`() async throws {
        struct Source: MetricsSource {
            func metrics() -> [MetricFamily] { [MetricFamily("martlet_things", .gauge, help: "Things.", value: 12)] }
        }
        try await TestServer.run(routes: ServerTests.routes, metrics: [Source()]) { server in
            for id in 0..<3 { _ = try await server.ask("GET", "/api/things/\(id)") }
            _ = try await server.ask("GET", "/nothing/\(1)")
            let answer = try await server.ask("GET", "/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            for line in [
                #"martlet_http_requests_total{route="/api/things/{id}",method="GET",status="200"} 3"#,
                #"martlet_http_requests_total{route="unknown",method="GET",status="404"} 1"#,
                #"martlet_http_request_duration_seconds_count{route="/api/things/{id}"} 3"#, "martlet_things 12",
                "martlet_live_sockets 0", "# TYPE process_resident_memory_bytes gauge",
                "# TYPE process_cpu_seconds_total counter",
                "# TYPE process_open_fds gauge",
            ] { #expect(answer.body.contains(line + "\n"), "\(line)") }
            #expect(!answer.body.contains("/nothing"))
        }
    }

    @Test func `the system's facts are told`() async throws {
        try await TestServer.run { server in
            let answer = try await server.ask("GET", "/api/system")
            #expect(
                answer.body
                    == #"{"version":"1.2.3","started_at":"2025-11-21T01:53:20.000000Z","demo":true,"not_ready":null,"data_bytes":7,"#
                    + #""solutions":[{"id":"nodes","title":"Sensor nodes","path":"/nodes","devices":5,"attention":1}],"#
                    + #""listeners":{"http":"127.0.0.1:1"}}"#)
        }
    }

    @Test func `a stopping server lets a request finish`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let slow = Route(.get, "/api/slow", access: .anyone, summary: "Waits", answers: [.json(.any)]) { _ in
            beginning.yield()
            _ = await gate.first { _ in true }
            return RouteResponse(contentType: "text/plain", body: Array("done".utf8))
        }
        try await TestServer.run(routes: [slow]) { server in
            async let answer = server.ask("GET", "/api/slow")
            _ = await began.first { _ in true }
            async let stopped: Void = server.server.shutDown()
            // Nobody is let in any more, as soon as the server knows.
            try await eventually { (try? await server.ask("GET", "/health")) == nil }
            opening.yield()
            let body = try await answer.body
            #expect(body == "done")
            await stopped
        }
    }

    @Test func `a request that never ends is cut off`() async throws {
        let stuck = Route(.get, "/api/stuck", access: .anyone, summary: "Waits for ever", answers: [.json(.any)]) { _ in
            try await Task.sleep(for: .seconds(3_600))
            return RouteResponse(contentType: "text/plain", body: [])
        }
        try await TestServer.run(routes: [stuck], limits: WebLimits(stopTimeout: .milliseconds(100))) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET /api/stuck HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await server.ask("GET", "/health").status == 200)
                await server.server.shutDown()
            }
        }
    }

    @Test func `two servers on one port: the second says so`() async throws {
        try await TestServer.run { server in
            await #expect(throws: (any Error).self) {
                let second = try WebServer(
                    configuration: WebConfiguration(
                        listeners: [
                            WebListener(host: "127.0.0.1", port: 0), WebListener(host: "127.0.0.1", port: server.port),
                        ], version: "", webDirectory: "", vendorDirectory: "", pages: []),
                    parts: TestServer.parts(routes: [], gate: FakeGate(), live: server.live),
                    eventLoopGroup: testGroup, logger: testLogger
                ) { _, _ in }
                try await second.run()
            }
        }
    }

    @Test func `every refusal code is documented`() throws {
        let here = URL(filePath: #filePath).resolvingSymlinksInPath()
        let page = here.deletingLastPathComponent().appending(path: "../../docs/errors.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for code in RefusalCode.allCases {
            #expect(
                text.contains("| `\(code.rawValue)` | \(code.httpStatus) |"),
                "\(code.rawValue) is missing in docs/errors.md")
        }
    }
}
