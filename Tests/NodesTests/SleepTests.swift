import HubModel
import HubTesting
import Nodes
import SQL
import SolutionKit
import Testing

/// Nodes that report and go to sleep, and whose word counts when several clients speak for one node.
@Suite struct SleepTests {
    /// Wakes up, reports, and says goodbye; gives the event of its falling asleep.
    @discardableResult
    private func wake(_ site: Site, client: String = "board") throws -> JSONTree? {
        try site.presence(.connected(clientID: client, address: nil))
        try site.telemetry(client: client)
        let effects = try site.presence(.disconnected(clientID: client, isClean: true))
        try site.presence(.sessionEnded(clientID: client))
        return effects.events.last?.json
    }

    private func needAttention(_ site: Site) async throws -> Int {
        try await NodesSolution().overview(site.services(), at: .all).attention
    }

    @Test("the first report of a node that says goodbye is no alarm") func firstReport() async throws {
        let site = try await Site()
        let event = try #require(try wake(site))
        #expect(event["state"]?.text == "asleep")
        #expect(event["next_expected"] == .null)
        #expect(try await needAttention(site) == 0)
        // Nobody knows how long it sleeps: an hour is waited for it.
        site.after(seconds: 3_600)
        #expect(try site.tick().events.isEmpty)
        let latest = try JSONTree(try await site.call(.get, "/api/nodes/{id}/latest", ["id": "01"]).body)
        #expect(latest["stale"] == .boolean(false))
        site.after(seconds: 1)
        #expect(try site.tick().events.first?.json?["state"]?.text == "unknown")
        #expect(try await needAttention(site) == 1)
    }

    @Test("a node that sleeps for five minutes is expected in five, and unknown after three naps")
    func habit() async throws {
        let site = try await Site()
        for _ in 0..<3 {
            try wake(site)
            site.after(seconds: 300)
            #expect(try site.tick().events.isEmpty)
        }
        let event = try #require(try wake(site))
        #expect(event["next_expected"]?.text == site.now.advanced(bySeconds: 300).description)
        #expect(event["stale_after_seconds"]?.number == 900)
        site.restart()
        site.after(seconds: 900)
        #expect(try site.tick().events.isEmpty)
        let asleep = try await site.call(.get, "/api/nodes", query: [(name: "state", value: "asleep")])
        #expect(try JSONTree(asleep.body)["count"]?.number == 1)
        let offline = try await site.call(.get, "/api/nodes", query: [(name: "state", value: "offline")])
        #expect(try JSONTree(offline.body)["count"]?.number == 0)
        site.after(seconds: 1)
        #expect(try site.tick().events.first?.json?["state"]?.text == "unknown")
    }

    @Test("one outage of a node that is always there is no habit") func outage() async throws {
        let site = try await Site()
        try site.presence(.connected(clientID: "board", address: nil))
        for _ in 0..<6 {
            try site.telemetry()
            site.after(seconds: 10)
        }
        #expect(
            try site.presence(.disconnected(clientID: "board", isClean: true)).events.first?.json?["state"]?.text
                == "asleep")
        site.after(seconds: 31)
        #expect(try site.tick().events.first?.json?["state"]?.text == "unknown")
        site.after(seconds: 20_000)
        try wake(site)
        site.after(seconds: 31)
        #expect(try site.tick().events.first?.json?["state"]?.text == "unknown")
    }

    @Test("a will and a goodbye's word make offline, also of a node that slept before") func wills() async throws {
        let site = try await Site()
        try wake(site)
        try site.presence(.connected(clientID: "board", address: nil))
        try site.telemetry()
        try site.presence(.disconnected(clientID: "board", isClean: false))
        let will = try site.hear("iot/node/01/status", "offline", isWill: true)
        #expect(will.events.last?.json?["state"]?.text == "offline")
        #expect(try await needAttention(site) == 1)
        try site.presence(.connected(clientID: "board", address: nil))
        try site.telemetry()
        try site.hear("iot/node/01/status", "offline")
        #expect(try site.presence(.disconnected(clientID: "board", isClean: true)).events.isEmpty)
        let offline = try await site.call(.get, "/api/nodes", query: [(name: "state", value: "offline")])
        #expect(try JSONTree(offline.body)["count"]?.number == 1)
    }

    @Test("the end of an older client says nothing of a node for which another speaks", arguments: [true, false])
    func olderClient(afterARestart: Bool) async throws {
        let site = try await Site()
        for client in ["esp-r1", "esp-r2"] {
            try site.presence(.connected(clientID: client, address: nil))
            try site.telemetry(client: client)
        }
        if afterARestart {
            site.restart()
            try site.presence(.connected(clientID: "esp-r2", address: nil))
        } else {
            try site.presence(.disconnected(clientID: "esp-r1", isClean: false))
        }
        let will = try site.hear("iot/node/01/status", "offline", client: "esp-r1", isWill: true)
        #expect(will.events.isEmpty)
        let reading = #"{"sensors":{"temperature":-1}}"#
        let late = try site.hear("iot/node/01/telemetry", reading, client: "esp-r1", isWill: true)
        #expect(late.events.isEmpty)
        #expect(late.readings.first?.isLate == true)
        #expect(try site.presence(.disconnected(clientID: "esp-r1", isClean: true)).events.isEmpty)
        // Its own last word, that of the older connection.
        #expect(try site.hear("iot/node/01/status", "offline", client: "esp-r1").events.isEmpty)
        #expect(try site.state() == "online")
        #expect(try site.row("SELECT client_id FROM node")?.text(0) == "esp-r2")
        // The newer one's counts.
        let own = try site.hear("iot/node/01/status", "offline", client: "esp-r2", isWill: true)
        #expect(own.events.last?.json?["state"]?.text == "offline")
    }

    @Test("whose word counts survives a crash within the second") func speakerIsKept() async throws {
        let site = try await Site()
        try site.telemetry(client: "esp-r1")
        try site.telemetry(client: "esp-r2")
        #expect(try site.row("SELECT client_id FROM node")?.text(0) == "esp-r2")
    }

    @Test("new fields of a message that is undone are written with the next that is stored") func undoneFields()
        async throws
    {
        struct Refused: Error {}
        let site = try await Site()
        try site.telemetry()
        let message = site.message("iot/node/01/telemetry", #"{"sensors":{"temperature":1,"humidity":40}}"#)
        #expect(throws: Refused.self) {
            try site.batch { handler, line in
                try handler.handle(message, in: &line)
                throw Refused()
            }
        }
        try site.batch { handler, line in try handler.handle(message, in: &line) }
        site.restart()
        let node = try JSONTree(try await site.call(.get, "/api/nodes/{id}", ["id": "01"]).body)
        #expect(node["fields"] == .array([.string("temperature"), .string("humidity")]))
    }
}
