import Commands
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing

/// The routes for people: rights by kind and by site, pages, the audit.
@Suite struct CommandRouteTests {
    private static let list = "/api/devices/{id}/commands"
    private static let one = "/api/devices/{id}/commands/{command_id}"

    @Test("a command is the same in all answers, with the solution's own name of the device") func shape() async throws
    {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        let asked = try await yard.house.call(
            .post, Self.list, ["id": "b1"], body: #"{"command":"ring","params":{"times":2}}"#)
        let json = try JSONTree(asked.body)
        let id = try #require(json["command_id"]?.text)
        #expect(asked.status == 202)
        #expect(asked.headers.first { $0.name == "Location" }?.value == "/api/devices/b1/commands/\(id)")
        #expect(
            json.keys == [
                "command_id", "device_id", "bell_id", "command", "params", "state", "created_at", "updated_at",
                "expires_at", "history", "result", "error",
            ])
        #expect(json["device_id"]?.text == "b1" && json["bell_id"]?.text == "b1")
        #expect(try await yard.house.json(.get, Self.one, ["id": "b1", "command_id": id]) == json)
        #expect(try await yard.house.json(.get, Self.list, ["id": "b1"])["commands"] == .array([json]))
        #expect(try await yard.house.json(.get, "/api/commands")["commands"] == .array([json]))
    }

    @Test("rights are those of the device's kind at its site") func rights() async throws {
        let yard = try await Yard()
        for (kind, id) in [("bell", "b1"), ("bell", "b2"), ("horn", "h1"), ("stone", "s1")] {
            try yard.report(kind, id)
        }
        try yard.move("b2", to: "annex")
        let viewer = Caller.person([.viewYard], at: "main")
        let ringer = Caller.person([.viewYard, .ringYard], at: "main")
        let elsewhere = Caller.person([.viewYard, .ringYard], at: "annex")
        let keeper = Caller.person([.viewYard, .ringYard, .viewDevices], at: "main")
        for (caller, id, sees, gives) in [
            (viewer, "b1", nil, .forbidden), (viewer, "b2", .notFound, .forbidden), (ringer, "b1", nil, nil),
            (ringer, "b2", .notFound, .notFound), (ringer, "h1", .notFound, .notFound),
            (elsewhere, "b1", .notFound, .notFound), (elsewhere, "b2", nil, nil), (ringer, "s1", .notFound, .notFound),
            (keeper, "s1", .conflict, .conflict), (.anybody, "none", .notFound, .notFound),
            (.anybody, "a/b", .notFound, .notFound),
            (Caller(.anonymous), "b1", .notSignedIn, .notSignedIn),
            (.person([.viewDevices], at: "main"), "b1", .forbidden, .forbidden),
            (try .device("b1", .bell), "b1", .forbidden, .forbidden),
        ] as [(Caller, String, RefusalCode?, RefusalCode?)] {
            let seen = try await yard.house.refusal(.get, Self.list, ["id": id], as: caller)
            #expect(seen == sees, "\(caller.grants) sees \(id)")
            let given = try await yard.house.refusal(
                .post, Self.list, ["id": id], body: #"{"command":"ring"}"#, as: caller)
            #expect(given == gives, "\(caller.grants) commands \(id)")
        }
        // A right to see alone makes no other's malformed request look at the device.
        #expect(try await yard.house.refusal(.post, Self.list, ["id": "b2"], body: "{", as: ringer) == .notFound)
        #expect(try yard.house.count("command") == 2)
    }

    @Test("the list of all shows each caller the kinds and sites that they may see") func scopes() async throws {
        let yard = try await Yard()
        var ids: [String: String] = [:]
        for (kind, id) in [("bell", "b1"), ("bell", "b2"), ("horn", "h1")] {
            try yard.report(kind, id)
            if id == "b2" { try yard.move("b2", to: "annex") }
            ids[id] = try await yard.ask(id, kind == "horn" ? #"{"command":"BEEP"}"# : #"{"command":"ring"}"#)
        }
        for (caller, seen) in [
            (Caller.anybody, ["b1", "b2", "h1"]), (.person([.viewYard], at: "main"), ["b1"]),
            (.person([.viewYard], at: "annex"), ["b2"]), (.person([.viewYard], at: "main", "annex"), ["b1", "b2"]),
            (.person([.viewYard, .viewHorns], at: "main"), ["b1", "h1"]), (.person([.viewYard], at: "other"), []),
        ] {
            let all = try await yard.house.json(.get, "/api/commands", as: caller)
            #expect(
                Set(all["commands"]?.elements.compactMap { $0["command_id"]?.text } ?? [])
                    == Set(seen.compactMap { ids[$0] }))
            #expect(all["next"] == .null)
        }
        let horns = try await yard.house.json(.get, "/api/commands", query: [("kind", "classroom")])
        #expect(horns["commands"]?.elements.compactMap { $0["device_id"]?.text } == ["h1"])
        #expect(try await yard.house.refusal(.get, "/api/commands", query: [("kind", "parking")]) == .invalidParameter)
        #expect(
            try await yard.house.refusal(.get, "/api/commands", as: .person([.viewDevices], at: "main")) == .forbidden)
    }

