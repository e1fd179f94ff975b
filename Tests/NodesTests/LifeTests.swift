import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing

/// A node's life: first contact, online, offline, unknown, and what of it is kept.
@Suite struct LifeTests {
    @Test func firstContactMakesTheRowsAndTellsThePages() async throws {
        let site = try await Site()
        let effects = try site.telemetry()
        #expect(effects.events.map(\.topic) == ["nodes/node_01/telemetry", "nodes/node_01/state"])
        #expect(try site.row("SELECT kind FROM device WHERE id = 'node_01'")?.text(0) == "node")
        let row = try #require(try site.row("SELECT * FROM node"))
        #expect(try row.text("wire_id") == "01")
        #expect(try row.text("client_id") == "board")
        #expect(try row.integer("first_seen") == ten.microseconds)
    }

    @Test func silenceMakesUnknownAndAMessageMakesOnlineAgain() async throws {
        let site = try await Site()
        for _ in 0..<8 {
            try site.telemetry()
            site.after(seconds: 20)
        }
        // The last message was 20 s ago; the usual interval is 20 s, so 60 s of silence are too many.
        site.after(seconds: 40)
        #expect(try site.tick().events.isEmpty)
        site.after(seconds: 1)
        let effects = try site.tick()
        #expect(effects.events.map(\.topic) == ["nodes/node_01/state"])
        #expect(effects.events.first?.json?["state"]?.text == "unknown")
        #expect(effects.events.first?.json?["stale_after_seconds"]?.number == 60)
        #expect(try site.state() == "unknown")
        #expect(try site.tick().events.isEmpty)
        let back = try site.telemetry()
        #expect(back.events.last?.json?["state"]?.text == "online")
    }

    @Test(arguments: [(0.1, 90), (2, 30), (20, 60), (1_000, 3_000), (3_000, 3_600)] as [(Double, Double)])
    func staleAfterHasBounds(interval: Double, staleAfter: Double) async throws {
        let site = try await Site()
        for _ in 0..<6 {
            try site.telemetry()
            site.after(seconds: interval)
        }
        let effects = try site.hear("iot/node/01/status", "online")
        #expect(effects.events.first?.json?["stale_after_seconds"]?.number == staleAfter)
    }

