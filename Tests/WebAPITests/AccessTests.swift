import HubModel
import SolutionKit
import Testing
import WebAPI

/// Who may ask what, over a real connection.
@Suite struct AccessTests {
    static func route(
        _ method: Route.Method, _ path: String, _ access: RouteAccess, limit: Int = 1_000,
        credentials: CredentialPlace = .body, setsCookies: Bool = false,
        reportTopic: (@Sendable (_ path: [String: String], _ device: DeviceID) throws(Refusal) -> [String])? = nil
    ) -> Route {
        Route(
            method, path, access: access, summary: "Says who asks", answers: [.json(.any)], maximumBodyBytes: limit,
            credentials: credentials, setsCookies: setsCookies, reportTopic: reportTopic
        ) { request in
            .json { json in
                json.object { json in
                    json.member("who", AccessTests.word(request.caller))
                    json.member("scope", request.scope == .all ? "all" : "some")
                    json.member("address", request.transport.address)
                    json.member("local", request.transport.isLocal)
                    json.member("secure", request.transport.isSecure)
                    json.member("agent", request.transport.userAgent)
                }
            }
        }
    }

    static func word(_ caller: Caller) -> String {
        switch caller.identity {
        case .anonymous: "anonymous"
        case .open: "open"
        case .person(let account, _, _): account
        case .device(let device, _, _): device.text
        case .keyless(let kind): "a \(kind.name)"
        case .link(let grant): "link to \(grant.device?.text ?? "a site")"
        case .token, .shell, .hub: "other"
        }
    }

    static let routes = [
        route(.get, "/api/any", .anyone), route(.post, "/api/auth/login", .anyone, setsCookies: true),
        route(.get, "/api/own", .signedIn), route(.post, "/api/own", .signedIn),
        route(.get, "/api/own/{id}", .signedIn), route(.get, "/api/people", .hub(.manageUsers)),
        route(.post, "/api/people", .hub(.manageUsers)), route(.get, "/api/nodes", .site(.viewNodes)),
        route(.post, "/api/esp/status", .device(.node)),
        route(.post, "/api/esp/{id}/report", .device(.node)) { path, _ throws(Refusal) in
            guard let id = path["id"], id != "nobody" else { throw Refusal(.notFound, "Nobody.") }
            return ["esp", id]
        }, route(.get, "/api/esp/poll", .device(.node)), route(.get, "/api/feeds/{key}/sheet", .link(.sheet)),
        route(.get, "/api/screen", .link(.sheet, key: .header)),
        route(.post, "/api/boards", .device(.board), credentials: .network),
        route(.post, "/api/boards/keys", .device(.board)),
        route(.post, "/api/nodes/network", .device(.node), credentials: .network),
    ]

    func run(_ body: @Sendable (TestServer, FakeGate) async throws -> Void) async throws {
        let gate = FakeGate()
        try await TestServer.run(routes: AccessTests.routes, gate: gate) { try await body($0, gate) }
    }

