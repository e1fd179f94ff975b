import HubModel
import Live
import Testing
import WebAPI

@Suite struct LiveDoorTests {
    func event(_ topic: String, _ value: Int, padding: Int = 0) -> LiveEvent {
        LiveEvent(
            topic: topic,
            data: .json(Array("{\"v\":\(value),\"p\":\"\(String(repeating: "x", count: padding))\"}".utf8)),
            needs: .viewNodes,
            at: .main)
    }

    func at(_ microseconds: Int64) -> Timestamp { TestServer.now.advanced(byMicroseconds: microseconds) }

    @Test func `hello, subscribe, event, and a replay after a break`() async throws {
        let base = TestServer.now.microseconds
        try await TestServer.run { server in
            try await RawClient.connect(server.port) { page in
                #expect(try await page.upgrade().status == 101)
                let hello = try await page.frame()
                #expect(
                    hello.text
                        == #"{"type":"hello","server":"martlet","version":"1.2.3","#
                        + #""now":"2025-11-21T01:53:20.000000Z","last":\#(base)}"#
                )
                try await page.sendText(#"{"type":"subscribe","id":1,"topics":["nodes/#"]}"#)
                #expect(
                    try await page.frame().text == #"{"type":"subscribed","id":1,"topics":["nodes/#"],"last":\#(base)}"#
                )
                server.live.publish([event("nodes/a/state", 1), event("broker", 2)], committedAt: at(10))
                let frame = try await page.frame()
                #expect(frame.first == 0x81)
                #expect(
                    frame.text
                        == #"{"type":"event","n":\#(base + 10),"topic":"nodes/a/state","#
                        + #""at":"2025-11-21T01:53:20.000010Z","data":{"v":1,"p":""}}"#
                )
                try await page.sendText(#"{"type":"ping","id":"p"}"#)
                #expect(try await page.frame().text == #"{"type":"pong","id":"p"}"#)
                try await page.sendText("{")
                #expect(try await page.frame().text.hasPrefix(#"{"type":"error","code":"malformed_json""#))
            }
            server.live.publish([event("nodes/b/state", 3), event("nodes/a/state", 4)], committedAt: at(20))
            try await RawClient.connect(server.port) { page in
                _ = try await page.upgrade()
                _ = try await page.frame()
                try await page.sendText(#"{"type":"subscribe","topics":["nodes/a/#"],"after":\#(base + 10)}"#)
                #expect(try await page.frame().text.contains(#""v":4"#))
                #expect(try await page.frame().text.contains(#""type":"subscribed""#))
                try await page.sendText(#"{"type":"subscribe","topics":["broker"],"after":5}"#)
                #expect(try await page.frame().text == #"{"type":"gap","after":5,"next":\#(base + 10)}"#)
                #expect(try await page.frame().text.contains(#""v":2"#))
                #expect(try await page.frame().text.contains(#""type":"subscribed""#))
            }
        }
    }

    @Test func `a slow page is coalesced, then closed with 1013`() async throws {
        let live = LiveConfiguration(queue: QueueLimits(events: 10))
        try await TestServer.run(live: live) { server in
            try await RawClient.connect(server.port) { page in
                _ = try await page.upgrade()
                _ = try await page.frame()
                try await page.sendText(#"{"type":"subscribe","topics":["t/#"],"recent":0}"#)
                #expect(try await page.frame().text.contains("subscribed"))
                // One commit of a hundred events, on five topics: more than may wait.
                server.live.publish((0..<100).map { event("t/\($0 % 5)", $0) }, committedAt: at(10))
                #expect(try await page.frame().text == #"{"type":"coalesced","dropped":95}"#)
                for value in 95..<100 { #expect(try await page.frame().text.contains(#""v":\#(value),"#)) }
                server.live.publish((0..<11).map { event("t/\($0)", $0) }, committedAt: at(20))
                #expect(try await page.frame().closeCode == 1013)
            }
        }
    }

    @Test func `a page that reads nothing is closed although its writer is stuck`() async throws {
        // 200 kB an event: the kernel's buffers are soon full, and the writer waits in the middle of sending.
        let live = LiveConfiguration(queue: QueueLimits(events: 50, bytes: 50_000_000, patienceSeconds: 5))
        try await TestServer.run(live: live) { server in
            try await RawClient.connect(server.port) { page in
                _ = try await page.upgrade()
                _ = try await page.frame()
                try await page.sendText(##"{"type":"subscribe","topics":["#"],"recent":0}"##)
                #expect(try await page.frame().text.contains("subscribed"))
                var instant: Int64 = 0
                try await eventually {
                    instant += 500_000
                    server.live.publish(
                        (0..<20).map { event("t/\($0)", $0, padding: 200_000) }, committedAt: at(instant))
                    return try await server.ask("GET", "/metrics").body.contains("martlet_live_closed_slow_total 1")
                }
                // What was under way may still be read; behind it stands the close frame, or the end of the connection.
                var last = RawFrame(first: 0, content: [])
                while let frame = try? await page.frame() {
                    last = frame
                    if frame.closeCode != nil { break }
                }
                #expect(last.closeCode == 1013 || last.first == 0x81)
            }
            try await eventually {
                try await server.ask("GET", "/metrics").body.contains("martlet_live_sockets 0")
            }
        }
    }

    @Test func `broken rules close the socket with their code`() async throws {
        try await TestServer.run { server in
            for (first, content, code) in [
                (UInt8(0x82), [UInt8](repeating: 1, count: 3), 1003),
                (0x81, [UInt8](repeating: 0x20, count: 16_385), 1009),
                (0x81, [0xFF], 1007), (0x83, [], 1002),
            ] {
                try await RawClient.connect(server.port) { page in
                    _ = try await page.upgrade()
                    _ = try await page.frame()
                    try await page.sendFrame(first, content)
                    #expect(try await page.frame().closeCode == code)
                }
            }
            try await RawClient.connect(server.port) { page in
                _ = try await page.upgrade()
                _ = try await page.frame()
                for _ in 0..<LiveSession.maximumRefusals { try await page.sendText("nonsense") }
                // The close frame may overtake answers that still wait.
                var frame = try await page.frame()
                while frame.text.contains("error") { frame = try await page.frame() }
                #expect(frame.closeCode == 1008)
            }
        }
    }

    @Test func `who may not open a socket is told why`() async throws {
        try await TestServer.run(live: LiveConfiguration(maximumSockets: 1)) { server in
            let plain = try await server.ask("GET", "/ws")
            #expect(plain.status == 426 && plain.headers["upgrade"] == "websocket")
            for headers in [["Origin: http://evil.example"], ["Origin: null"]] {
                let refused = try await server.ask("GET", "/ws", headers: RawClient.upgradeHeaders + headers)
                #expect(refused.status == 403)
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                let head = ["GET /ws HTTP/1.1", "Host: evil.example"] + RawClient.upgradeHeaders
                try await client.send(head.joined(separator: "\r\n") + "\r\n\r\n")
                #expect(try await client.response().status == 403)
            }
            // Too late on this connection, which had its first request already.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                #expect(try await client.request("GET", "/health").status == 200)
                let late = try await client.upgrade()
                #expect(late.status == 426 && late.headers["connection"] == "close")
                #expect(await client.reachesEnd())
            }
            try await RawClient.connect(server.port) { first in
                _ = try await first.upgrade(headers: RawClient.upgradeHeaders + ["Origin: http://localhost"])
                #expect(try await first.frame().text.contains("hello"))
                try await RawClient.connect(server.port) { second in
                    _ = try await second.upgrade()
                    #expect(try await second.frame().closeCode == 1013)
                }
            }
        }
    }

    @Test func `a stopping server closes live sockets with 1001`() async throws {
        try await TestServer.run { server in
            try await RawClient.connect(server.port) { page in
                _ = try await page.upgrade()
                _ = try await page.frame()
                async let stopped: Void = server.server.shutDown()
                #expect(try await page.frame().closeCode == 1001)
                try await page.sendFrame(0x88, [0x03, 0xE9])
                await stopped
            }
        }
    }
}
