import HubModel
import SolutionKit
import Testing
import Transport
import WebAPI

/// What browsers are kept from, and what they are told.
@Suite struct BrowserTests {
    static let cookie = "Cookie: a=b; martlet_access_t=admin; martlet_access_t=guest"

    @Test func `with a cookie, only a page of the hub may change something`() async throws {
        let cases: [(String, [String], Int)] = [
            ("/api/own", [], 403), ("/api/own", ["Origin: http://localhost"], 200),
            ("/api/own", ["Origin: https://LOCALHOST"], 200), ("/api/own", ["Origin: https://hub.example"], 200),
            ("/api/own", ["Origin: http://localhost:81"], 403), ("/api/own", ["Origin: null"], 403),
            ("/api/own", ["Origin: https://listed.example"], 403),
            ("/api/own", ["Origin: http://localhost", "Origin: http://evil.example"], 403),
            ("/api/own", ["Sec-Fetch-Site: same-origin"], 200), ("/api/own", ["Sec-Fetch-Site: none"], 403),
            ("/api/own", ["Sec-Fetch-Site: same-site"], 403), ("/api/auth/login", [], 403),
            ("/api/own", ["Origin: http://evil.example", "Sec-Fetch-Site: same-origin"], 403),
            ("/api/auth/login", ["Origin: http://localhost"], 200),
            ("/api/auth/login", ["Origin: http://evil.example"], 403),
        ]
        try await TestServer.run(
            routes: AccessTests.routes, gate: FakeGate(), publicOrigins: ["https://hub.example"],
            allowedOrigins: ["https://listed.example"]
        ) { server in
            for (path, headers, status) in cases {
                let answer = try await server.ask("POST", path, headers: headers + [BrowserTests.cookie], body: "{}")
                #expect(answer.status == status, "\(path) \(headers)")
            }
            let read = try await server.ask("GET", "/api/own", headers: [BrowserTests.cookie])
            #expect(read.members["who"] == "admin")
            // Without a cookie: programs say nothing, listed pages show a token.
            for (headers, status) in [
                ([], 200), (["Origin: https://listed.example"], 200), (["Origin: http://evil.example"], 403),
            ] {
                let answer = try await server.ask(
                    "POST", "/api/own", headers: headers + ["Authorization: Bearer admin"], body: "{}")
                #expect(answer.status == status, "\(headers)")
                #expect(try await server.ask("POST", "/api/auth/login", headers: headers, body: "{}").status == status)
            }
        }
    }

    @Test func `other sites are answered only if they are listed`() async throws {
        let listed = "Origin: https://listed.example"
        let preflight = ["Access-Control-Request-Method: POST"]
        try await TestServer.run(
            routes: AccessTests.routes, gate: FakeGate(), allowedOrigins: ["https://listed.example"]
        ) { server in
            let asked = try await server.ask("OPTIONS", "/api/own", headers: [listed] + preflight)
            #expect(asked.status == 204 && asked.headers["vary"] == "Origin")
            #expect(asked.headers["access-control-allow-origin"] == "https://listed.example")
            #expect(asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST")
            #expect(asked.headers["access-control-allow-headers"]?.contains("Authorization") == true)
            let got = try await server.ask("GET", "/api/any", headers: [listed])
            #expect(got.headers["access-control-allow-origin"] == "https://listed.example")
            #expect(got.headers["access-control-allow-credentials"] == nil)
            for origin in ["https://other.example", "http://listed.example", "https://listed.example:1"] {
                let other = try await server.ask("OPTIONS", "/api/own", headers: ["Origin: \(origin)"] + preflight)
                #expect(other.headers["access-control-allow-origin"] == nil && other.headers["vary"] == "Origin")
                #expect(other.headers["access-control-allow-methods"] == nil)
            }
        }
        try await TestServer.run(routes: AccessTests.routes, gate: FakeGate()) { server in
            let off = try await server.ask("OPTIONS", "/api/own", headers: [listed] + preflight)
            #expect(off.status == 204 && off.headers["access-control-allow-origin"] == nil)
            #expect(off.headers["vary"] == nil)
        }
    }