    @Test func `the gate hears what was refused to somebody who is known`() async throws {
        try await run { server, gate in
            let guest = ["Authorization: Bearer guest"]
            for (method, path, headers) in [
                ("POST", "/api/people?secret=1", guest), ("POST", "/api/people", []), ("GET", "/api/people", guest),
                ("POST", "/api/own", ["Cookie: martlet_access_t=guest", "Origin: https://elsewhere.example"]),
                ("GET", "/api/own", guest), ("POST", "/api/people", ["Authorization: Bearer expired"]),
            ] as [(String, String, [String])] { _ = try await server.ask(method, path, headers: headers) }
            let heard = gate.refused.map {
                "\($0.caller.account ?? "-") \($0.route.method.rawValue) \($0.path) \($0.code.rawValue)"
            }
            #expect(
                heard == [
                    "guest POST /api/people forbidden", "guest GET /api/people forbidden",
                    "guest POST /api/own forbidden",
                ])
        }
    }

    @Test("A link opens its own route by the key in the path, whatever else is shown, and the gate hears of no key")
    func links() async throws {
        try await run { server, gate in
            let admin = ["Authorization: Bearer admin"]
            for (path, headers, status) in [
                ("/api/feeds/mlk_good/sheet", [], 200), ("/api/feeds/mlk_good/sheet", admin, 200),
                ("/api/feeds/mlk_bad/sheet", [], 404), ("/api/feeds/mlk_bad/sheet", admin, 404),
                ("/api/feeds/%ff/sheet", admin, 404), ("/api/feeds/mlk_good/sheet?a=%zz", admin, 400),
                ("/api/own", ["Authorization: Bearer mlk_good"], 401),
            ] as [(String, [String], Int)] {
                let answer = try await server.ask("GET", path, headers: headers)
                #expect(answer.status == status, "\(path) \(headers)")
                if status == 200 { #expect(answer.members["who"] == "link to node_01") }
                #expect(answer.headers["referrer-policy"] == "no-referrer")
            }
            #expect(gate.refused.map(\.path) == ["/api/feeds/{key}/sheet"])
        }
    }

    @Test("Where a route takes the key of a link in a header field, it takes it nowhere else, whatever else is shown")
    func linksInHeader() async throws {
        try await run { server, gate in
            let (shown, cookie) = ("Authorization: Bearer mlk_good", "Cookie: \(gate.accessCookie)=admin")
            for (path, headers, status) in [
                ("/api/screen", [shown], 200), ("/api/screen", ["authorization: bearer  mlk_good", cookie], 200),
                ("/api/screen", [], 404), ("/api/screen", [cookie], 404),
                ("/api/screen", ["Authorization: Bearer mlk_bad"], 404),
                ("/api/screen", ["Authorization: Bearer admin"], 404), ("/api/screen", [shown, shown], 404),
                ("/api/screen", ["Authorization: mlk_good"], 404),
                ("/api/screen", ["Authorization: Basic mlk_good"], 404),
                ("/api/screen", ["X-Device-Id: node_01", "X-API-Key: mlk_good"], 404),
                ("/api/screen?key=mlk_good", [], 404), ("/api/screen/mlk_good", [shown], 404),
                ("/api/screen?a=%zz", [shown], 400),
                // Nor does one that takes it in the path look at the header field.
                ("/api/feeds/mlk_bad/sheet", [shown], 404),
                ("/api/feeds/mlk_good/sheet", ["Authorization: Bearer mlk_bad"], 200),
            ] as [(String, [String], Int)] {
                let answer = try await server.ask("GET", path, headers: headers)
                #expect(answer.status == status, "\(path) \(headers)")
                if status == 200 { #expect(answer.members["who"] == "link to node_01") }
                #expect(!answer.body.contains("mlk_") && answer.headers["referrer-policy"] == "no-referrer")
            }
            #expect(gate.refused.map(\.path) == ["/api/screen"])
        }
    }

    @Test func `each route answers whom it may, and others by what they lack`() async throws {
        let bearer = { (name: String) in ["Authorization: Bearer \(name)"] }
        let node = ["X-Device-Id: node_01", "X-API-Key: key"]
        let matrix: [(String, [String], Int, String?)] = [
            ("/api/any", [], 200, "anonymous"), ("/api/any", bearer("admin"), 200, "admin"),
            ("/api/any", bearer("expired"), 200, "anonymous"), ("/api/any", ["X-Device-Id: x"], 200, "anonymous"),
            ("/api/any", bearer("slow"), 429, nil), ("/api/any", bearer("broken"), 500, nil),
            ("/api/own", [], 401, nil), ("/api/own", bearer("nobody"), 200, "nobody"), ("/api/own", node, 403, nil),
            ("/api/own", bearer("expired"), 401, nil), ("/api/own", bearer("slow"), 429, nil),
            ("/api/people", [], 401, nil), ("/api/people", bearer("guest"), 403, nil),
            ("/api/people", bearer("admin"), 200, "admin"), ("/api/nodes", bearer("nobody"), 403, nil),
            ("/api/nodes", bearer("guest"), 200, "guest"), ("/api/esp/poll", node, 200, "node_01"),
            ("/api/esp/poll", [], 401, nil), ("/api/esp/poll", bearer("admin"), 403, nil),
            ("/api/esp/poll", ["X-Device-Id: node_02", "X-API-Key: key"], 403, nil),
            ("/metrics", [], 401, nil), ("/metrics", bearer("guest"), 403, nil),
            ("/metrics", bearer("admin"), 200, nil),
            ("/api/system", [], 401, nil), ("/api/system", bearer("nobody"), 403, nil),
            ("/api/system", bearer("guest"), 200, nil), ("/openapi.json", [], 401, nil),
            ("/openapi.json", bearer("nobody"), 200, nil), ("/health", [], 200, nil), ("/ready", [], 200, nil),
            ("/", [], 200, nil), ("/api/nothing", [], 404, nil),
        ]
        try await run { server, _ in
            for (path, headers, status, who) in matrix {
                let answer = try await server.ask("GET", path, headers: headers)
                #expect(answer.status == status, "\(path) \(headers)")
                if let who { #expect(answer.members["who"] == who, "\(path) \(headers)") }
                #expect((answer.headers["www-authenticate"] == "Bearer") == (status == 401))
                if path.hasPrefix("/api/") { #expect(answer.headers["cache-control"] == "no-store") }
            }
        }
    }

    @Test func `what shows nothing is let in by its network where the route and the operator say so`() async throws {
        let shown = #"{"device_id":"board_7","api_key":"wrong"}"#
        // Another kind, another route; anything that was shown counts, and is worth nothing; a page of another site, in a browser of
        // the network.
        let matrix: [(path: String, header: String?, body: String, who: String)] = [
            ("/api/boards", nil, "{}", "a board"), ("/api/boards", nil, #"{"device_id":"board_7"}"#, "a board"),
            ("/api/boards/keys", nil, "{}", "401"), ("/api/nodes/network", nil, "{}", "401"),
            ("/api/nodes/network", nil, #"{"device_id":"node_01","api_key":"key"}"#, "node_01"),
            ("/api/boards", nil, shown, "401"), ("/api/boards", "Authorization: Bearer expired", "{}", "401"),
            ("/api/boards", "Authorization: Bearer admin", "{}", "403"),
            ("/api/boards", "Origin: https://elsewhere.example", "{}", "401"),
            // No sensor says where a page is from: under a name that the page's owner points at the hub, it would be the hub's own.
            ("/api/boards", "Sec-Fetch-Site: same-origin", "{}", "401"),
        ]
        try await run { server, _ in
            for (path, header, body, who) in matrix {
                let headers = ["Content-Type: application/json"] + (header.map { [$0] } ?? [])
                let answer = try await server.ask("POST", path, headers: headers, body: body)
                #expect(answer.members["who"] ?? "\(answer.status)" == who, "\(path) \(headers) \(body)")
            }
        }
    }

    @Test func `the system's figures are those of the sites that one may see`() async throws {
        try await run { server, _ in
            let all = try await server.ask("GET", "/api/system", headers: ["Authorization: Bearer admin"])
            #expect(all.body.contains(#""devices":5"#))
            let some = try await server.ask("GET", "/api/system", headers: ["Authorization: Bearer guest"])
            #expect(some.body.contains(#""devices":2"#))
        }
    }

    @Test(arguments: [
        "Basic YTpi", "Bearer", "Bearer a b", "admin", "Bearer \u{e9}", "Bearer a,b", "Digest x",
    ])
    func `an authorization that nobody understands is worth nothing, whatever stands beside it`(header: String)
        async throws
    {
        try await run { server, gate in
            let answer = try await server.ask(
                "GET", "/api/own", headers: ["Authorization: \(header)", "Cookie: \(gate.accessCookie)=admin"])
            #expect(answer.status == 401)
        }
    }

    @Test func `credentials are read as they were shown`() {
        func kind(_ fields: [(String, String)], cookie: String? = nil) -> String {
            let head = HeadFields(host: nil, fields.map { (name: $0.0, value: $0.1) })
            return String(describing: ShownCredentials.read(head, cookie: cookie))
        }
        #expect(kind([]) == "none")
        #expect(kind([], cookie: "c") == #"cookie("c")"#)
        #expect(kind([("AUTHORIZATION", "bEaReR  a.b-c_d~+/=")], cookie: "c") == #"bearer("a.b-c_d~+/=")"#)
        #expect(kind([("authorization", "Bearer a"), ("authorization", "Bearer a")]) == "unknown")
        #expect(kind([("X-Device-Id", "n"), ("x-api-key", "k")], cookie: "c") == #"device(name: "n", key: "k")"#)
        #expect(kind([("X-Device-Id", "n")], cookie: "c") == "unknown")
        #expect(kind([("X-API-Key", "k")]) == "unknown")
        #expect(kind([("X-Device-Id", "n"), ("X-Device-Id", "m"), ("X-API-Key", "k")]) == "unknown")
        #expect(kind([("X-Device-Id", ""), ("X-API-Key", "k")]) == "unknown")
        func inBody(_ text: String) -> String? {
            ShownCredentials.read(body: Array(text.utf8)).map { String(describing: $0) }
        }
        #expect(inBody(#"{"a":{"device_id":1},"device_id":"n","api_key":"k"}"#) == #"device(name: "n", key: "k")"#)
        for bad in [
            "", "[]", "{", #"{"device_id":"n"}"#, #"{"device_id":1,"api_key":"k"}"#,
            #"{"device_id":"n","api_key":"k","api_key":"l"}"#, #"{"device_id":"n","api_key":"k"} x"#,
        ] { #expect(inBody(bad) == nil, "\(bad)") }
    }

    @Test func `a device may show its key in its body, and only where devices are meant`() async throws {
        let body = #"{"device_id":"node_01","api_key":"key","is_occupied":false}"#
        try await run { server, _ in
            let known = try await server.ask("POST", "/api/esp/status", body: body)
            #expect(known.status == 200 && known.members["who"] == "node_01")
            for wrong in [body.replacing("key\"", with: "kex\""), "{}", "{", ""] {
                #expect(try await server.ask("POST", "/api/esp/status", body: wrong).status == 401, "\(wrong)")
            }
            let large = String(repeating: " ", count: 1_001)
            #expect(try await server.ask("POST", "/api/esp/status", body: large).status == 413)
            #expect(try await server.ask("POST", "/api/own", body: body).status == 401)
        }
    }

    @Test func `what a waiting device reports is kept without its key, where a report is meant`() async throws {
        try await run { server, gate in
            let shown = ["X-Device-Id: node_02", "X-API-Key: key"]
            let kept = try await server.ask("POST", "/api/esp/7/report", headers: shown, body: #"{"v":1}"#)
            #expect(kept.status == 202 && kept.members["status"] == "pending")
            let body = #"{"device_id":"node_02","api_\u006bey":"key","v":[2, 3]}"#
            #expect(try await server.ask("POST", "/api/esp/7/report", body: body).status == 202)
            #expect(gate.aside.map(\.report) == [#"{"v":1}"#, #"{"device_id":"node_02","v":[2, 3]}"#])
            #expect(gate.aside.map(\.topic) == [["esp", "7"], ["esp", "7"]])
            for (path, body, status) in [
                ("/api/esp/status", #"{"v":1}"#, 403), ("/api/esp/nobody/report", #"{"v":1}"#, 404),
                ("/api/esp/7/report", "", 400), ("/api/esp/7/report", String(repeating: " ", count: 1_001), 413),
            ] {
                #expect(try await server.ask("POST", path, headers: shown, body: body).status == status, "\(path)")
            }
            #expect(gate.aside.count == 2)
        }
    }

    @Test func `a stranger learns nothing but that one must sign in`() async throws {
        try await run { server, _ in
            for (method, target, headers) in [
                ("GET", "/api/own/%zz", []), ("GET", "/api/own?a=%zz", []),
                ("POST", "/api/own", ["Content-Type: image/png"]),
                ("POST", "/api/own", ["Origin: http://evil.example"]), ("POST", "/api/people", []),
            ] {
                let answer = try await server.ask(method, target, headers: headers, body: "x")
                #expect(answer.status == 401 && answer.isProblem, "\(method) \(target) \(headers)")
            }
            // The same, asked by somebody who may.
            let admin = ["Authorization: Bearer admin"]
            #expect(try await server.ask("GET", "/api/own/%zz", headers: admin).status == 400)
            #expect(try await server.ask("GET", "/api/own?a=%zz", headers: admin).status == 400)
            // The answer does not wait for the body; a short one is read behind it, and the connection goes on.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("POST /api/own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n")
                #expect(try await client.response().status == 401)
                try await client.send("12345")
                #expect(try await client.request("GET", "/health").status == 200)
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                try await client.send("POST /api/own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n")
                let answer = try await client.response()
                #expect(answer.status == 401 && answer.headers["connection"] == "close")
            }
        }
    }

    @Test func `who is over a limit is told when to come back, and counted`() async throws {
        try await run { server, gate in
            let slow = try await server.ask("GET", "/api/own", headers: ["Authorization: Bearer slow"])
            #expect(slow.status == 429 && slow.headers["retry-after"] == "3")
            let figures = try await server.ask("GET", "/metrics", headers: ["Authorization: Bearer admin"])
            #expect(figures.body.contains("martlet_http_refusals_total{code=\"too_many_requests\"} 1\n"))
            let before = gate.asked
            gate.close()
            let closed = try await server.ask("GET", "/", headers: ["Authorization: Bearer admin"])
            #expect(closed.status == 429 && closed.headers["retry-after"] == "7" && closed.isProblem)
            #expect(gate.asked == before)
            #expect(gate.admitted.allSatisfy { $0 == "127.0.0.1" })
        }
    }
}
