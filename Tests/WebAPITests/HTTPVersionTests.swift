import Testing
import WebAPI

/// What clients of other times and makes send, byte for byte.
@Suite struct HTTPVersionTests {
    /// Sends bytes and reads the first answer; says whether the connection then ends by itself.
    private func talk(_ server: TestServer, _ text: String, hasBody: Bool = true) async throws -> (
        RawResponse, endsByItself: Bool
    ) {
        try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
            try await client.send(text)
            let answer = try await client.response(hasBody: hasBody)
            // A connection that goes on answers another request.
            let ends = await client.endsOrAnswers()
            return (answer, ends)
        }
    }

    @Test(
        arguments: [
            ("GET /health HTTP/1.0\r\n\r\n", "close"),
            ("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n", "close"),
            ("GET /health HTTP/1.0\r\nConnection: close\r\n\r\n", "close"),
            // ab -k
            ("GET /health HTTP/1.0\r\nConnection: Keep-Alive\r\nHost: localhost\r\n\r\n", "keep-alive"),
            ("GET /health HTTP/1.0\r\nConnection: TE, keep-alive\r\n\r\n", "keep-alive"),
            ("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", nil),
            ("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Keep-Alive, Upgrade\r\n\r\n", nil),
            ("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Close\r\n\r\n", "close"),
            ("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: TE , close\r\n\r\n", "close"),
            ("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: TE\r\nConnection: close\r\n\r\n", "close"),
        ] as [(String, String?)])
    func `a connection ends after the answer if its client means that`(request: String, word: String?) async throws {
        try await TestServer.run { server in
            let (answer, ends) = try await talk(server, request)
            #expect(answer.status == 200 && answer.body == #"{"status":"up"}"#)
            #expect(answer.headers["connection"] == word)
            #expect(ends == (word == "close"))
        }
    }

    @Test func `HTTP 1.0 with a body is answered without waiting for a word`() async throws {
        try await TestServer.run(routes: ServerTests.routes) { server in
            let (answer, ends) = try await talk(
                server,
                "POST /api/things HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}")
            #expect(answer.status == 201 && answer.body == "{}" && ends)
            // HAProxy's check, as it sends it unless it is told otherwise.
            let (options, optionsEnd) = try await talk(server, "OPTIONS / HTTP/1.0\r\n\r\n", hasBody: false)
            #expect((200..<500).contains(options.status) && optionsEnd)
        }
    }

    @Test(arguments: [
        "", "Host: a\r\nHost: a\r\n", "Host: 127.0.0.1:80@evil\r\n", "Host: [::1]evil\r\n", "Host: [::1\r\n",
        "Host: a:b\r\n", "Host: a/b\r\n", "Host: a b\r\n", "Host: user@a\r\n", "Host: []\r\n", "Host: a%00\r\n",
    ])
    func `a request of HTTP 1.1 names its host, once and well`(field: String) async throws {
        try await TestServer.run { server in
            let (answer, _) = try await talk(server, "GET /health HTTP/1.1\r\n\(field)\r\n")
            #expect(answer.status == 400)
            #expect(answer.members["code"] == "malformed_request")
            // The live socket is no way round it.
            let lines = RawClient.upgradeHeaders.joined(separator: "\r\n")
            let (refused, _) = try await talk(server, "GET /ws HTTP/1.1\r\n\(field)\(lines)\r\n\r\n")
            #expect(refused.status == 400)
        }
    }

    @Test(arguments: [
        ("localhost", "localhost"), ("localhost:8080", "localhost"), ("LOCALHOST:", "localhost"), ("[::1]", "::1"),
        ("[::1]:80", "::1"), ("my_hub.local", "my_hub.local"), ("", ""),
    ])
    func `hosts are read with and without their port`(text: String, name: String) {
        #expect(HostField(text)?.name == name)
    }
}

extension RawClient {
    /// True when the server ends the connection; false when it answers another request on it.
    mutating func endsOrAnswers() async -> Bool {
        do {
            return try await request("GET", "/health", headers: ["Connection: close"]).status != 200
        } catch {
            return true
        }
    }
}
