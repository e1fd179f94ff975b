import HubModel
import HubTesting
import Nodes
import Registry
import SQL
import SolutionKit
import Testing

/// Who has a command: kept sessions, other people's sessions, and the clients of nodes that have shown who they are.
@Suite struct CommandDeliveryTests {
    /// The name of a session of a device's client.
    private func session(_ device: String, _ client: String = "esp") -> String { "device:\(device)\u{1F}\(client)" }

    private func connect(_ site: Site, _ client: String, _ filters: String..., resumed: Bool = false) throws -> [String]
    {
        if !resumed { try site.presence(.sessionEnded(clientID: client)) }
        var published = try site.presence(.connected(clientID: client, address: nil)).publications
        for filter in filters {
            published += try site.presence(.subscribed(clientID: client, filter: filter)).publications
        }
        return published.compactMap(\.token)
    }

    /// A node that has shown who it is, with a kept session that listens.
    private func keyedSite() async throws -> Site {
        let site = try await Site()
        try site.register("node_01")
        _ = try connect(site, session("node_01"), "iot/node/01/command")
        try site.telemetry(client: session("node_01"), from: try .node("node_01"))
        return site
    }

    @Test("a kept session repeats its command itself: the hub publishes it once, over lost connections and restarts")
    func once() async throws {
        let site = try await keyedSite()
        let esp = session("node_01")
        let id = try await ask(site)
        #expect(site.published.compactMap(\.token) == [id])
        try site.delivery(.queued(token: id, sessions: [esp]))
        try site.delivery(.passedOn(token: id, clients: [esp]))
        #expect(try site.command(id)?.state == .sent)
        for round in 0..<6 {
            // TCP lost, DISCONNECT, take-over, restart.
            if round % 3 < 2 { try site.presence(.disconnected(clientID: esp, isClean: round % 3 == 1)) }
            if round == 3 || round == 4 { site.restart() }
            site.after(seconds: 10)
            #expect(try site.tick().publications.isEmpty)
            #expect(try connect(site, esp, "iot/node/01/command", resumed: true) == [])
            #expect(try site.tick().publications.isEmpty)
            #expect(try site.command(id)?.state == .sent)
            // The answer's time begins with each sending; away, the time to live counts.
            site.after(seconds: 10)
        }
        try site.delivery(.acknowledged(token: id, clientID: esp))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test(
        "while the node is away its command is queued, and a session that is over gives it back",
        arguments: [true, false])
    func over(beginsAnew: Bool) async throws {
        let site = try await keyedSite()
        let esp = session("node_01")
        let id = try await ask(site)
        try site.delivery(.queued(token: id, sessions: [esp]))
        try site.presence(.disconnected(clientID: esp, isClean: false))
        #expect(try site.command(id)?.state == .queued)
        site.after(seconds: 120)
        try site.tick()
        #expect(try site.command(id)?.state == .queued)
        if beginsAnew {
            #expect(try connect(site, esp, "iot/node/01/command") == [id])
        } else {
            try site.presence(.sessionEnded(clientID: esp))
            #expect(try site.tick().publications.isEmpty)
            #expect(try connect(site, esp, "iot/node/01/command", resumed: true) == [id])
        }
    }

    @Test("a node that comes back under another client identifier gets what its old session will never deliver")
    func otherIdentifier() async throws {
        let site = try await keyedSite()
        let id = try await ask(site)
        try site.delivery(.queued(token: id, sessions: [session("node_01")]))
        try site.presence(.disconnected(clientID: session("node_01"), isClean: false))
        #expect(try connect(site, session("node_01", "esp-2"), "iot/node/01/command") == [id])
    }

    @Test("only the node or its controller makes a command delivered, whatever else subscribes and acknowledges")
    func identity() async throws {
        let site = try await Site()
        for name in ["node_01", "node_02"] { try site.register(name) }
        try site.register("gateway", kind: .module)
        try site.telemetry(client: session("node_01"), from: try .node("node_01"))
        let id = try await ask(site)
        let others = ["account:a\u{1F}monitor", "keyless\u{1F}k", session("node_02"), session("gateway")]
        for other in others {
            for filter in ["iot/node/01/command", "iot/node/01/#", "#"] {
                #expect(try connect(site, other, filter) == [])
            }
            try site.delivery(.acknowledged(token: id, clientID: other))
            #expect(try site.tick().publications.isEmpty)
            #expect(try site.command(id)?.state == .queued)
        }
        // With the node there, the others get copies, and theirs is no delivery.
        let esp = session("node_01")
        #expect(try connect(site, esp, "iot/node/+/command") == [id])
        try site.delivery(.queued(token: id, sessions: others))
        #expect(try site.command(id)?.state == .queued)
        try site.delivery(.passedOn(token: id, clients: others + [esp]))
        for other in others { try site.delivery(.acknowledged(token: id, clientID: other)) }
        #expect(try site.command(id)?.state == .sent)
        try site.delivery(.acknowledged(token: id, clientID: esp))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test("a controller gets the commands of its node and makes them delivered") func controller() async throws {
        let site = try await Site()
        try site.register("gateway", kind: .module)
        try site.register("node_01", controller: "gateway")
        try site.telemetry(client: session("node_01"), from: try .node("node_01"))
        let id = try await ask(site)
        #expect(try connect(site, session("gateway"), "iot/node/01/command") == [id])
        try site.delivery(.passedOn(token: id, clients: [session("gateway")]))
        try site.delivery(.acknowledged(token: id, clientID: session("gateway")))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test("in an open hub the client that last spoke for a node is the node's") func openHub() async throws {
        let site = try await Site()
        try site.telemetry(client: "board")
        #expect(try connect(site, "board", "iot/node/01/command") == [])
        #expect(try connect(site, "logger", "iot/node/01/command") == [])
        let id = try await ask(site)
        try site.delivery(.acknowledged(token: id, clientID: "logger"))
        #expect(try site.command(id)?.state == .queued)
        // It was handed to that client: its word counts also when another has spoken meanwhile.
        try site.delivery(.passedOn(token: id, clients: ["board", "logger"]))
        try site.telemetry(client: "other")
        try site.delivery(.acknowledged(token: id, clientID: "board"))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test("in an open hub a node that listens with another client than it speaks with gets its commands")
    func listensWithAnother() async throws {
        let site = try await Site()
        try site.telemetry(client: "mosquitto_pub")
        let id = try await ask(site)
        #expect(try connect(site, "logger", "iot/#") == [])
        #expect(try connect(site, "mosquitto_sub", "iot/node/01/command") == [id])
        try site.delivery(.acknowledged(token: id, clientID: "logger"))
        #expect(try site.command(id)?.state == .queued)
        try site.delivery(.passedOn(token: id, clients: ["logger", "mosquitto_sub"]))
        try site.delivery(.acknowledged(token: id, clientID: "mosquitto_sub"))
        #expect(try site.command(id)?.state == .delivered)
    }

    @Test("an expired command that its session delivered all the same may still be answered") func answered()
        async throws
    {
        let site = try await keyedSite()
        let esp = session("node_01")
        let id = try await ask(site, #"{"command":"unlock","ttl_seconds":60}"#)
        try site.delivery(.queued(token: id, sessions: [esp]))
        try site.presence(.disconnected(clientID: esp, isClean: false))
        site.after(seconds: 61)
        try site.tick()
        #expect(try site.command(id)?.state == .expired)
        try site.hear(
            "iot/node/01/status", #"{"command_id":"\#(id)","status":"done"}"#, client: esp, from: try .node("node_01"))
        #expect(try site.command(id)?.state == .done)
    }

    @Test("the commands of a device that is removed are over, and the next device of its name gets none of them")
    func removed() async throws {
        let site = try await keyedSite()
        let esp = session("node_01")
        let sent = try await ask(site)
        try site.delivery(.queued(token: sent, sessions: [esp]))
        try site.presence(.disconnected(clientID: esp, isClean: false))
        let waiting = try await ask(site, #"{"command":"unlock","params":{"pin":"9999"}}"#)
        try site.batch { _, line in
            try site.devices.remove(try #require(DeviceID("node_01")), at: site.now, in: try line.transaction())
            line.forgetAfterCommit()
        }
        for id in [sent, waiting] {
            #expect(try site.command(id)?.state == .expired)
            #expect(try site.command(id)?.error == "the device was removed")
            #expect(try site.command(id)?.holder == nil)
        }
        try site.register("node_01")
        try site.batch { _, line in line.forgetAfterCommit() }
        try site.telemetry(client: esp, from: try .node("node_01"))
        #expect(try connect(site, esp, "iot/node/01/command") == [])
    }
}
