import HubModel
import SolutionKit
import Testing
import WebAPI

@Suite struct RouteTableTests {
    func route(_ method: Route.Method, _ path: String) -> Route {
        Route(method, path, access: .anyone, summary: path, answers: [.empty()]) { _ in
            RouteResponse(contentType: "", body: [])
        }
    }

    func table() throws -> RouteTable {
        try RouteTable([
            route(.get, "/"), route(.get, "/api/nodes"), route(.get, "/api/nodes/{id}"), route(.get, "/api/nodes/all"),
            route(.get, "/api/nodes/{id}/commands"), route(.post, "/api/nodes/{id}/commands"),
            route(.get, "/api/nodes/{id}/commands/{command_id}"), route(.delete, "/api/{kind}/latest"),
        ])
    }

    @Test(arguments: [
        ("GET", "/", "/", [:]),
        ("GET", "/api/nodes", "/api/nodes", [:]),
        ("GET", "/api/nodes/", "/api/nodes", [:]),
        ("HEAD", "/api/nodes/01", "/api/nodes/{id}", ["id": "01"]),
        ("GET", "/api/nodes/all", "/api/nodes/all", [:]),
        ("GET", "/api/nodes/a%2Fb%20%C3%A9", "/api/nodes/{id}", ["id": "a/b é"]),
        ("GET", "/api/nodes/%00", "/api/nodes/{id}", ["id": "\u{0}"]),
        ("GET", "/api/nodes/a+b", "/api/nodes/{id}", ["id": "a+b"]),
        ("POST", "/api/nodes/1/commands", "/api/nodes/{id}/commands", ["id": "1"]),
        (
            "GET", "/api/nodes/1/commands/c-2", "/api/nodes/{id}/commands/{command_id}",
            ["id": "1", "command_id": "c-2"]
        ),
        ("GET", "/api/nodes/latest", "/api/nodes/{id}", ["id": "latest"]),
        ("DELETE", "/api/rooms/latest", "/api/{kind}/latest", ["kind": "rooms"]),
    ])
    func `a path finds its route`(method: String, path: String, template: String, parameters: [String: String]) throws {
        guard case .route(let route, let found) = try table().match(method, path[...]) else {
            Issue.record("\(method) \(path) finds no route")
            return
        }
        #expect(route.path == template)
        #expect(found == parameters)
    }

    @Test(arguments: [
        "", "x", "/api", "/api/nodes//", "/api//nodes", "//", "/api/nodes/1/2", "/API/nodes", "*", "http://a/",
    ])
    func `another path finds none`(path: String) throws {
        guard case .unknown = try table().match("GET", path[...]) else {
            Issue.record("\(path) finds something")
            return
        }
    }

    @Test func `a wrong method names the right ones`() throws {
        guard case .otherMethods(let template, let allowed) = try table().match("PUT", "/api/nodes/1/commands") else {
            Issue.record("no other methods")
            return
        }
        #expect(template == "/api/nodes/{id}/commands")
        #expect(allowed == ["GET", "HEAD", "OPTIONS", "POST"])
        guard case .otherMethods(_, let others) = try table().match("HEAD", "/api/rooms/latest") else {
            Issue.record("HEAD without GET")
            return
        }
        #expect(others == ["DELETE", "OPTIONS"])
    }

    @Test(arguments: ["/api/nodes/%", "/api/nodes/%4", "/api/nodes/%zz", "/api/nodes/%ff", "/api/nodes/%c3"])
    func `a parameter that is not percent-encoded UTF-8 is told apart`(path: String) throws {
        guard case .malformed(let route) = try table().match("GET", path[...]), route.path == "/api/nodes/{id}" else {
            Issue.record("\(path) is not malformed")
            return
        }
    }

    @Test func `declarations that contradict each other are refused`() {
        #expect(throws: RouteError.duplicate(method: "GET", path: "/a/{x}")) {
            try RouteTable([route(.get, "/a/{x}"), route(.get, "/a/{x}")])
        }
        #expect(throws: RouteError.duplicate(method: "POST", path: "/a/{y}")) {
            try RouteTable([route(.get, "/a/{x}"), route(.post, "/a/{y}")])
        }
        for path in ["", "a", "/a//b", "/a/", "/a/x{b}", "/{}"] {
            #expect(throws: RouteError.malformedPath(path)) { try RouteTable([route(.get, path)]) }
        }
    }

    @Test func `queries are decoded in order`() throws {
        let query = try PercentCoding.parameters("field=a&field=b+c&from=2024-01-01T00%3A00%3A00Z&flag&empty=&a=b=c&&")
        #expect(query.map(\.name) == ["field", "field", "from", "flag", "empty", "a"])
        #expect(query.map(\.value) == ["a", "b c", "2024-01-01T00:00:00Z", "", "", "b=c"])
        for bad in ["a=%", "a=%f", "%ff=1", Array(repeating: "a", count: 101).joined(separator: "&")] {
            #expect(throws: Refusal.self) { try PercentCoding.parameters(bad) }
        }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (1_763_690_000, "Fri, 21 Nov 2025 01:53:20 GMT"),
    ])
    func `dates are written as HTTP wants them`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(seconds: seconds)) == text)
    }

    @Test func `a date that was written once is that of its second, and of no other`() {
        let dates = HTTPDates()
        for microseconds in [0, 1, 999_999, 1_000_000, 1_999_999, 999_999, -1, -1_000_000, -1_000_001] as [Int64] {
            let instant = Timestamp(microseconds: microseconds)
            #expect(dates.text(instant) == HTTPDate.text(instant))
        }
        #expect(dates.text(Timestamp(microseconds: -1)) == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    @Test func `figures are written as Prometheus reads them`() {
        let text = PrometheusText.write([
            MetricFamily("a_total", .counter, help: "one\nline \\", value: 3),
            MetricFamily(
                "b", .gauge, help: "two",
                samples: [
                    MetricSample(0.5, labels: [("x", "1"), ("y", "q\"\\\n")]), MetricSample(.infinity),
                    MetricSample(.nan),
                ]),
            MetricFamily("a_total", .counter, help: "again", samples: [MetricSample(1e20, labels: [("z", "")])]),
        ])
        #expect(
            String(decoding: text, as: UTF8.self) == """
                # HELP a_total one\\nline \\\\
                # TYPE a_total counter
                a_total 3
                a_total{z=""} 1e+20
                # HELP b two
                # TYPE b gauge
                b{x="1",y="q\\"\\\\\\n"} 0.5
                b +Inf
                b NaN

                """)
    }
}
