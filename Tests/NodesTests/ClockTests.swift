import HubModel
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
        let json = try JSONValue(try await site.call(.get, "/api/nodes/{id}/latest", ["id": "01"]).body)
        #expect(json["stale"] == .boolean(true))
    }
}