    @Test func `every answer keeps browsers safe`() async throws {
        try await TestServer.run(routes: AccessTests.routes, gate: FakeGate()) { server in
            for path in ["/", "/health", "/api/own", "/api/nothing", "/nothing"] {
                let answer = try await server.ask("GET", path)
                let policy = try #require(answer.headers["content-security-policy"])
                for part in [
                    "default-src 'self'", "connect-src 'self' ws://localhost wss://localhost;", "object-src 'none'",
                    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
                ] { #expect(policy.contains(part), "\(part)") }
                #expect(!policy.contains("unsafe"))
                for (name, value) in [
                    ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
                    ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
                ] { #expect(answer.headers[name] == value, "\(path) \(name)") }
                #expect(answer.headers["permissions-policy"]?.contains("camera=()") == true)
                #expect(answer.headers["strict-transport-security"] == nil)
            }
        }
    }

    @Test func `proxies are believed only if they are listed`() async throws {
        let forwarded = ["X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https", "User-Agent: probe"]
        let none = try TrustedNetworks(list: "")
        try await TestServer.run(routes: AccessTests.routes, gate: FakeGate(), trustedProxies: none) { server in
            let direct = try await server.ask("GET", "/api/any")
            #expect(direct.members["address"] == "127.0.0.1" && direct.members["local"] == "true")
            let lying = try await server.ask("GET", "/api/any", headers: forwarded)
            #expect(lying.members["address"] == "127.0.0.1" && lying.members["secure"] == "false")
            // Whatever stands in between, the client need not be on this machine.
            #expect(lying.members["local"] == "false" && lying.members["agent"] == "probe")
        }
        let gate = FakeGate()
        let loopback = try TrustedNetworks(list: "127.0.0.0/8")
        try await TestServer.run(routes: AccessTests.routes, gate: gate, trustedProxies: loopback) { server in
            let answer = try await server.ask("GET", "/api/any", headers: forwarded)
            #expect(answer.members["address"] == "203.0.113.9" && answer.members["secure"] == "true")
            #expect(answer.members["local"] == "false" && gate.admitted == ["203.0.113.9"])
            let plain = try await server.ask(
                "GET", "/api/any", headers: ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https, http"])
            #expect(plain.members["secure"] == "false")
        }
    }

    @Test func `a browser learns to stay with TLS, but not for this machine's own name`() {
        let reader = TransportReader(trustedProxies: .none)
        let fields = HeadFields(
            host: "hub.example",
            [
                (name: "User-Agent", value: String(repeating: "x", count: 300)), (name: "Cookie", value: "a=1; b=x=y"),
                (name: "cookie", value: "c"),
            ])
        let transport = reader.transport(peer: "::ffff:127.0.0.1", isTLS: true, fields)
        #expect(transport.address == "127.0.0.1" && transport.isLocal && transport.isSecure)
        // A hub that listens on one address of the machine hears the machine itself from that same address.
        let own = { (peer: String, own: String?) in reader.transport(peer: peer, own: own, isTLS: false, fields).isLocal
        }
        #expect(own("192.0.2.10", "192.0.2.10") && own("::ffff:192.0.2.10", "192.0.2.10"))
        #expect(own("2001:db8::1", "2001:db8::1"))
        #expect(!own("192.0.2.11", "192.0.2.10") && !own("192.0.2.10", nil) && !own("2001:db8::2", "2001:db8::1"))
        let forwarded = HeadFields(host: "hub.example", [(name: "X-Forwarded-For", value: "192.0.2.10")])
        #expect(!reader.transport(peer: "192.0.2.10", own: "192.0.2.10", isTLS: false, forwarded).isLocal)
        #expect(transport.userAgent?.utf8.count == 200 && transport.cookies == ["a": "1", "b": "x=y"])
        #expect(ClientCheck.isLoopback(host: "[::1]:8080") && !ClientCheck.isLoopback(host: "hub.example"))
        // One household of IPv6 counts as one address.
        #expect(reader.boundedAddress(of: "2001:db8::1") == reader.boundedAddress(of: "2001:db8::2"))
        #expect(reader.boundedAddress(of: "192.0.2.1") != reader.boundedAddress(of: "192.0.2.2"))
    }
}
