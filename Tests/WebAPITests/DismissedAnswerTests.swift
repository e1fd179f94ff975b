import HubModel
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Answers without an end, whose readers lose the right to see them meanwhile. The routes do nothing for it.
@Suite(.timeLimit(.minutes(5))) struct DismissedAnswerTests {
    private static func endless(_ path: String, _ access: RouteAccess, pause: Duration) -> Route {
        Route(.get, path, access: access, summary: "No end", answers: [.bytes("text/plain")]) { _ in
            .stream(contentType: "text/plain") { writer in
                do {
                    while true {
                        try await writer.write(Array("frame\n".utf8))
                        try await Task.sleep(for: pause)
                    }
                } catch is CancellationError {}
            }
        }
    }

    private static let routes = [
        endless("/api/picture", .signedIn, pause: .milliseconds(5)),
        // It writes once and then waits for an hour: it is ended without a further piece.
        endless("/api/still", .signedIn, pause: .seconds(3_600)),
        endless("/api/device", .anyDevice, pause: .milliseconds(5)),
        endless("/api/links/{key}", .link(LinkKind("readings")), pause: .milliseconds(5)),
    ]

    /// What a reader gets until the end, who may not read it any more once it has begun.
    private func text(
        _ path: String, _ header: String, _ gate: FakeGate, meanwhile: @escaping @Sendable (FakeGate) -> Void
    ) async throws -> String {
        let found = Mutex("")
        let limits = WebLimits(welcomeInterval: .milliseconds(10))
        try await TestServer.run(routes: Self.routes, limits: limits, gate: gate) { server in
            let text = try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\r\n")
                try await client.wait(for: "frame")
                meanwhile(gate)
                return await client.everything()
            }
            found.withLock { $0 = text }
            #expect(
                try await server.ask("GET", "/metrics", headers: ["Authorization: Bearer admin"]).body.contains(
                    "martlet_http_answers_dismissed_total 1"))
            #expect(!server.log.text.contains("error"))
        }
        return found.withLock { $0 }
    }

    @Test("a person whose right is taken away sees no further frame", arguments: ["/api/picture", "/api/still"])
    func person(path: String) async throws {
        let text = try await text(path, "Authorization: Bearer guest", FakeGate()) { $0.dismiss(["guest"]) }
        #expect(text.contains("200 OK") && !text.hasSuffix("0\r\n\r\n"))
    }

    @Test("a token that has expired meanwhile ends no stream of somebody who may still be here")
    func expired() async throws {
        let gate = FakeGate()
        let limits = WebLimits(welcomeInterval: .milliseconds(10))
        try await TestServer.run(routes: Self.routes, limits: limits, gate: gate) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "GET /api/picture HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guest\r\n\r\n")
                try await client.wait(for: "frame")
                gate.forget(["guest"])
                let looks = gate.looks
                try await eventually { gate.looks > looks + 20 }
                #expect(
                    try await server.ask("GET", "/metrics", headers: ["Authorization: Bearer admin"]).body.contains(
                        "martlet_http_open_answers 1"))
            }
        }
    }

    @Test("a device that is switched off and a link that is revoked are cut off as well")
    func others() async throws {
        let shown = "X-Device-Id: node_01\r\nX-API-Key: key"
        #expect(try await text("/api/device", shown, FakeGate()) { $0.forget(["node_01"]) }.contains("frame"))
        #expect(try await text("/api/links/mlk_good", "X: y", FakeGate()) { $0.forget(["mlk_good"]) }.contains("frame"))
    }
}
