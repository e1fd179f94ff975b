import HubModel
import HubTesting
import Nodes
import SQL
import SolutionKit
import Testing

/// The routes of docs/nodes-api.md, called as the web calls them.
@Suite struct RouteTests {
    private static let nodeKeys: Set<String> = [
        "node_id", "id", "site", "state", "state_since", "last_seen", "next_expected", "stale_after_seconds",
        "first_seen", "firmware",
        "wifi_rssi",
        "uptime_seconds", "heap_bytes", "address", "client_id", "fields", "refused_fields", "latest", "open_commands",
    ]

    private func site() async throws -> Site {
        let site = try await Site()
        try site.hear("iot/node/01/telemetry", #"{"sensors":{"temperature":22.5},"wifi_rssi":-65,"uptime":3600}"#)
        return site
    }

    @Test func nodes() async throws {
        let site = try await site()
        try site.telemetry("02", client: "other")
        try site.hear("iot/node/02/status", "offline", client: "other")
        let history = NotedHistory()
        history.newest = [
            LatestValue(field: "temperature", value: .decimal(ScaledDecimal(mantissa: 225, scale: 1)), observedAt: ten)
        ]
        let json = try JSONTree(try await site.call(.get, "/api/nodes", history: history).body)
        #expect(json.keys == ["nodes", "count", "now", "next"])
        #expect(json["count"]?.number == 2)
        #expect(json["nodes"]?.elements.compactMap { $0["id"]?.text } == ["01", "02"])
        #expect(json["nodes"]?[0]?.keys == RouteTests.nodeKeys)
        #expect(json["nodes"]?[0]?["latest"]?["temperature"]?["value"]?.number == 22.5)
        #expect(json["nodes"]?[0]?["latest"]?["temperature"]?["observed_at"]?.text == "2026-11-21T10:00:00.000000Z")
        for (state, ids) in [("online", ["01"]), ("offline", ["02"]), ("unknown", []), ("", ["01", "02"])] {
            let some = try JSONTree(try await site.call(.get, "/api/nodes", query: [("state", state)]).body)
            #expect(some["nodes"]?.elements.compactMap { $0["id"]?.text } == ids)
        }
        await #expect { _ = try await site.call(.get, "/api/nodes", query: [("state", "gone")]) } throws: {
            ($0 as? Refusal)?.code == .invalidParameter
        }
        let overview = try await NodesSolution().overview(site.services(history: history), at: .all)
        #expect(overview.devices == 2)
        #expect(overview.attention == 1)
    }

    @Test(arguments: ["01", "node_01"]) func node(_ spelling: String) async throws {
        let site = try await site()
        let json = try JSONTree(try await site.call(.get, "/api/nodes/{id}", ["id": spelling]).body)
        #expect(json.keys == RouteTests.nodeKeys)
        #expect(json["node_id"]?.text == "node_01")
        #expect(json["state"]?.text == "online")
        #expect(json["wifi_rssi"]?.number == -65)
        #expect(json["fields"] == .array([.string("temperature"), .string("wifi_rssi"), .string("uptime")]))
        #expect(json["client_id"]?.text == "board")
        #expect(json["latest"] == .object([:]))
    }

    @Test(arguments: [
        "/api/nodes/{id}", "/api/nodes/{id}/latest", "/api/nodes/{id}/readings", "/api/nodes/{id}/commands",
    ])
    func unknownAndImpossibleNodes(_ path: String) async throws {
        let site = try await site()
        for (id, code) in [
            ("99", RefusalCode.notFound), ("a/b", .invalidIdentifier), ("", .invalidIdentifier),
            ("+", .invalidIdentifier),
        ] {
            await #expect { _ = try await site.call(.get, path, ["id": id]) } throws: { ($0 as? Refusal)?.code == code }
        }
    }

    @Test func latestSaysWhetherItIsStale() async throws {
        let site = try await site()
        let history = NotedHistory()
        history.newest = [LatestValue(field: "temperature", value: .integer(21), observedAt: ten)]
        var json = try JSONTree(
            try await site.call(.get, "/api/nodes/{id}/latest", ["id": "01"], history: history).body)
        #expect(json.keys == ["node_id", "observed_at", "received_at", "stale", "stale_after_seconds", "values"])
        #expect(json["stale"] == .boolean(false))
        #expect(json["observed_at"]?.text == "2026-11-21T10:00:00.000000Z")
        site.after(seconds: 91)
        json = try JSONTree(try await site.call(.get, "/api/nodes/{id}/latest", ["id": "01"], history: history).body)
        #expect(json["stale"] == .boolean(true))
        try site.hear("iot/node/only/status", "online")
        json = try JSONTree(try await site.call(.get, "/api/nodes/{id}/latest", ["id": "only"]).body)
        #expect(json["stale"] == .boolean(true))
        #expect(json["observed_at"] == .null)
        #expect(json["values"] == .object([:]))
    }