    @Test func severalMessagesInOneBreathAreOneReport() async throws {
        let site = try await Site()
        for _ in 0..<5 {
            try site.telemetry()
            site.after(seconds: 0.2)
            try site.hear("iot/node/01/status", #"{"uptime":1}"#)
            site.after(seconds: 299.8)
        }
        let effects = try site.hear("iot/node/01/status", "online")
        #expect(effects.events.first?.json?["stale_after_seconds"]?.number == 900)
    }

    @Test func oneLongPauseIsNoHabit() async throws {
        let site = try await Site()
        for index in 0..<7 {
            try site.telemetry()
            site.after(seconds: index == 4 ? 30_000 : 10)
        }
        let effects = try site.hear("iot/node/01/status", "online")
        #expect(effects.events.first?.json?["stale_after_seconds"]?.number == 30)
    }

    @Test func willAndGoodbyeMakeOffline() async throws {
        let site = try await Site()
        try site.presence(.connected(clientID: "board", address: "10.0.0.7"))
        try site.telemetry()
        let effects = try site.hear("iot/node/01/status", "offline", isWill: true)
        #expect(effects.events.last?.json?["state"]?.text == "offline")
        #expect(effects.readings.first?.measurement == "status")
        // Offline is known; silence makes it no less so.
        site.after(seconds: 86_400)
        #expect(try site.tick().events.isEmpty)
        #expect(try site.state() == "offline")
        try site.telemetry()
        #expect(try site.state() == "online")
    }

    @Test func aCleanDisconnectIsSleepAndABrokenOneIsNothingYet() async throws {
        let site = try await Site()
        try site.presence(.connected(clientID: "board", address: nil))
        try site.telemetry()
        #expect(try site.presence(.disconnected(clientID: "board", isClean: false)).events.isEmpty)
        #expect(try site.state() == "online")
        try site.presence(.connected(clientID: "board", address: nil))
        let effects = try site.presence(.disconnected(clientID: "board", isClean: true))
        #expect(effects.events.first?.json?["state"]?.text == "asleep")
    }

    @Test func aReaderThatLeavesIsNoNodeThatLeaves() async throws {
        let site = try await Site()
        try site.telemetry()
        for filter in ["iot/node/01/telemetry", "iot/node/01/command", "iot/#"] {
            try site.presence(.connected(clientID: "page", address: nil))
            try site.presence(.subscribed(clientID: "page", filter: filter))
            #expect(try site.presence(.disconnected(clientID: "page", isClean: true)).events.isEmpty)
        }
        #expect(try site.state() == "online")
    }

    @Test func stateIsKeptOverARestartUntilItIsStale() async throws {
        let site = try await Site()
        for _ in 0..<6 {
            try site.telemetry()
            site.after(seconds: 20)
        }
        try site.tick()
        site.restart()
        #expect(try site.tick().events.isEmpty)
        #expect(try site.state() == "online")
        site.after(seconds: 600)
        let effects = try site.tick()
        #expect(effects.events.first?.json?["state"]?.text == "unknown")
        // Since it became stale, not since somebody looked.
        let since = try #require(effects.events.first?.json?["state_since"]?.text.flatMap(Timestamp.init(iso8601:)))
        #expect(site.now.microseconds(since: since) > 500_000_000)
    }

    @Test func lastSeenIsWrittenOnceASecond() async throws {
        let site = try await Site()
        try site.telemetry()
        func written() throws -> Int64? { try site.row("SELECT last_seen FROM node")?.integer(0) }
        site.after(seconds: 1.5)
        try site.telemetry()
        let first = site.now.microseconds
        #expect(try written() == first)
        site.after(seconds: 0.4)
        try site.telemetry()
        #expect(try written() == first)
        site.after(seconds: 0.7)
        try site.tick()
        #expect(try written() == first + 400_000)
        // A clock that was set back stops no writing.
        site.after(seconds: -3_600)
        try site.telemetry()
        try site.tick()
        #expect(try written() == site.now.microseconds)
    }

    @Test func whoSpokeInAMessageThatIsUndoneDidNotSpeak() async throws {
        struct Stop: Error {}
        let site = try await Site()
        for client in ["board", "other"] { try site.presence(.connected(clientID: client, address: nil)) }
        try site.telemetry(client: "board")
        #expect(throws: Stop.self) {
            try site.batch { handler, line in
                try handler.handle(
                    site.message("iot/node/01/telemetry", #"{"sensors":{"a":1}}"#, client: "other"), in: &line)
                throw Stop()
            }
        }
        try site.presence(.disconnected(clientID: "other", isClean: true))
        #expect(try site.state() == "online")
        let effects = try site.presence(.disconnected(clientID: "board", isClean: true))
        #expect(effects.events.first?.json?["state"]?.text == "asleep")
    }

    @Test func aBatchThatIsRolledBackLeavesNothing() async throws {
        let site = try await Site()
        site.failingBatch { handler, line in
            try handler.handle(site.message("iot/node/01/telemetry", #"{"sensors":{"a":1}}"#), in: &line)
        }
        #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
        let effects = try site.telemetry()
        #expect(effects.events.count == 2)
        #expect(effects.events.last?.json?["fields"] == .array([.string("temperature")]))
    }

    @Test func aMessageThatTheStoreRefusesLeavesNothing() async throws {
        struct TooOld: Error {}
        let site = try await Site()
        #expect(throws: TooOld.self) {
            try site.batch { handler, line in
                try handler.handle(site.message("iot/node/01/telemetry", #"{"sensors":{"old":1}}"#), in: &line)
                throw TooOld()
            }
        }
        #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
        let effects = try site.telemetry()
        #expect(effects.events.last?.json?["fields"] == .array([.string("temperature")]))
        #expect(try site.row("SELECT COUNT(*) FROM node_field")?.integer(0) == 1)
        // The same for a node that is known: no field, no state.
        try site.hear("iot/node/01/status", "offline")
        #expect(throws: TooOld.self) {
            try site.batch { handler, line in
                try handler.handle(site.message("iot/node/01/telemetry", #"{"sensors":{"old":1}}"#), in: &line)
                throw TooOld()
            }
        }
        #expect(try site.state() == "offline")
        #expect(try site.telemetry().events.last?.json?["state"]?.text == "online")
    }

    @Test func fieldsAreBounded() async throws {
        let site = try await Site()
        for part in 0..<4 {
            let sensors = (0..<64).map { "\"s\(part)_\($0)\":1" }.joined(separator: ",")
            try site.hear("iot/node/01/telemetry", "{\"sensors\":{\(sensors)}}")
        }
        #expect(throws: Refusal(.limitReached, "A node has at most 256 different fields.")) {
            try site.hear("iot/node/01/telemetry", #"{"sensors":{"one_more":1}}"#)
        }
        try site.hear("iot/node/01/telemetry", #"{"sensors":{"s3_63":1}}"#)
    }

    /// A spelling is kept with the node, and the table has bounds: one client must not make the batch of all others fail.
    @Test func spellingsAreBounded() async throws {
        let site = try await Site()
        let longest = String(repeating: "node_", count: 12) + "0001"
        let tooLong = String(repeating: "node_", count: 12) + "00001"
        for _ in 0..<2 {
            try site.telemetry("0001")
            try site.telemetry("00001")
            site.after(seconds: 2)
            #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 2)
            try site.telemetry(longest)
            #expect { try site.telemetry(tooLong) } throws: { ($0 as? Refusal)?.code == .invalidIdentifier }
            site.after(seconds: 2)
        }
        #expect(try site.row("SELECT wire_id FROM node WHERE device = 'node_0001'")?.text(0) == longest)
    }

    @Test func nodesAreBoundedAndNamesAreOfOneKind() async throws {
        let site = try await Site(deviceLimit: 2)
        try site.telemetry("a")
        try site.telemetry("b")
        #expect { try site.telemetry("c") } throws: { ($0 as? Refusal)?.code == .limitReached }
        try site.telemetry("node_a")
        let other = try await Site()
        try other.batch { _, line in
            let device = try #require(DeviceID("node_01"))
            _ = try other.devices.admit(device, kind: .parking, at: ten, in: try line.transaction())
        }
        #expect { try other.telemetry() } throws: { ($0 as? Refusal)?.code == .conflict }
        #expect(try other.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
    }

    @Test func theRegistryOfDevicesLearnsAddressAndFirmware() async throws {
        let site = try await Site()
        try site.telemetry()
        site.after(seconds: 2)
        try site.hear("iot/node/01/status", #"{"firmware":"1.4.2"}"#)
        site.after(seconds: 2)
        try site.tick()
        let row = try #require(try site.row("SELECT * FROM device"))
        #expect(try row.optionalText("address") == "10.0.0.7")
        #expect(try row.optionalText("firmware") == "1.4.2")
        #expect(try row.integer("last_seen") == ten.advanced(bySeconds: 2).microseconds)
    }
}
