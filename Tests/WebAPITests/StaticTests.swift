import Foundation
import SolutionKit
import Testing
import WebAPI

@Suite struct StaticTests {
    /// A folder of pages and one of vendor parts, beside a file that must not be served.
    func withFolders(_ body: (URL) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "martlet-web-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        func write(_ path: String, _ text: String) throws {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try write("secret.txt", "secret")
        try write("web/index.html", "<!doctype html>frame")
        try write("web/app/main.js", "export default 1;\n")
        try write("web/style.css", "a{}")
        try write("web/long.js", String(repeating: "export default 'a text that goes on and on';\n", count: 200))
        try write("web/.hidden.js", "hidden")
        try write("web/notes.md", "notes")
        try write("web/vendor.lock", "lock")
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "web/link.txt"), withDestinationURL: root.appending(path: "secret.txt"))
        try write("vendor/preact.js", "preact")
        try await body(root)
    }

    func withSite(
        pages: [String] = ["/", "/nodes", "/nodes/*"], rules: [PageRules] = [],
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await withFolders { root in
            let web = root.appending(path: "web").path
            let vendor = root.appending(path: "vendor").path
            try await TestServer.run(web: web, vendor: vendor, pages: pages, pageRules: rules, body)
        }
    }

    @Test func `files are served with their type, pages with the frame`() async throws {
        try await withSite { server in
            for (path, type, body) in [
                ("/", "text/html; charset=utf-8", "<!doctype html>frame"),
                ("/index.html", "text/html; charset=utf-8", "<!doctype html>frame"),
                ("/nodes", "text/html; charset=utf-8", "<!doctype html>frame"),
                ("/nodes/node_01?range=1h", "text/html; charset=utf-8", "<!doctype html>frame"),
                ("/app/main.js", "text/javascript; charset=utf-8", "export default 1;\n"),
                ("/app%2Fmain.js?v=1", "text/javascript; charset=utf-8", "export default 1;\n"),
                ("/style.css", "text/css; charset=utf-8", "a{}"),
                ("/vendor/preact.js", "text/javascript; charset=utf-8", "preact"),
            ] {
                let answer = try await server.ask("GET", path)
                #expect(
                    answer.status == 200 && answer.body == body && answer.headers["content-type"] == type, "\(path)")
                #expect(answer.headers["cache-control"] == "no-cache")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
            }
            #expect(server.log.text.isEmpty)
        }
    }

    @Test func `a page may use of the browser what its solution declares, and nothing else may`() async throws {
        @Sendable func geolocation(_ answer: RawResponse) -> String? {
            answer.headers["permissions-policy"]?.split(separator: ", ").first { $0.hasPrefix("geolocation=") }
                .map { String($0.dropFirst("geolocation=".count)) }
        }
        let rules = [PageRules(path: "/nodes", features: [.geolocation])]
        try await withSite(pages: ["/", "/nodes", "/nodes/*", "/nodesx"], rules: rules) { server in
            let page = try await server.ask("GET", "/nodes")
            let tag = try #require(page.headers["etag"])
            #expect(geolocation(page) == "(self)")
            #expect(page.headers["permissions-policy"]?.contains("camera=(), ") == true)
            // A browser takes over the headers with which it is told that its page still holds (RFC 9111, section 4.3.4).
            let held = try await server.ask("GET", "/nodes", headers: ["If-None-Match: \(tag)"])
            #expect(held.status == 304 && geolocation(held) == "(self)")
            #expect(geolocation(try await server.ask("GET", "/nodes/node_01")) == "(self)")
            let nowhere = try await server.ask("GET", "/nowhere", headers: ["Accept: text/html"])
            #expect(nowhere.status == 404 && geolocation(nowhere) == "()")
            for path in ["/", "/nodesx", "/index.html", "/app/main.js", "/style.css", "/health", "/api/nothing"] {
                #expect(geolocation(try await server.ask("GET", path)) == "()", "\(path)")
            }
        }
    }

    @Test func `a service worker may answer for the pages of its solution, and no other script may`() async throws {
        let rules = [PageRules(path: "/nodes", worker: "/app/main.js"), PageRules(path: "/other", worker: "/none.js")]
        try await withSite(rules: rules) { server in
            let worker = try await server.ask("GET", "/app/main.js")
            let tag = try #require(worker.headers["etag"])
            #expect(worker.headers["service-worker-allowed"] == "/nodes")
            let held = try await server.ask("GET", "/app/main.js", headers: ["If-None-Match: \(tag)"])
            #expect(held.status == 304 && held.headers["service-worker-allowed"] == "/nodes")
            for path in ["/long.js", "/nodes", "/vendor/preact.js"] {
                #expect(try await server.ask("GET", path).headers["service-worker-allowed"] == nil, "\(path)")
            }
            #expect(try await server.ask("GET", "/none.js").status == 404)
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/app/../../secret.txt", "/vendor/../secret.txt",
        "//secret.txt", "/./index.html", "/.hidden.js", "/notes.md", "/vendor.lock", "/link.txt", "/index.html%00.js",
        "/app", "/app/",
        "/%ff", "/nodesx", "/vendor/%2e%2e/web/index.html", "/..\\secret.txt",
    ])
    func `nothing else is served`(path: String) async throws {
        try await withSite { server in
            let answer = try await server.ask("GET", path)
            #expect(answer.status == 404 && answer.isProblem)
            let person = try await server.ask("GET", path, headers: ["Accept: text/html,*/*"])
            #expect(person.status == 404 && person.body == "<!doctype html>frame")
        }
    }

    @Test func `what the browser has already is not sent again`() async throws {
        try await withSite { server in
            let first = try await server.ask("GET", "/app/main.js")
            let tag = try #require(first.headers["etag"])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
            for given in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let again = try await server.ask("HEAD", "/app/main.js", headers: ["If-None-Match: \(given)"])
                #expect(
                    again.status == 304 && again.headers["etag"] == tag && again.headers["content-length"] == nil,
                    "\(given)")
            }
            #expect(try await server.ask("GET", "/app/main.js", headers: ["If-None-Match: \"x\""]).status == 200)
            let other = try await server.ask("GET", "/style.css")
            #expect(other.headers["etag"] != tag)
            // The connection goes on after 304.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                for _ in 0..<3 {
                    #expect(
                        try await client.request("GET", "/app/main.js", headers: ["If-None-Match: \(tag)"]).status
                            == 304)
                }
            }
            #expect(try await server.ask("POST", "/app/main.js", body: "x").status == 404)
        }
    }

    @Test func `long texts are compressed for who takes that, under a tag of their own`() async throws {
        try await withSite { server in
            let plain = try await server.ask("HEAD", "/long.js")
            let packed = try await server.ask("HEAD", "/long.js", headers: ["Accept-Encoding: br, gzip;q=0.5"])
            #expect(plain.headers["content-encoding"] == nil && packed.headers["content-encoding"] == "gzip")
            #expect(plain.headers["vary"] == "Accept-Encoding" && packed.headers["vary"] == "Accept-Encoding")
            let lengths = [plain, packed].compactMap { $0.headers["content-length"].flatMap { Int($0) } }
            #expect(lengths.count == 2 && lengths[1] * 10 < lengths[0])
            let tag = try #require(packed.headers["etag"])
            #expect(tag != plain.headers["etag"])
            for (headers, status) in [
                (["Accept-Encoding: gzip", "If-None-Match: \(tag)"], 304), (["If-None-Match: \(tag)"], 200),
            ] {
                let again = try await server.ask("HEAD", "/long.js", headers: headers)
                #expect(again.status == status && again.headers["content-encoding"] == nil)
            }
            // What gains nothing is sent as it is.
            let short = try await server.ask("GET", "/style.css", headers: ["Accept-Encoding: gzip"])
            #expect(short.body == "a{}" && short.headers["content-encoding"] == nil)
        }
    }

    @Test(arguments: [
        ("gzip", true), ("deflate, GZIP", true), ("x-gzip", true), ("*", true), ("gzip;q=0", false),
        ("gzip; q=0.000", false),
        ("*, gzip;q=0", false), ("*;q=0, gzip", true), ("br", false), ("", false), ("gzipped", false),
        ("gzip;q=x", false),
    ])
    func `gzip is sent to who says so`(header: String, expected: Bool) {
        #expect(WebAnswer.acceptsGzip(header) == expected)
        #expect(!WebAnswer.acceptsGzip(nil))
    }

    @Test func `missing pages are told in the log and to the person`() async throws {
        try await TestServer.run { server in
            let answer = try await server.ask("GET", "/")
            #expect(answer.status == 200 && answer.body.contains("pages are not installed"))
            #expect(server.log.text.contains("index.html") && server.log.text.contains("fetch-web"))
        }
        try await withFolders { root in
            try await TestServer.run(web: root.appending(path: "web").path, vendor: root.appending(path: "none").path) {
                server in
                let answer = try await server.ask("GET", "/nodes")
                #expect(answer.body.contains("pages are not installed"))
                #expect(server.log.text.contains("fetch-web"))
            }
        }
    }
}
