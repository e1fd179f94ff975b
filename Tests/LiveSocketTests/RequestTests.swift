import LiveSocket
import NIOCore
import Testing

@Suite struct RequestTests {
    @Test(arguments: [
        ("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", RequestPeek.Verdict.webSocket),
        ("GET /ws?token=1 HTTP/1.1\r\nHost: a\r\nupgrade:WebSocket\r\n\r\nmore", .webSocket),
        ("POST /ws HTTP/1.1\nUpgrade: websocket\n\n", .webSocket),
        ("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", .http),
        ("GET /wsx HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", .http),
        ("GET /ws HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", .http),
        ("GET / HTTP/1.1\r\n\r\n", .http),
        ("\u{1}\u{2}\r\n\r\n", .http),
        ("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n", .undecided),
        ("", .undecided),
        (String(repeating: "x", count: 101), .http),
    ])
    func `the first bytes tell what a connection is`(text: String, verdict: RequestPeek.Verdict) {
        var peek = RequestPeek(path: "/ws", maximumBytes: 100)
        #expect(peek.look(at: ByteBuffer(string: text).readableBytesView) == verdict)
        // The same, byte by byte: no cut may change the verdict.
        var slow = RequestPeek(path: "/ws", maximumBytes: 100)
        var seen = RequestPeek.Verdict.undecided
        for count in 0...text.utf8.count where seen == .undecided {
            seen = slow.look(at: ByteBuffer(bytes: text.utf8.prefix(count)).readableBytesView)
        }
        #expect(seen == verdict)
    }

    @Test(arguments: [
        ([], true),
        ([("Host", "localhost:8080"), ("Origin", "http://localhost:8080")], true),
        ([("host", "LOCALHOST:8080"), ("origin", "http://localhost:8080")], true),
        ([("Host", "localhost:8080"), ("Origin", "http://localhost:8081")], false),
        ([("Host", "localhost:8080"), ("Origin", "null")], false),
        ([("Origin", "http://localhost")], false),
        ([("Host", "a"), ("Origin", "http://a"), ("Origin", "http://b")], false),
    ])
    func `pages of other origins are told apart`(headers: [(String, String)], isAllowed: Bool) {
        let request = WebSocketRequest(
            path: "/ws", query: "", headers: headers.map { (name: $0.0, value: $0.1) }, address: nil)
        #expect(request.isSameOriginOrNone == isAllowed)
    }
}
