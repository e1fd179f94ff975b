import HubModel
import HubTesting
import Nodes
import Registry
import SQL
import SolutionKit
import Testing

/// Who may speak for which node, and who may see and command it.
@Suite struct TrustTests {
    private func refusal(_ work: () throws -> Void) -> RefusalCode? {
        do {
            try work()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test func whatDevicesAndPeopleMayDo() throws {
        let manifest = NodesSolution().manifest
        let rights = try #require(manifest.rights.first)
        #expect(manifest.rights.count == 1)
        #expect(rights.kind == .node)
        #expect(rights.publish == ["iot/node/{device_id}/telemetry", "iot/node/{device_id}/status"])
        #expect(rights.subscribe == ["iot/node/{device_id}/command", "iot/broker/status"])
        #expect(manifest.needs == .viewNodes)
        let book = RoleBook(manifest.grants, declared: manifest.permissions.map(\.name))
        for (role, may, command) in [
            (RoleName.admin, true, true), (.operate, true, true), (.staff, true, false), (.viewer, true, false),
        ] {
            #expect(book.permissions(of: role)?.contains(.viewNodes) == may)
            #expect(book.permissions(of: role)?.contains(.commandNodes) == command)
        }
    }

    @Test(arguments: [
        ("node_01", ["node_01", "01"]), ("01", ["node_01", "01"]), ("node_node_01", ["node_01", "01", "node_node_01"]),
        ("node_", ["node_"]), ("a:b@c", ["node_a:b@c", "a:b@c"]),
    ])
    func spellings(_ id: String, _ spellings: [String]) throws {
        #expect(NodesSolution().spellings(of: try #require(DeviceID(id))) == spellings)
    }

    @Test(arguments: ["telemetry", "status"]) func aNodeSpeaksForItselfOnly(_ kind: String) async throws {
        let site = try await Site()
        for id in ["node_01", "node_02"] { try site.register(id) }
        let payload = kind == "telemetry" ? #"{"sensors":{"a":1}}"# : "online"
        let one = try MessageOrigin.Sender.node("node_01")
        try site.hear("iot/node/01/\(kind)", payload, from: one)
        try site.hear("iot/node/node_01/\(kind)", payload, from: one)
        // Before and after the other was heard of.
        for _ in 0..<2 {
            #expect(refusal { try site.hear("iot/node/02/\(kind)", payload, from: one) } == .forbidden)
            #expect(refusal { try site.hear("iot/node/02/\(kind)", "", from: one) } == .forbidden)
            try site.hear("iot/node/02/\(kind)", payload, client: "two", from: try .node("node_02"))
        }
        // Nor by the payload.
        if kind == "telemetry" {
            let crossed = #"{"node_id":"node_02","sensors":{"a":1}}"#
            #expect(refusal { try site.hear("iot/node/01/telemetry", crossed, from: one) } == .identifierMismatch)
        }
        #expect(try site.row("SELECT client_id FROM node WHERE device = 'node_02'")?.text(0) == "two")
    }

    @Test func theRowThatWasMadeBeforeIsANodeWithTheFirstMessage() async throws {
        let site = try await Site()
        try site.register("node_01", site: "annex")
        let effects = try site.telemetry(from: try .node("node_01"))
        #expect(effects.events.map(\.topic) == ["nodes/node_01/telemetry", "nodes/node_01/state"])
        #expect(effects.events.allSatisfy { $0.permission == .viewNodes && $0.site?.text == "annex" })
        #expect(effects.events.last?.json?["site"]?.text == "annex")
        #expect(try site.state() == "online")
    }

    @Test func aControllerSpeaksForItsNodes() async throws {
        let site = try await Site()
        try site.register("gateway", kind: .module)
        try site.register("node_01", controller: "gateway")
        try site.register("node_02")
        let gateway = try MessageOrigin.Sender.node("gateway")
        try site.telemetry("01", from: gateway)
        #expect(refusal { try site.telemetry("02", from: gateway) } == .forbidden)
        #expect(refusal { try site.telemetry("99", from: gateway) } == .forbidden)
        // It is remembered, until the handlers are told to forget.
        try site.change("node_01", controller: nil)
        try site.telemetry("01", from: gateway)
        try site.batch { _, line in line.forgetAfterCommit() }
        #expect(refusal { try site.telemetry("01", from: gateway) } == .forbidden)
        try site.telemetry("01", from: try .node("node_01"))
    }

    @Test func onlyAnOpenHubTakesInWhatIsNotRegistered() async throws {
        let site = try await Site()
        for sender in [
            try MessageOrigin.Sender.node("node_01"), .person(Caller(.token(account: "a", name: "anna", token: "t"))),
        ] {
            #expect(refusal { try site.telemetry("01", from: sender) } == .forbidden)
            #expect(refusal { try site.hear("iot/node/01/status", "online", from: sender) } == .forbidden)
        }
        #expect(try site.row("SELECT COUNT(*) FROM device")?.integer(0) == 0)
        #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
        try site.register("node_01")
        try site.telemetry("01", from: .person(Caller(.token(account: "a", name: "anna", token: "t"))))
        try site.telemetry("01", from: .person(Caller(.token(account: "a", name: "anna", token: "t"))))
        try site.telemetry("02", from: .anybody)
        #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 2)
    }

    @Test func aDeviceThatWasMovedIsShownThereAfterwards() async throws {
        let site = try await Site()
        try site.telemetry()
        site.after(seconds: 0.5)
        try site.telemetry()
        let seen = site.now.microseconds
        try site.change("node_01", site: "annex")
        try site.batch { _, line in line.forgetAfterCommit() }
        // What was only in memory is in the tables before it is forgotten.
        #expect(try site.row("SELECT last_seen FROM node")?.integer(0) == seen)
        #expect(try site.telemetry().events.allSatisfy { $0.site?.text == "annex" })
        let id = try await ask(site)
        let effects = try site.hear("iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#)
        #expect(effects.events.contains { $0.topic == "nodes/node_01/commands" })
        #expect(effects.events.allSatisfy { $0.permission == .viewNodes && $0.site?.text == "annex" })
    }

    @Test func whatIsOnItsWayIsNotSentAgainWhenHandlersForget() async throws {
        let site = try await Site()
        try site.telemetry()
        let id = try await ask(site)
        try site.presence(.connected(clientID: "board", address: nil))
        let effects = try site.batch { handler, line in
            try handler.presence(.subscribed(clientID: "board", filter: "iot/node/01/command"), in: &line)
            line.forgetAfterCommit()
        }
        #expect(effects.publications.map(\.token) == [id])
        #expect(try site.tick().publications.isEmpty)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        #expect(try site.command(id)?.state == .sent)
    }

    @Test func aNodeThatWasRemovedHasHistoryOnly() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.batch { _, line in
            let device = try #require(DeviceID("node_01"))
            try site.devices.remove(device, at: site.now, in: try line.transaction())
            line.forgetAfterCommit()
        }
        for path in ["/api/nodes/{id}", "/api/nodes/{id}/latest"] {
            await #expect { try await site.call(.get, path, ["id": "01"]) } throws: {
                ($0 as? Refusal)?.code == .notFound
            }
        }
        await #expect { try await ask(site) } throws: { ($0 as? Refusal)?.code == .notFound }
        try await site.call(.get, "/api/nodes/{id}/readings", ["id": "01"])
        try await site.call(.get, "/api/nodes/{id}/commands/{command_id}", ["id": "01", "command_id": id])
        #expect(try JSONTree(try await site.call(.get, "/api/nodes").body)["count"]?.number == 0)
        #expect(try await NodesSolution().overview(site.services(), at: .all).devices == 0)
        #expect(refusal { try site.telemetry("01", from: try .node("node_01")) } == .forbidden)
        #expect(
            refusal { try site.telemetry("01", from: .person(Caller(.token(account: "a", name: "anna", token: "t")))) }
                == .forbidden)
        // The name comes back, with what it measured before.
        let effects = try site.hear("iot/node/01/telemetry", #"{"sensors":{"temperature":20,"more":1}}"#)
        #expect(effects.events.last?.json?["fields"] == .array([.string("temperature"), .string("more")]))
        #expect(effects.events.last?.json?["first_seen"]?.text == "2026-11-21T10:00:00.000000Z")
    }

    // MARK: - People

    /// Nodes 01 and 02 at the main site, 03 at the annex, one command each.
    private func threeNodes() async throws -> (site: Site, commands: [String: String]) {
        let site = try await Site()
        var commands: [String: String] = [:]
        for id in ["01", "02", "03"] {
            if id == "03" { try site.register("node_03", site: "annex") }
            try site.telemetry(id, client: id)
            let answer = try await site.call(
                .post, "/api/nodes/{id}/commands", ["id": id], body: #"{"command":"read"}"#)
            commands[id] = try JSONTree(answer.body)["command_id"]?.text
        }
        return (site, commands)
    }

    @Test func everybodySeesTheNodesOfTheirSites() async throws {
        let (site, commands) = try await threeNodes()
        for (sites, seen) in [
            (["main"], ["01", "02"]), (["annex"], ["03"]), (["main", "annex"], ["01", "02", "03"]), (["other"], []),
        ] {
            let grants = Dictionary(
                uniqueKeysWithValues: sites.compactMap(SiteID.init).map { ($0, [.viewNodes] as PermissionSet) })
            let caller = Caller(.token(account: "7", name: "anna", token: "t"), grants: Grants(sites: grants))
            let list = try JSONTree(try await site.call(.get, "/api/nodes", as: caller).body)
            #expect(list["nodes"]?.elements.compactMap { $0["id"]?.text } == seen)
            #expect(list["count"]?.number == Double(seen.count))
            let all = try JSONTree(try await site.call(.get, "/api/commands", as: caller).body)
            #expect(
                Set(all["commands"]?.elements.compactMap { $0["command_id"]?.text } ?? [])
                    == Set(seen.compactMap { commands[$0] }))
            let scope = SiteScope.sites(Set(sites.compactMap(SiteID.init)))
            #expect(try await NodesSolution().overview(site.services(), at: scope).devices == seen.count)
            for id in ["01", "03"] {
                for (path, more) in [
                    ("/api/nodes/{id}", [:]), ("/api/nodes/{id}/latest", [:]), ("/api/nodes/{id}/readings", [:]),
                    ("/api/nodes/{id}/commands", [:]),
                    ("/api/nodes/{id}/commands/{command_id}", ["command_id": commands[id] ?? ""]),
                ] {
                    let parameters = more.merging(["id": id]) { $1 }
                    var code: RefusalCode?
                    do {
                        try await site.call(.get, path, parameters, as: caller)
                    } catch let refusal as Refusal {
                        code = refusal.code
                    }
                    #expect(code == (seen.contains(id) ? nil : .notFound), "\(path) of \(id) at \(sites)")
                }
            }
        }
    }

    @Test func commandsOfSomeSitesByState() async throws {
        let (site, _) = try await threeNodes()
        func count(_ query: (name: String, value: String)...) async throws -> Int? {
            let caller = Caller.person([.viewNodes], at: "main")
            let answer = try await site.call(.get, "/api/commands", query: query, as: caller)
            return try JSONTree(answer.body)["commands"]?.elements.count
        }
        #expect(try await count() == 2)
        #expect(try await count(("limit", "1")) == 1)
        #expect(try await count(("state", "queued,sent")) == 2)
        #expect(try await count(("state", "done")) == 0)
    }

    @Test func everyRouteNamesWhoMayAskIt() async throws {
        let site = try await Site()
        let viewer = Caller.person([.viewNodes], at: "main")
        for route in NodesSolution().routes(site.services()) {
            switch (route.method, route.access) {
            case (.get, .site(.viewNodes)), (.post, .site(.commandNodes)), (.post, .device(.node)): break
            // What was refused may hold what only those who look after the node should read.
            case (.get, .site(.commandNodes)): #expect(route.path == "/api/nodes/{id}/refusals")
            // Whoever has the link sees what it is for, and no account helps.
            case (.get, .link(let kind, .path)):
                let paths = [
                    "nodes.readings": "/api/feeds/{key}/readings.csv",
                    "nodes.site-values": "/api/feeds/{key}/nodes.csv",
                ]
                #expect(route.path == paths[kind.name])
            default: Issue.record("\(route.method) \(route.path) is for \(route.access)")
            }
            #expect(throws: Refusal.self) { try route.access.scope(for: Caller(.anonymous)) }
            if route.access != .site(.viewNodes) {
                #expect(throws: Refusal.self) { try route.access.scope(for: viewer) }
            }
        }
    }

    @Test func aCommandIsInTheAuditOrIsNotGiven() async throws {
        let site = try await connectedSite()
        let audit = site.house.audit
        let caller = Caller.person([.commandNodes], at: "main")
        let answer = try await site.call(
            .post, "/api/nodes/{id}/commands", ["id": "01"], body: #"{"command":"set_pin","params":{"pin":"4711"}}"#,
            as: caller)
        let id = try #require(try JSONTree(answer.body)["command_id"]?.text)
        #expect(
            audit.entries == [
                AuditEntry(
                    caller, .sendCommand, target: "device:node_01", facts: [("command", "set_pin"), ("command_id", id)])
            ])
        site.published = []
        audit.refuses(true)
        await #expect(throws: BrokenAudit.Broken.self) {
            try await site.call(.post, "/api/nodes/{id}/commands", ["id": "01"], body: #"{"command":"read"}"#)
        }
        #expect(try site.row("SELECT COUNT(*) FROM command")?.integer(0) == 1)
        #expect(site.published.isEmpty)
    }

    @Test func nobodyCommandsTheNodesOfOtherSites() async throws {
        let (site, _) = try await threeNodes()
        let recorded = site.house.audit.entries.count
        for body in [#"{"command":"read"}"#, "{"] {
            await #expect(throws: Refusal(.notFound, "There is no node node_03.")) {
                try await site.call(
                    .post, "/api/nodes/{id}/commands", ["id": "03"], body: body,
                    as: .person([.commandNodes, .viewNodes], at: "main"))
            }
        }
        #expect(site.house.audit.entries.count == recorded)
        #expect(try site.row("SELECT COUNT(*) FROM command")?.integer(0) == 3)
    }
}