    @Test func commandsOfANode() async throws {
        let site = try await site()
        let asked = try await site.call(
            .post, "/api/nodes/{id}/commands", ["id": "01"],
            body: #"{"command":"set_led","params":{"state":"on","brightness":128}}"#)
        #expect(asked.status == 202)
        let json = try JSONTree(asked.body)
        let id = try #require(json["command_id"]?.text)
        #expect(id.utf8.count >= 20)
        #expect(asked.headers.first { $0.name == "Location" }?.value == "/api/nodes/node_01/commands/\(id)")
        #expect(
            json.keys == [
                "command_id", "node_id", "command", "params", "state", "created_at", "updated_at", "expires_at",
                "history",
                "result", "error",
            ])
        #expect(json["expires_at"]?.text == "2026-11-21T11:00:00.000000Z")
        #expect(json["state"]?.text == "queued")
        let one = try await site.call(
            .get, "/api/nodes/{id}/commands/{command_id}", ["id": "node_01", "command_id": id])
        #expect(try JSONTree(one.body) == json)
        site.after(seconds: 1)
        try await site.call(.post, "/api/nodes/{id}/commands", ["id": "01"], body: #"{"command":"read"}"#)
        let list = try JSONTree(try await site.call(.get, "/api/nodes/{id}/commands", ["id": "01"]).body)
        #expect(list["commands"]?.elements.compactMap { $0["command"]?.text } == ["read", "set_led"])
        let short = try JSONTree(
            try await site.call(.get, "/api/nodes/{id}/commands", ["id": "01"], query: [("limit", "1")]).body)
        #expect(short["commands"]?.elements.count == 1)
        for other in ["x", "", "a\u{0}b", String(repeating: "0", count: 24)] {
            await #expect {
                _ = try await site.call(
                    .get, "/api/nodes/{id}/commands/{command_id}", ["id": "01", "command_id": other])
            } throws: { ($0 as? Refusal)?.code == .notFound }
        }
        for limit in ["0", "501", "-1", "ten", "1.5"] {
            await #expect {
                _ = try await site.call(.get, "/api/nodes/{id}/commands", ["id": "01"], query: [("limit", limit)])
            } throws: { ($0 as? Refusal)?.code == .invalidParameter }
        }
        let node = try JSONTree(try await site.call(.get, "/api/nodes/{id}", ["id": "01"]).body)
        #expect(node["open_commands"]?.number == 2)
    }

    @Test func commandsOfAllNodes() async throws {
        let site = try await site()
        try site.telemetry("02", client: "other")
        for id in ["01", "02", "01"] {
            try await site.call(
                .post, "/api/nodes/{id}/commands", ["id": id], body: #"{"command":"read","ttl_seconds":60}"#)
            site.after(seconds: 50)
        }
        try site.tick()
        func states(_ words: String) async throws -> [String] {
            let json = try JSONTree(try await site.call(.get, "/api/commands", query: [("state", words)]).body)
            return json["commands"]?.elements.compactMap { $0["state"]?.text } ?? []
        }
        #expect(try await states("") == ["queued", "expired", "expired"])
        #expect(try await states("queued") == ["queued"])
        #expect(try await states("expired,timed_out") == ["expired", "expired"])
        await #expect { _ = try await states("waiting") } throws: { ($0 as? Refusal)?.code == .invalidParameter }
        let one = try JSONTree(try await site.call(.get, "/api/commands", query: [("limit", "1")]).body)
        #expect(one["commands"]?.elements.count == 1)
    }

    @Test(arguments: [
        ("", RefusalCode.malformedJSON), ("{", .malformedJSON), ("[]", .wrongType), ("{}", .missingField),
        (#"{"command":""}"#, .missingField), (#"{"command":null}"#, .missingField), (#"{"command":5}"#, .wrongType),
        (#"{"command":"a\u0000b"}"#, .valueOutOfRange), (#"{"command":"a\nb"}"#, .valueOutOfRange),
        (#"{"command":"a","params":[]}"#, .wrongType), (#"{"command":"a","params":"on"}"#, .wrongType),
        (#"{"command":"a","ttl_seconds":0}"#, .valueOutOfRange),
        (#"{"command":"a","ttl_seconds":604801}"#, .valueOutOfRange),
        (#"{"command":"a","ttl_seconds":1.5}"#, .valueOutOfRange), (#"{"command":"a","ttl_seconds":"60"}"#, .wrongType),
        (#"{"command":"a","timeout_seconds":-1}"#, .valueOutOfRange),
        (#"{"command":"a","timeout_seconds":1e99}"#, .valueOutOfRange),
        (#"{"command":"a","command":"b"}"#, .duplicateKey), (#"{"command":"a"} x"#, .malformedJSON),
    ])
    func badCommands(_ body: String, _ code: RefusalCode) async throws {
        let site = try await site()
        await #expect { _ = try await site.call(.post, "/api/nodes/{id}/commands", ["id": "01"], body: body) } throws: {
            ($0 as? Refusal)?.code == code
        }
        #expect(try site.row("SELECT COUNT(*) FROM command")?.integer(0) == 0)
    }

    @Test func commandsNeedANode() async throws {
        let site = try await site()
        await #expect {
            _ = try await site.call(.post, "/api/nodes/{id}/commands", ["id": "99"], body: #"{"command":"a"}"#)
        } throws: { ($0 as? Refusal)?.code == .notFound }
    }
}
