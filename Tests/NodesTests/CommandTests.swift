import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// The life of commands, from the request to the answer.
@Suite struct CommandTests {
    @Test func fromRequestToAnswer() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        let message = try #require(site.published.first)
        #expect(message.topic == "iot/node/01/command")
        #expect(message.qualityOfService == 1)
        #expect(message.token == id)
        #expect(message.expirySeconds == 3_600)
        #expect(!message.isRetained)
        let payload = try JSONTree(message.payload)
        #expect(payload["command"]?.text == "set_led")
        #expect(payload["params"]?["state"]?.text == "on")
        #expect(payload["command_id"]?.text == id)

        let sent = try site.delivery(.passedOn(token: id, clients: ["board"]))
        #expect(sent.events.map(\.topic) == ["nodes/node_01/commands"])
        #expect(sent.events.first?.json?["state"]?.text == "sent")
        let delivered = try site.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(delivered.events.first?.json?["state"]?.text == "delivered")
        let done = try site.hear(
            "iot/node/01/status", #"{"command_id":"\#(id)","status":"done","result":{"brightness":128}}"#)
        let event = try #require(done.events.last { $0.topic == "nodes/node_01/commands" }?.json)
        #expect(event["state"]?.text == "done")
        #expect(event["result"]?["brightness"]?.number == 128)
        #expect(event["error"] == .null)
        #expect(event["history"]?.elements.compactMap { $0["state"]?.text } == ["queued", "sent", "delivered", "done"])
        // The answer is no health: nothing goes into history.
        #expect(done.readings.isEmpty)
        // Said again: nothing changes.
        let again = try site.hear("iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#)
        #expect(!again.events.contains { $0.topic == "nodes/node_01/commands" })
    }

    @Test("a node's commands come in pages, the newest first, each once")
    func commandsInPages() async throws {
        let site = try await connectedSite()
        var made: [String] = []
        for _ in 0..<5 { made.insert(try await ask(site), at: 0) }
        var (seen, after) = ([String](), String?.none)
        repeat {
            let query = [("limit", "2")] + (after.map { [("after", $0)] } ?? [])
            let page = try await site.call(.get, "/api/nodes/{id}/commands", ["id": "01"], query: query)
            let json = try JSONTree(page.body)
            seen += json["commands"]?.elements.compactMap { $0["command_id"]?.text } ?? []
            after = json["next"]?.text
            #expect(page.headers.contains { $0.name == "Link" } == (after != nil))
        } while after != nil && seen.count < 10
        #expect(seen == made)
    }

    @Test(arguments: [
        (#""status":"ok""#, CommandState.done), (#""status":"SUCCESS""#, .done), (#""status":"executed""#, .done),
        (#""status":"acknowledged""#, .done), (#""state":"done""#, .done), (#""result":1"#, .done),
        (#""status":"failed""#, .failed), (#""status":"error","message":"hot""#, .failed),
        (#""status":"rejected""#, .failed),
        (#""error":"hot""#, .failed), (#""error":{"code":3}"#, .failed),
    ])
    func wordsOfAnswers(_ words: String, _ state: CommandState) async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        try site.hear("iot/node/01/status", #"{"command_id":"\#(id)",\#(words)}"#)
        #expect(try site.command(id)?.state == state)
    }

    @Test func theReasonOfAFailureIsKept() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.hear("iot/node/01/status", #"{"id":"\#(id)","status":"failed","message":"no such led"}"#)
        #expect(try site.command(id)?.error == "no such led")
        #expect(try site.command(id)?.state == .failed)
    }

    @Test func anAnswerByNameClosesTheOldestThatWasSent() async throws {
        let site = try await connectedSite()
        let first = try await ask(site)
        let second = try await ask(site)
        for id in [first, second] { try site.delivery(.passedOn(token: id, clients: ["board"])) }
        try site.hear("iot/node/01/status", #"{"command":"set_led","status":"done"}"#)
        #expect(try site.command(first)?.state == .done)
        #expect(try site.command(second)?.state == .sent)
        try site.hear("iot/node/01/status", #"{"command":"other","status":"done"}"#)
        #expect(try site.command(second)?.state == .sent)
    }

    @Test func anAnswerToAnOldScriptDoesNotCloseWhatWasNeverSent() async throws {
        let site = try await Site()
        try site.telemetry()
        let id = try await ask(site)
        try site.hear("iot/node/01/status", #"{"command":"set_led","status":"done"}"#)
        #expect(try site.command(id)?.state == .queued)
    }

    @Test func anotherNodesAnswerDoesNotCount() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.hear("iot/node/02/status", #"{"command_id":"\#(id)","status":"done"}"#)
        #expect(try site.command(id)?.state == .queued)
    }

    @Test func theAnswerMayOvertakeTheReports() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.hear("iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#)
        try site.delivery(.passedOn(token: id, clients: ["board"]))
        try site.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try site.command(id)?.state == .done)
        #expect(try site.command(id)?.history.map(\.state) == [.queued, .done])
    }

    @Test func aCommandWaitsWhileTheNodeIsAway() async throws {
        let site = try await Site()
        try site.telemetry("node_01")
        var ids: [String] = []
        for _ in 0..<6 {
            ids.append(try await ask(site))
            #expect(site.published.isEmpty)
        }
        try site.presence(.connected(clientID: "board", address: nil))
        // Oldest first, four at most, on the topic in the node's spelling.
        let sent = try site.presence(.subscribed(clientID: "board", filter: "iot/node/node_01/command"))
        #expect(sent.publications.map(\.token) == ids.prefix(4).map { $0 })
        #expect(sent.publications.first?.topic == "iot/node/node_01/command")
        for id in ids.prefix(4) { try site.delivery(.passedOn(token: id, clients: ["board"])) }
        #expect(try site.tick().publications.isEmpty)
        let next = try site.delivery(.acknowledged(token: ids[0], clientID: "board"))
        #expect(next.publications.map(\.token) == [ids[4]])
    }

    @Test func itGoesToTheTopicOnWhichTheNodeListens() async throws {
        let site = try await connectedSite(filter: "iot/node/node_01/command")
        try await ask(site)
        #expect(site.published.first?.topic == "iot/node/node_01/command")
    }

    @Test(arguments: [
        "iot/node/+/command", "iot/#", "#", "+/+/+/+", "$share/g/iot/node/+/command", "iot/node/01/#", "iot/node/01/+",
    ])
    func filtersOfTheSpeaker(_ filter: String) async throws {
        let site = try await connectedSite(filter: filter)
        try site.telemetry()
        try await ask(site)
        #expect(site.published.first?.topic == "iot/node/01/command")
    }

    @Test(arguments: [
        "iot/node/+/command", "iot/#", "iot/node/02/command", "iot/node/01/telemetry", "iot/node/01", "other/#",
    ])
    func filtersOfSomebodyElse(_ filter: String) async throws {
        let site = try await Site()
        try site.telemetry()
        try site.presence(.connected(clientID: "logger", address: nil))
        try site.presence(.subscribed(clientID: "logger", filter: filter))
        let id = try await ask(site)
        #expect(site.published.isEmpty)
        try site.delivery(.acknowledged(token: id, clientID: "logger"))
        #expect(try site.command(id)?.state == .queued)
    }

    @Test func onlyTheNodesOwnAcknowledgementMeansDelivered() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.delivery(.passedOn(token: id, clients: ["logger", "board"]))
        try site.delivery(.acknowledged(token: id, clientID: "logger"))
        #expect(try site.command(id)?.state == .sent)
        try site.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test func nobodyThereMeansQueued() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        try site.delivery(.passedOn(token: id, clients: []))
        #expect(try site.command(id)?.state == .queued)
        #expect(try site.tick().publications.map(\.token) == [id])
    }

    @Test func aReportThatNeverComesIsNotWaitedForLong() async throws {
        let site = try await connectedSite()
        let id = try await ask(site)
        site.after(seconds: 9)
        #expect(try site.tick().publications.isEmpty)
        site.after(seconds: 2)
        #expect(try site.tick().publications.map(\.token) == [id])
    }
}
