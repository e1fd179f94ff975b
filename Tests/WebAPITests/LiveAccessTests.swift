import HubModel
import Live
import Testing
import WebAPI

/// Who may open a live socket, what comes over it, and for how long.
@Suite struct LiveAccessTests {
    let cookie = "Cookie: martlet_access_t=guest"

    @Test func `what is shown must be worth something, and a page's stranger must be on a page of the hub`()
        async throws
    {
        let cases: [([String], Int)] = [
            ([], 101), (["Origin: http://localhost"], 101), (["Origin: http://evil.example"], 403),
            (["Origin: null"], 403),
            (["Authorization: Bearer expired"], 401), (["Authorization: Basic YTpi"], 401),
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
            #expect(figures.body.contains("martlet_http_refusals_total{code=\"not_signed_in\"} 3\n"))
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

    @Test func `strangers see public events only, and keep their sockets`() async throws {
        let limits = WebLimits(welcomeInterval: .milliseconds(20))
        try await TestServer.run(limits: limits, gate: FakeGate()) { server in
            try await RawClient.connect(server.port) { (page: inout RawClient) async throws in
                _ = try await page.upgrade(headers: RawClient.upgradeHeaders + ["Origin: http://localhost"])
                #expect(try await page.frame().text.contains(#""public":true"#))
                try await page.sendText(##"{"type":"subscribe","topics":["#"],"recent":0}"##)
                #expect(try await page.frame().text.contains("subscribed"))
                let json = LiveData.json(Array("{}".utf8))
                for round in 1...3 as ClosedRange<Int64> {
                    server.live.publish(
                        [
                            LiveEvent(topic: "nodes/a", data: json, needs: .viewNodes, at: .main),
                            LiveEvent(topic: "parking/a/counts", data: json, needs: nil, at: .main),
                        ], committedAt: TestServer.now.advanced(byMicroseconds: 10 * round))
                    #expect(try await page.frame().text.contains(#""topic":"parking/a/counts""#))
                }
            }
        }
    }

    @Test func `sockets of strangers are bounded by address, and leave the others their places`() async throws {
        let live = LiveConfiguration(maximumSockets: 1, maximumPublicSocketsPerAddress: 2)
        // One new connection at a time: a stranger's socket is none any more, and does not give way.
        let limits = WebLimits(maximumNewConnections: 1)
        try await TestServer.run(live: live, limits: limits, gate: FakeGate()) { server in
            try await RawClient.connect(server.port) { (first: inout RawClient) async throws in
                _ = try await first.upgrade(headers: RawClient.upgradeHeaders)
                _ = try await first.frame()
                try await RawClient.connect(server.port) { (second: inout RawClient) async throws in
                    _ = try await second.upgrade(headers: RawClient.upgradeHeaders)
                    #expect(try await second.frame().text.contains("hello"))
                    try await RawClient.connect(server.port) { (third: inout RawClient) async throws in
                        _ = try await third.upgrade(headers: RawClient.upgradeHeaders)
                        #expect(try await third.frame().closeCode == 1013)
                    }
                    try await RawClient.connect(server.port) { (guest: inout RawClient) async throws in
                        _ = try await guest.upgrade(headers: RawClient.upgradeHeaders + ["Authorization: Bearer guest"])
                        #expect(try await guest.frame().text.contains("hello"))
                    }
                    try await second.sendText(#"{"type":"ping","id":2}"#)
                    #expect(try await second.frame().text == #"{"type":"pong","id":2}"#)
                }
                try await first.sendText(#"{"type":"ping","id":1}"#)
                #expect(try await first.frame().text == #"{"type":"pong","id":1}"#)
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
