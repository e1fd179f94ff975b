import HubModel
import NIOCore
import SolutionKit
import Testing
import Transport
import WebAPI

/// Connections by number: an object each, for its identity.
private final class Connections {
    private final class Connection {}
    private var all: [Connection] = []

    func make() -> ObjectIdentifier {
        all.append(Connection())
        return ObjectIdentifier(all[all.count - 1])
    }
}

@Suite struct ConnectionTableTests {
    private let connections = Connections()
    let here = IPAddress("192.0.2.1")
    let there = IPAddress("192.0.2.2")

    @Test func `when too many are new, the one that was not heard for longest gives way`() {
        var table = ConnectionTable(maximum: 100, maximumPerAddress: 100, maximumNew: 3)
        let ids = (0..<5).map { _ in connections.make() }
        for id in ids.prefix(3) { #expect(table.open(id, address: here) == .admitted(displacing: nil)) }
        table.heard(ids[0])
        #expect(table.open(ids[3], address: there) == .admitted(displacing: ids[1]))
        table.settle(ids[2])
        #expect(table.newCount == 2 && table.count == 3)
        #expect(table.open(ids[4], address: there) == .admitted(displacing: nil))
        // What is over already, and what is told twice, changes nothing.
        table.close(ids[1])
        table.settle(ids[2])
        table.close(ids[2])
        table.close(ids[2])
        #expect(table.newCount == 3 && table.count == 3)
    }

    @Test func `those on which somebody known asked never give way`() {
        var table = ConnectionTable(maximum: 2, maximumPerAddress: 100, maximumNew: 100)
        let ids = (0..<4).map { _ in connections.make() }
        for id in ids.prefix(2) {
            _ = table.open(id, address: here)
            table.settle(id)
        }
        #expect(table.open(ids[2], address: there) == .refused(.total))
        table.close(ids[0])
        #expect(table.open(ids[2], address: there) == .admitted(displacing: nil))
        #expect(table.open(ids[3], address: there) == .admitted(displacing: ids[2]))
    }

    @Test func `an address that has too many displaces its own, not those of others`() {
        var table = ConnectionTable(maximum: 100, maximumPerAddress: 2, maximumNew: 100)
        let ids = (0..<6).map { _ in connections.make() }
        _ = table.open(ids[0], address: there)
        _ = table.open(ids[1], address: here)
        _ = table.open(ids[2], address: here)
        #expect(table.open(ids[3], address: here) == .admitted(displacing: ids[1]))
        table.settle(ids[2])
        table.settle(ids[3])
        #expect(table.open(ids[4], address: here) == .refused(.address))
        // A proxy's address is not counted.
        for _ in 0..<5 { #expect(table.open(connections.make(), address: nil) == .admitted(displacing: nil)) }
        table.close(ids[2])
        #expect(table.open(ids[5], address: here) == .admitted(displacing: nil))
    }
}

@Suite struct ConnectionTests {
    @Test func `half-open connections keep nobody out, and an admitted one stays`() async throws {
        let limits = WebLimits(maximumNewConnections: 4, headTimeout: .seconds(15))
        let admin = ["Authorization: Bearer admin"]
        try await TestServer.run(routes: AccessTests.routes, limits: limits, gate: FakeGate()) { server in
            let (admissions, admitted) = AsyncStream.makeStream(of: Void.self)
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await RawClient.connect(server.port) { (known: inout RawClient) async throws in
                        #expect(try await known.request("GET", "/api/own", headers: admin).status == 200)
                        admitted.yield()
                        for await _ in ends {}
                        #expect(try await known.request("GET", "/api/own", headers: admin).status == 200)
                    }
                }
                _ = await admissions.first { _ in true }
                try await RawClient.connect(server.port) { (first: inout RawClient) async throws in
                    try await first.send("GET /health HTTP/1.1\r\nHost: localh")
                    // The hub has seen it: whoever comes next comes later.
                    try await eventually {
                        try await server.ask("GET", "/metrics", headers: admin).body.contains(
                            #"martlet_http_connections{state="new"} 1"#)
                    }
                    try await withThrowingTaskGroup(of: Void.self) { flood in
                        for _ in 0..<4 {
                            flood.addTask {
                                try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                                    try await client.send("GET /health")
                                    #expect(await client.reachesEnd())
                                }
                            }
                        }
                        #expect(await first.reachesEnd())
                        // Strangers get an answer, and displace those that say nothing.
                        for _ in 0..<8 { #expect(try await server.ask("GET", "/health").status == 200) }
                        let figures = try await server.ask("GET", "/metrics", headers: admin).body
                        #expect(!figures.contains(#"closed_total{reason="displaced"} 0"#))
                        flood.cancelAll()
                    }
                }
                end.finish()
                try await group.waitForAll()
            }
        }
    }

    @Test func `a head that does not come to its end is not waited for`() async throws {
        let limits = WebLimits(headTimeout: .milliseconds(500), idleTimeout: .seconds(60))
        try await TestServer.run(routes: AccessTests.routes, limits: limits, gate: FakeGate()) { server in
            // The first head, from the opening on.
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                #expect(await client.reachesEnd())
            }
            try await RawClient.connect(server.port) { (client: inout RawClient) async throws in
                // The server may have hung up before.
                try? await client.send("GET /health HTTP/1.1\r\n")
                #expect(await client.reachesEnd())
            }
        }
    }

    @Test func `one server listens on several addresses`() async throws {
        let listeners = [WebListener(host: "127.0.0.1", port: 0), WebListener(host: "localhost", port: 0)]
        try await TestServer.run(listeners: listeners) { server in
            #expect(server.ports.count == 2 && server.ports[0] != server.ports[1])
            for port in server.ports {
                let answer = try await RawClient.connect(port) { try await $0.request("GET", "/health") }
                #expect(answer.status == 200)
            }
        }
    }
}
