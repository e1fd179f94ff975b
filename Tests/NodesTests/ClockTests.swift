import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// What becomes of nodes when the machine's clock is set back.
@Suite struct ClockTests {
    @Test func telemetryGoesOnWhenTheClockIsSetBack() async throws {
        let site = try await Site()
        try site.telemetry()
        site.after(seconds: -3_600)
        let effects = try site.telemetry()
        #expect(effects.readings.first?.isLate == false)
        #expect(effects.events.map(\.topic).contains("nodes/node_01/telemetry"))
        // And what is late by the new time is late again.
        let late = try site.hear("iot/node/01/telemetry", #"{"sensors":{"a":1},"timestamp":"2026-11-21T08:59:00Z"}"#)
        #expect(late.readings.first?.isLate == true)
    }

    /// Never set, ahead by a day, back by an hour in the middle, set to an epoch in the middle: who speaks is there.
    @Test(arguments: ["never set", "ahead", "back by an hour", "back to an epoch"])
    func aNodeThatSpeaksIsOnlineAndLiveWhateverItsClockSays(_ clock: String) async throws {
        let site = try await Site()
        for step in 0..<240 {
            let truth = site.now.microseconds / 1_000_000
            let claimed =
                switch clock {
                case "never set": Int64(946_684_800 + 5 * step)
                case "ahead": truth + 86_000
                case "back by an hour": step < 100 ? truth : truth - 3_600
                default: step < 100 ? truth : Int64(1_000_000_000 + 5 * step)
                }
            let effects = try site.hear(
                "iot/node/01/telemetry", #"{"sensors":{"a":\#(step)},"timestamp":\#(claimed)}"#)
            if step > 0 { #expect(try site.state() == "online", "\(clock), report \(step)") }
            // What it says is live from the first report on, or from a minute after its clock was changed.
            if !(100..<114).contains(step) {
                #expect(effects.events.contains { $0.topic == "nodes/node_01/telemetry" }, "\(clock), report \(step)")
            }
            site.after(seconds: 5)
            try site.tick()
        }
    }

    @Test func nobodyKnowsOfANodeThatWasHeardOfInTheFuture() async throws {
        let site = try await Site()
        try site.telemetry()
        site.after(seconds: -60)
        #expect(try site.tick().events.isEmpty)
        site.after(seconds: -3_600)
        let effects = try site.tick()
        #expect(effects.events.first?.json?["state"]?.text == "unknown")
        #expect(effects.events.first?.json?["state_since"]?.text == "2026-11-21T08:59:00.000000Z")
        #expect(try site.telemetry().events.last?.json?["state"]?.text == "online")
    }

    @Test func aValueThatWasReceivedInTheFutureIsStale() async throws {
        let site = try await Site()
        try site.telemetry()
        site.after(seconds: -60)
        let json = try JSONTree(try await site.call(.get, "/api/nodes/{id}/latest", ["id": "01"]).body)
        #expect(json["stale"] == .boolean(true))
    }
}