    @Test("pages give each command once, newest first, whatever is asked meanwhile", arguments: [true, false])
    func pages(_ ofOne: Bool) async throws {
        let yard = try await Yard()
        for id in ["l1", "l2"] { try yard.report("lamp", id, client: nil) }
        var ids: [String] = []
        for number in 0..<9 {
            ids.append(try await yard.ask(ofOne || number % 2 == 0 ? "l1" : "l2"))
            // Several have the same instant.
            if number % 3 == 2 { yard.house.clock.move(seconds: 1) }
        }
        let (path, parameters) = ofOne ? (Self.list, ["id": "l1"]) : ("/api/commands", [:])
        let whole =
            try await yard.house.json(.get, path, parameters)["commands"]?.elements
            .compactMap { $0["command_id"]?.text } ?? []
        #expect(Set(whole) == Set(ids))
        if ofOne { #expect(whole == ids.reversed()) }
        var paged: [String] = []
        var after: String?
        repeat {
            var query = [(name: "limit", value: "2")]
            if let after { query.append((name: "after", value: after)) }
            let answer = try await yard.house.call(.get, path, parameters, query: query)
            let json = try JSONTree(answer.body)
            paged += json["commands"]?.elements.compactMap { $0["command_id"]?.text } ?? []
            after = json["next"]?.text
            #expect(answer.headers.contains { $0.name == "Link" } == (after != nil))
            try await yard.ask("l1")
        } while after != nil
        #expect(paged == whole)
        for query in [("limit", "0"), ("limit", "501"), ("after", "none"), ("state", "waiting")] {
            let code = try await yard.house.refusal(.get, path, parameters, query: [(name: query.0, value: query.1)])
            #expect(code == .invalidParameter, "\(query)")
        }
    }

    @Test("states filter both lists") func states() async throws {
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let first = try await yard.ask("l1")
        _ = try await yard.poll("l1")
        let second = try await yard.ask("l1")
        for (path, parameters) in [(Self.list, ["id": "l1"]), ("/api/commands", [:])] {
            for (words, expected) in [
                ("sent", [first]), ("queued", [second]), ("queued,sent", [second, first]), ("done", []),
            ] {
                let found = try await yard.house.json(.get, path, parameters, query: [("state", words)])
                #expect(found["commands"]?.elements.compactMap { $0["command_id"]?.text } == expected)
            }
        }
    }

    @Test("a request that carries a name asks its device once, however often it is sent")
    func repeated() async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        try yard.report("lamp", "l1", client: nil)
        let (anna, ben) = (
            Caller(.person(account: "1", name: "anna", session: "s"), grants: Grants(everywhere: .all)),
            Caller(.token(account: "2", name: "ben", token: "t"), grants: Grants(everywhere: .all))
        )
        let body = #"{"command":"ring","params":{"times":2},"request_id":"k7"}"#
        let id = try await yard.ask("b1", body, as: anna)
        yard.house.clock.move(seconds: 60)
        yard.house.restart()
        #expect(try await yard.ask("b1", body, as: anna) == id)
        // The same person by another session or by a token is the same person.
        let program = Caller(.token(account: "1", name: "anna", token: "t"), grants: Grants(everywhere: .all))
        #expect(try await yard.ask("b1", body, as: program) == id)
        #expect(yard.house.audit.entries.count == 1)
        let listed = try await yard.house.json(.get, Self.list, ["id": "b1"])
        #expect(listed["commands"]?.elements.count == 1)

        // What the device has answered is for those who may see it.
        try yard.house.hear("yard/bell/b1/answer/\(id)", #"{"status":"done","result":{"pin":7}}"#, client: "board")
        for (permissions, answer) in [([.viewYard, .ringYard], 7), ([.ringYard], nil)] as [([Permission], Double?)] {
            let caller = Caller(
                .token(account: "1", name: "anna", token: "t"), grants: Grants(everywhere: PermissionSet(permissions)))
            let again = try await yard.house.json(.post, Self.list, ["id": "b1"], body: body, as: caller)
            #expect(again["command_id"]?.text == id && again["result"]?["pin"]?.number == answer)
        }

        // Other content, another device, somebody else, no name.
        let other = #"{"command":"ring","params":{"times":3},"request_id":"k7"}"#
        for (permissions, isTold) in [([.viewYard, .ringYard], true), ([.ringYard], false)] as [([Permission], Bool)] {
            let caller = Caller(
                .token(account: "1", name: "anna", token: "t"), grants: Grants(everywhere: PermissionSet(permissions)))
            let refusal = await #expect(throws: Refusal.self) {
                try await yard.house.json(.post, Self.list, ["id": "b1"], body: other, as: caller)
            }
            // Which command it was is for those who may see the device's commands.
            #expect(refusal?.code == .conflict)
            #expect(refusal?.members == (isTold ? [RefusalMember("command_id", id)] : []))
        }
        #expect(try await yard.ask("l1", body, as: anna) != id)
        #expect(try await yard.ask("b1", other, as: ben) != id)
        #expect(try await yard.ask("b1", #"{"command":"ring","params":{"times":2}}"#, as: anna) != id)
        for name in ["", String(repeating: "k", count: 65)] {
            let body = #"{"command":"ring","request_id":"\#(name)"}"#
            #expect(try await yard.house.refusal(.post, Self.list, ["id": "b1"], body: body, as: anna) != nil)
        }

        // What was refused is not remembered, and a name is free again after a day.
        let strict = #"{"command":"ring","request_id":"k8"}"#
        #expect(try await yard.house.refusal(.post, Self.list, ["id": "b2"], body: strict, as: anna) == .notFound)
        yard.house.clock.move(seconds: 86_400)
        #expect(try await yard.ask("b1", other, as: anna) != id)
    }

