import HubModel
import NIOCore
import SolutionKit
import Synchronization
import Testing
import WebAPI

/// Bodies that a route's handler reads as they come.
@Suite(.timeLimit(.minutes(5))) struct StreamedRequestTests {
    private static let parts = BodyForm.multipart([
        MultipartField("device_id", .text(maximumBytes: 64)), MultipartField("image", .file(["image/jpeg"])),
    ])

    /// Says of each part what it is and how many bytes it has.
    @Sendable private static func describe(_ request: RouteRequest) async throws -> RouteResponse {
        var words: [String] = [request.caller.device?.text ?? "-", request.mediaType ?? "-"]
        switch request.content {
        case .whole(let bytes): words.append("whole \(bytes.count)")
        case .form(let fields): words += fields.map { "\($0.name)=\($0.value)" }
        case .stream(let stream):
            var count = 0
            for try await piece in stream { count += piece.count }
            words.append("stream \(count)")
        case .parts(let parts):
            for try await part in parts {
                guard part.fileName != nil else {
                    words.append("\(part.name)=\(try await part.text(upTo: 64))")
                    continue
                }
                var count = 0
                for try await piece in part.content { count += piece.count }
                words.append("\(part.name):\(part.fileName ?? "")[\(part.mediaType ?? "-")] \(count)")
            }
        }
        return RouteResponse(contentType: "text/plain", body: Array(words.joined(separator: "|").utf8))
    }

    private static func route(
        _ path: String, _ access: RouteAccess = .anyone, _ forms: BodyForm..., limit: Int = 4_000_000
    ) -> Route {
        let input =
            switch forms.count {
            case 1: RouteInput(forms[0])
            case 2: RouteInput(forms[0], forms[1])
            default: RouteInput(forms[0], forms[1], forms[2])
            }
        return Route(
            .post, path, access: access, summary: "Something", input: input, answers: [.bytes("text/plain")],
            maximumBodyBytes: limit, handler: describe)
    }

    private static let routes = [
        route("/api/image", .anyone, parts, .stream(["image/jpeg"]), .json(.any)),
        route("/api/form", .anyone, .form(.any)),
        route("/api/camera", .anyone, .mixedReplace(["image/jpeg"])),
        route("/api/small", .anyone, parts, .stream(["image/*"]), limit: 1_000),
        route("/api/mine", .device(.node), parts, .stream(["image/jpeg"]), .form(.any)),
        Route(
            .post, "/api/unread", access: .anyone, summary: "Reads nothing", input: RouteInput(.stream(["image/jpeg"])),
            answers: [.empty()], maximumBodyBytes: 100_000_000
        ) { _ in throw Refusal(.conflict, "No.") },
    ]

    private func ask(
        _ server: TestServer, _ path: String, type: String, body: String, headers: [String] = []
    ) async throws -> RawResponse {
        try await server.ask("POST", path, headers: ["Content-Type: \(type)"] + headers, body: body)
    }

    private static let form = [
        "--X\r\nContent-Disposition: form-data; name=\"device_id\"\r\n\r\nesp 1\r\n",
        "--X\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nkey\r\n",
        "--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
    ]

    private static func body(_ count: Int) -> String {
        form[0] + form[2] + String(repeating: "j", count: count) + "\r\n--X--\r\n"
    }

    @Test("Pictures that replace each other come one by one, and more of them than a form has parts")
    func pictures() async throws {
        try await TestServer.run(routes: Self.routes) { server in
            let type = "multipart/x-mixed-replace; boundary=X"
            let frames = (0..<100).map { "--X\r\nContent-Type: image/jpeg\r\n\r\nframe \($0)\r\n" }
            let answer = try await ask(server, "/api/camera", type: type, body: frames.joined() + "--X--\r\n")
            #expect(
                answer.body
                    == "-|multipart/x-mixed-replace|" + (0..<100).map { "=frame \($0)" }.joined(separator: "|"))
            #expect(try await ask(server, "/api/camera", type: type, body: frames[0]).status == 400)
            #expect(try await ask(server, "/api/camera", type: "multipart/x-mixed-replace", body: "").status == 200)
            #expect(
                try await ask(server, "/api/camera", type: "multipart/form-data; boundary=X", body: "a").status == 415)
        }
    }

    @Test("The media type chooses among the forms that a route takes")
    func forms() async throws {
        try await TestServer.run(routes: Self.routes) { server in
            let multipart = "multipart/form-data; boundary=X"
            #expect(
                try await ask(server, "/api/image", type: multipart, body: Self.body(300_000)).body
                    == "-|multipart/form-data|device_id=esp 1|image:a.jpg[image/jpeg] 300000")
            #expect(
                try await ask(server, "/api/image", type: "IMAGE/JPEG; q=1", body: "abc").body
                    == "-|image/jpeg|stream 3")
            #expect(try await ask(server, "/api/image", type: "application/json", body: "{}").body.hasSuffix("whole 2"))
            #expect(try await ask(server, "/api/image", type: "text/plain", body: "{}").body.hasSuffix("whole 2"))
            #expect(
                try await ask(server, "/api/form", type: "application/x-www-form-urlencoded", body: "a=1+2&b=%C3%A9")
                    .body
                    .hasSuffix("a=1 2|b=\u{E9}"))
            for type in ["image/png", "video/mp4", "multipart/form-data", "multipart/mixed; boundary=X"] {
                let answer = try await ask(server, "/api/image", type: type, body: "abc")
                #expect(answer.status == 415 && answer.members["code"] == "unsupported_media_type", "\(type)")
            }
            #expect(try await ask(server, "/api/small", type: "image/webp", body: "abc").body.hasSuffix("stream 3"))
        }
    }

    @Test("What is too long, broken or compressed is refused, and the connection of what was read goes on")
    func bad() async throws {
        try await TestServer.run(routes: Self.routes) { server in
            let type = "multipart/form-data; boundary=X"
            #expect(try await ask(server, "/api/small", type: type, body: Self.body(2_000)).status == 413)
            #expect(try await ask(server, "/api/small", type: "image/gif", body: Self.body(2_000)).status == 413)
            for body in [
                "--X\r\n\r\nabc\r\n--X--", "nothing", Self.form[0], "--X\nContent-Disposition: form-data; name=a\n\n",
            ] {
                let answer = try await ask(server, "/api/image", type: type, body: body)
                #expect(answer.status == 400 && answer.members["code"] == "malformed_request", "\(body)")
            }
            let packed = try await ask(
                server, "/api/image", type: "image/jpeg", body: "abc", headers: ["Content-Encoding: gzip"])
            #expect(packed.status == 415)
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                let head = "POST /api/image HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
                for _ in 0..<3 {
                    try await client.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
                    #expect(try await client.response().body == "-|image/jpeg|stream 5")
                }
                try await client.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
                #expect(try await client.response().status == 400)
                #expect(await client.reachesEnd())
            }
            #expect(!server.log.text.contains("error"))
        }
    }

    @Test("A device may show its key in fields before the file, in a form, or in the head of a stream")
    func credentials() async throws {
        try await TestServer.run(routes: Self.routes, gate: FakeGate()) { server in
            let type = "multipart/form-data; boundary=X"
            let good = Self.form[0].replacing("esp 1", with: "node_01") + Self.form[1]
            let file = Self.form[2] + "jjj\r\n--X--\r\n"
            let answer = try await ask(server, "/api/mine", type: type, body: good + file)
            #expect(
                answer.body == "node_01|multipart/form-data|device_id=node_01|api_key=key|image:a.jpg[image/jpeg] 3")
            // After the file it comes too late: who sends it has to be known before.
            let late = Self.form[2] + "jjj\r\n" + good + "--X--\r\n"
            #expect(try await ask(server, "/api/mine", type: type, body: late).status == 401)
            #expect(try await ask(server, "/api/mine", type: "image/jpeg", body: "abc").status == 401)
            let shown = ["X-Device-Id: node_01", "X-API-Key: key"]
            #expect(
                try await ask(server, "/api/mine", type: "image/jpeg", body: "abc", headers: shown).body
                    == "node_01|image/jpeg|stream 3")
            #expect(
                try await ask(
                    server, "/api/mine", type: "application/x-www-form-urlencoded",
                    body: "device_id=node_01&api_key=key"
                ).body.hasPrefix("node_01|"))
        }
    }

    @Test("A body that nobody reads holds up nothing: the answer comes, and the connection ends")
    func unread() async throws {
        try await TestServer.run(routes: Self.routes) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "POST /api/unread HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 50000000\r\n\r\n"
                )
                try await client.send([UInt8](repeating: 1, count: 100_000))
                let answer = try await client.response()
                #expect(answer.status == 409 && answer.headers["connection"] == "close")
            }
        }
    }

    @Test("A client that waits for a word before it streams is given one")
    func word() async throws {
        try await TestServer.run(routes: Self.routes) { server in
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send(
                    "POST /api/image HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
                )
                #expect(try await client.response().status == 100)
                try await client.send("abc")
                #expect(try await client.response().body == "-|image/jpeg|stream 3")
            }
        }
    }
}
