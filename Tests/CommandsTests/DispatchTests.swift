import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Commands over MQTT, to devices of several kinds.
@Suite struct DispatchTests {
    @Test("a command goes out as JSON, and is done when its device says so") func json() async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        try yard.listen("board", "yard/bell/b1/command")
        let id = try await yard.ask("b1", #"{"command":"ring","params":{"times":2}}"#)
        let message = try #require(yard.house.effects.publications.first)
        #expect(message.topic == "yard/bell/b1/command" && message.token == id && message.qualityOfService == 1)
        let payload = try JSONTree(message.payload)
        #expect(payload.keys == ["command", "params", "command_id"])
        #expect(payload["params"]?["times"]?.number == 2)
        try yard.house.delivery(.passedOn(token: id, clients: ["board"]))
        try yard.house.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try yard.state(id) == "delivered")
        let done = try yard.house.hear("yard/bell/b1/answer/\(id)", #"{"status":"done","result":[1]}"#)
        let event = try #require(done.events.last)
        #expect(event.topic == "yard/b1/commands" && event.permission == .viewYard)
        #expect(event.json?["bell_id"]?.text == "b1" && event.json?["result"] == .array([.number(1)]))
    }

    @Test("a device that hears a bare word and never answers has done what it acknowledged") func word() async throws {
        let yard = try await Yard()
        try yard.report("horn", "h1")
        try yard.listen("board", "yard/horn/command/+")
        let id = try await yard.ask("h1", #"{"command":"BEEP"}"#)
        let message = try #require(yard.house.effects.publications.first)
        #expect(message.topic == "yard/horn/command/h1" && message.payload == Array("BEEP".utf8))
        // One at a time: the next waits for the acknowledgement.
        let next = try await yard.ask("h1", #"{"command":"BEEP"}"#)
        #expect(yard.house.effects.publications.isEmpty)
        try yard.house.delivery(.passedOn(token: id, clients: ["board"]))
        let effects = try yard.house.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try yard.state(id) == "done")
        #expect(effects.publications.map(\.token) == [next])
        let history = try yard.house.rows(
            "SELECT state FROM command_step WHERE command = $1 ORDER BY position", [.text(id)])
        #expect(try history.map { try $0.text(0) } == ["queued", "sent", "done"])
    }

    @Test("a form refuses what its devices do not understand, and nothing is queued") func check() async throws {
        let yard = try await Yard()
        try yard.report("horn", "h1")
        let code = try await yard.house.refusal(
            .post, "/api/devices/{id}/commands", ["id": "h1"], body: #"{"command":"SING"}"#)
        #expect(code == .valueOutOfRange)
        #expect(try yard.house.count("command") == 0)
    }

    @Test("one filter covers the commands of several kinds", arguments: ["#", "yard/#", "$share/g/yard/#"])
    func oneFilter(_ filter: String) async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        try yard.report("horn", "h1")
        let ids = [try await yard.ask("b1"), try await yard.ask("h1", #"{"command":"BEEP"}"#)]
        let sent = try yard.listen("board", filter)
        #expect(Set(sent.compactMap(\.token)) == Set(ids))
        #expect(Set(sent.map(\.topic)) == ["yard/bell/b1/command", "yard/horn/command/h1"])
        try yard.house.presence(.unsubscribed(clientID: "board", filter: filter))
        try await yard.ask("b1")
        #expect(yard.house.effects.publications.isEmpty)
    }

    @Test("in an open hub a filter of one kind does not make a client that of another kind's device")
    func filtersOfKinds() async throws {
        let yard = try await Yard()
        try yard.report("bell", "x", client: nil)
        try yard.listen("ears", "yard/horn/command/x")
        try await yard.ask("x")
        #expect(yard.house.effects.publications.isEmpty)
        let id = try #require(try yard.house.row("SELECT id FROM command")?.text(0))
        let sent = try yard.house.presence(.subscribed(clientID: "ears", filter: "yard/bell/x/command"))
        #expect(sent.publications.map(\.token) == [id])
    }

    @Test("a device that was given a command in an answer does not hear it on its topic too") func oneWay() async throws
    {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        let polled = try await yard.ask("b1")
        #expect(try await yard.poll("b1") == [polled])
        let queued = try await yard.ask("b1")
        #expect(try yard.listen("board", "yard/bell/b1/command").map(\.token) == [queued])
        #expect(try yard.state(polled) == "sent")
        // And what is with a connection is not given in an answer.
        try yard.house.delivery(.passedOn(token: queued, clients: ["board"]))
        #expect(try await yard.poll("b1", after: "") == [polled])
    }

    @Test("a reading of the tables that fails is made again, for the commands and for their devices together")
    func loading() async throws {
        let yard = try await Yard()
        try yard.report("bell", "b1")
        let id = try await yard.ask("b1")
        try yard.listen("board", "#")
        try yard.house.delivery(.passedOn(token: id, clients: ["board"]))
        yard.house.restart()
        _ = try? yard.house.batch(isBroken: true, [{ handler, line in try handler.tick(in: &line) }])
        #expect(try yard.state(id) == "sent")
        try yard.house.pass()
        #expect(try yard.state(id) == "queued")
    }
}