    @Test("names of requests that count no more are thrown away by the clock, also when no further one comes")
    func forgotten() async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        func removed() throws -> Int {
            var count = 0
            try yard.house.batch { _, line in
                count = try CommandsRoom.removeExpiredRequests(at: line.now, in: try line.transaction())
            }
            return count
        }
        try await yard.ask("b1", #"{"command":"ring","request_id":"k7"}"#)
        yard.house.clock.move(seconds: 86_399)
        #expect(try removed() == 0 && yard.house.count("command_request") == 1)
        yard.house.clock.move(seconds: 1)
        #expect(try removed() == 1 && yard.house.count("command_request") == 0)
    }

    @Test("who asked for what is in the audit, never the parameters; of a removed device there is history only")
    func audit() async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        let caller = Caller.person([.viewYard, .ringYard], at: "main")
        let id = try await yard.ask("b1", #"{"command":"unlock","params":{"pin":"4711"}}"#, as: caller)
        #expect(
            yard.house.audit.entries == [
                AuditEntry(
                    caller, .sendCommand, target: "device:b1", facts: [("command", "unlock"), ("command_id", id)])
            ])
        try yard.house.batch { _, line in
            try yard.devices.remove(
                try #require(DeviceID("b1")), at: yard.house.clock.now(), in: try line.transaction())
            line.forgetAfterCommit()
        }
        #expect(try await yard.house.refusal(.post, Self.list, ["id": "b1"], body: #"{"command":"x"}"#) == .notFound)
        let kept = try await yard.house.json(.get, Self.one, ["id": "b1", "command_id": id])
        #expect(kept["state"]?.text == "expired")
    }
}
