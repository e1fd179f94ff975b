import HubModel
import Live
import Testing
import WebAPI

/// Who may open a live socket, what comes over it, and for how long.
@Suite struct LiveAccessTests {
    let cookie = "Cookie: martlet_access_t=guest"

    @Test func `a socket needs somebody who is known`() async throws {
        let cases: [([String], Int)] = [
            ([], 401), (["Authorization: Bearer expired"], 401), (["Authorization: Basic YTpi"], 401),
            (["Authorization: Bearer guest"], 101), (["Authorization: Bearer nobody"], 101),
            (["Authorization: Bearer slow"], 429), (["Authorization: Bearer broken"], 500),
            ([cookie], 403), ([cookie, "Origin: http://localhost"], 101),
            ([cookie, "Origin: http://evil.example"], 403),
            ([cookie, "Origin: null"], 403), (["Cookie: martlet_access_t=old", "Origin: http://localhost"], 401),
            (["Authorization: Bearer guest", "Origin: http://evil.example"], 403),
            (["X-Device-Id: node_01", "X-API-Key: key"], 403), (["X-Device-Id: node_02", "X-API-Key: key"], 403),
        ]
        let gate = FakeGate()
        try await TestServer.run(gate: gate) { server in
            for (headers, status) in cases {
                let answer = try await server.ask("GET", "/ws", headers: RawClient.upgradeHeaders + headers)
                #expect(answer.status == status, "\(headers)")
                #expect((answer.headers["www-authenticate"] == "Bearer") == (status == 401))
                #expect(answer.headers["retry-after"] == (status == 429 ? "3" : nil))
                guard status != 101 else { continue }
                #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
            }
            let figures = try await server.ask("GET", "/metrics", headers: ["Authorization: Bearer admin"])
            #expect(figures.body.contains("martlet_http_refusals_total{code=\"not_signed_in\"} 4\n"))
            gate.close()
            let closed = try await server.ask("GET", "/ws", headers: RawClient.upgradeHeaders)
            #expect(closed.status == 429 && closed.headers["retry-after"] == "7")
        }
    }

    @Test func `what one may not see does not come`() async throws {
        try await TestServer.run(gate: FakeGate()) { server in
            try await RawClient.connect(server.port) { (page: inout RawClient) async throws in
                _ = try await page.upgrade(headers: RawClient.upgradeHeaders + ["Authorization: Bearer guest"])
                _ = try await page.frame()
                try await page.sendText(##"{"type":"subscribe","topics":["#"],"recent":0}"##)
                #expect(try await page.frame().text.contains("subscribed"))
                let json = LiveData.json(Array("{}".utf8))
                server.live.publish(
                    [
                        LiveEvent(topic: "audit", data: json, needs: .viewAudit, at: nil),
                        LiveEvent(topic: "nodes/b", data: json, needs: .viewNodes, at: SiteID("annex")),
                        LiveEvent(topic: "nodes/a", data: json, needs: .viewNodes, at: .main),
                    ], committedAt: TestServer.now.advanced(byMicroseconds: 10))
                #expect(try await page.frame().text.contains(#""topic":"nodes/a""#))
            }
        }
    }

    @Test func `who is not welcome any more is closed with 1008, others stay`() async throws {
        let gate = FakeGate()
        let limits = WebLimits(welcomeInterval: .milliseconds(20))
        try await TestServer.run(limits: limits, gate: gate) { server in
            try await RawClient.connect(server.port) { (other: inout RawClient) async throws in
                _ = try await other.upgrade(headers: RawClient.upgradeHeaders + ["Authorization: Bearer admin"])
                _ = try await other.frame()
                try await RawClient.connect(server.port) { (page: inout RawClient) async throws in
                    _ = try await page.upgrade(headers: RawClient.upgradeHeaders + ["Authorization: Bearer guest"])
                    _ = try await page.frame()
                    gate.dismiss(["guest"])
                    let frame = try await page.frame()
                    #expect(frame.closeCode == 1008)
                    #expect(String(decoding: frame.content.dropFirst(2), as: UTF8.self) == "signed out")
                }
                try await other.sendText(#"{"type":"ping","id":1}"#)
                #expect(try await other.frame().text == #"{"type":"pong","id":1}"#)
            }
        }
    }

    @Test func `sockets of one account are bounded`() async throws {
        try await TestServer.run(live: LiveConfiguration(maximumSocketsPerAccount: 1), gate: FakeGate()) { server in
            let guest = RawClient.upgradeHeaders + ["Authorization: Bearer guest"]
            try await RawClient.connect(server.port) { (first: inout RawClient) async throws in
                _ = try await first.upgrade(headers: guest)
                _ = try await first.frame()
                try await RawClient.connect(server.port) { (second: inout RawClient) async throws in
                    _ = try await second.upgrade(headers: guest)
                    #expect(try await second.frame().closeCode == 1013)
                }
                try await RawClient.connect(server.port) { (other: inout RawClient) async throws in
                    _ = try await other.upgrade(headers: RawClient.upgradeHeaders + ["Authorization: Bearer admin"])
                    #expect(try await other.frame().text.contains("hello"))
                }
            }
        }
    }
}
