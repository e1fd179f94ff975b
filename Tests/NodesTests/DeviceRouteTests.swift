import HubModel
import HubTesting
import Nodes
import SQL
import SolutionKit
import Testing

/// Nodes that speak HTTP only, and the pages of a long list.
@Suite struct DeviceRouteTests {
    @Test func telemetryAndStatusAreStored() async throws {
        let site = try await Site()
        try site.register("node_01")
        let node = try Caller.node("node_01")
        let answer = try await site.call(
            .post, "/api/nodes/{id}/telemetry", ["id": "01"], body: #"{"sensors":{"temperature":22.5},"uptime":7}"#,
            as: node)
        #expect(answer.status == 200)
        #expect(try JSONTree(answer.body) == .object(["status": .string("stored")]))
        let row = try #require(try site.row("SELECT * FROM node"))
        #expect(try row.text("state") == "online")
        #expect(try row.integer("uptime_seconds") == 7)
        #expect(try row.optionalText("address") == "127.0.0.1")
        #expect(try row.optionalText("client_id") == nil)
        for body in ["offline", #""offline""#, #"{"status":"offline"}"#] {
            try await site.call(.post, "/api/nodes/{id}/status", ["id": "node_01"], body: "online", as: node)
            try await site.call(.post, "/api/nodes/{id}/status", ["id": "node_01"], body: body, as: node)
            #expect(try site.state() == "offline")
        }
    }

    @Test func itsAnswerToACommandCounts() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try await site.call(
            .post, "/api/nodes/{id}/status", ["id": "01"], body: #"{"command_id":"\#(id)","status":"done"}"#,
            as: try .node("node_01"))
        #expect(try site.command(id)?.state == .done)
    }

    @Test(arguments: [
        ("01", #"{"sensors":{}"#, RefusalCode.malformedJSON), ("01", "", .malformedJSON), ("01", "[]", .wrongType),
        ("01", #"{"node_id":"02","sensors":{"a":1}}"#, .identifierMismatch), ("01", "{}", .missingField),
        ("02", #"{"sensors":{"a":1}}"#, .forbidden), ("99", #"{"sensors":{"a":1}}"#, .forbidden),
        ("a/b", #"{"sensors":{"a":1}}"#, .invalidIdentifier),
    ])
    func refusedAsOverMQTT(_ id: String, _ body: String, _ code: RefusalCode) async throws {
        let site = try await Site()
        for device in ["node_01", "node_02"] { try site.register(device) }
        await #expect {
            try await site.call(
                .post, "/api/nodes/{id}/telemetry", ["id": id], body: body, as: try .node("node_01"))
        } throws: { ($0 as? Refusal)?.code == code }
        #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
    }

    @Test(
        "the reply to a report carries the node's commands where it asks for them, and is as before where it does not")
    func repliesWithCommands() async throws {
        let site = try await Site()
        try site.register("node_01")
        let node = try Caller.node("node_01")
        func report(_ kind: String, _ query: (name: String, value: String)...) async throws -> JSONTree {
            let body = kind == "status" ? "online" : #"{"sensors":{"temperature":22.5}}"#
            let answer = try await site.call(
                .post, "/api/nodes/{id}/\(kind)", ["id": "01"], query: query, body: body, as: node)
            return try JSONTree(answer.body)
        }
        #expect(try await report("telemetry", ("commands", "true"))["commands"] == .array([]))
        let ids = [try await ask(site), try await ask(site)]
        for query in [[], [(name: "commands", value: "false")], [(name: "after", value: "")]] {
            let answer = try await site.call(
                .post, "/api/nodes/{id}/telemetry", ["id": "01"], query: query,
                body: #"{"sensors":{"temperature":22.5}}"#, as: node)
            #expect(try JSONTree(answer.body) == .object(["status": .string("stored")]))
        }
        let given = try await report("telemetry", ("commands", "true"), ("after", ""))
        #expect(given["commands"]?.elements.compactMap { $0["command_id"]?.text } == ids)
        #expect(given["commands"]?.elements.first?.keys == ["command_id", "command", "params", "created_at"])
        let rest = try await report("status", ("commands", "true"), ("after", ids[0]))
        #expect(rest["commands"]?.elements.compactMap { $0["command_id"]?.text } == [ids[1]])
        #expect(try site.command(ids[0])?.state == .delivered)
        await #expect { _ = try await report("telemetry", ("commands", "yes")) } throws: {
            ($0 as? Refusal)?.code == .invalidParameter
        }
    }

    @Test func anEmptyStatusIsRefused() async throws {
        let site = try await Site()
        try site.register("node_01")
        await #expect(throws: Refusal(.malformedJSON, "The body is empty.")) {
            try await site.call(.post, "/api/nodes/{id}/status", ["id": "01"], as: try .node("node_01"))
        }
    }

    @Test func onlyNodesAndAnOpenHubMayAsk() async throws {
        let site = try await Site()
        let body = #"{"sensors":{"a":1}}"#
        let module = Caller(.device(try #require(DeviceID("node_01")), .module, site: .main))
        for caller in [module, Caller.person([.viewNodes, .commandNodes], at: "main"), Caller(.hub)] {
            await #expect {
                try await site.call(.post, "/api/nodes/{id}/telemetry", ["id": "01"], body: body, as: caller)
            } throws: { ($0 as? Refusal)?.code == .forbidden }
        }
        await #expect {
            try await site.call(.post, "/api/nodes/{id}/telemetry", ["id": "01"], body: body, as: Caller(.anonymous))
        } throws: { ($0 as? Refusal)?.code == .notSignedIn }
        #expect(try site.row("SELECT COUNT(*) FROM device")?.integer(0) == 0)
        // With `--open` anything is admitted.
        try await site.call(.post, "/api/nodes/{id}/telemetry", ["id": "01"], body: body)
        #expect(try site.state() == "online")
    }

    @Test func pagesOfALongList() async throws {
        let site = try await Site()
        for number in 1...7 { try site.telemetry("0\(number)", client: "c\(number)") }
        try site.change("node_03", site: "annex")
        func page(
            _ query: (name: String, value: String)..., as caller: Caller = .anybody
        ) async throws -> (ids: [String], next: JSONTree?) {
            let json = try JSONTree(try await site.call(.get, "/api/nodes", query: query, as: caller).body)
            #expect(json["count"]?.number == Double(json["nodes"]?.elements.count ?? -1))
            return (json["nodes"]?.elements.compactMap { $0["id"]?.text } ?? [], json["next"])
        }
        #expect(try await page().ids.count == 7)
        #expect(try await page().next == .null)
        var page1 = try await page(("limit", "3"))
        #expect(page1.ids == ["01", "02", "03"])
        #expect(page1.next == .string("node_03"))
        page1 = try await page(("limit", "3"), ("after", "03"))
        #expect(page1.ids == ["04", "05", "06"])
        page1 = try await page(("limit", "3"), ("after", "node_06"))
        #expect(page1.ids == ["07"])
        #expect(page1.next == .null)
        #expect(try await page(("limit", "7")).next == .null)
        #expect(try await page(("after", "05")).ids == ["06", "07"])
        let main = try await page(("limit", "2"), ("after", "01"), as: .person([.viewNodes], at: "main"))
        #expect(main.ids == ["02", "04"])
        for (name, value) in [("limit", "0"), ("limit", "1001"), ("limit", "x"), ("after", "a/b"), ("after", "node_")] {
            await #expect { try await page((name, value)) } throws: { ($0 as? Refusal)?.code == .invalidParameter }
        }
        let fields = try JSONTree(
            try await site.call(.get, "/api/nodes", query: [("limit", "1"), ("after", "06")]).body)
        #expect(fields["nodes"]?[0]?["fields"] == .array([.string("temperature")]))
    }
}
