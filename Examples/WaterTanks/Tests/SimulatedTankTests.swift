import HubModel
import HubTesting
import SolutionKit
import Testing
import WaterTanks

/// A simulated tank as a value: no socket, no clock.
@Suite struct SimulatedTankTests {
    private func tank() -> SimulatedTank {
        SimulatedTanks(count: 1, seed: 3, speaksHTTP: true).device(0, at: SolutionHouse.start)
    }

    private func requests(_ actions: [SimulatedAction<Never>]) -> [SimulatedRequest] {
        actions.compactMap { action in
            guard case .request(let request) = action else { return nil }
            return request
        }
    }

    private func reply(_ text: String, _ status: Int = 200) -> SimulatedEvent {
        .answered(.reply(status: status, body: Array(text.utf8)))
    }

    @Test(
        "over HTTP a tank reports, asks for its valve, and confirms what it obeyed with the next question"
    )
    func asks() throws {
        var tank = tank()
        let first = requests(tank.take(.due, at: tank.nextDue))
        #expect(first.map(\.method) == [.post, .get])
        #expect(
            first.map(\.path) == ["/api/tanks/tank_1/level", "/api/tanks/tank_1/valve?wait=1&after="])
        #expect(first[0].contentType == "application/json")
        #expect(try #require(try JSONTree(first[0].body)["level"]?.number) > 0)
        #expect(tank.take(reply("{}"), at: tank.nextDue).isEmpty)
        #expect(tank.take(reply(#"{"valve":"open","command_id":"c-1"}"#), at: tank.nextDue).isEmpty)
        let second = requests(tank.take(.due, at: tank.nextDue))
        #expect(second.last?.path == "/api/tanks/tank_1/valve?wait=1&after=c-1")
    }

    @Test(
        "an open valve fills it, and only a whole answer to the question for the valve moves the valve")
    func fills() throws {
        var tank = tank()
        func level(valve answer: SimulatedEvent) throws -> Double {
            let report = try #require(requests(tank.take(.due, at: tank.nextDue)).first)
            // The word is none in the answer to a report.
            _ = tank.take(reply(#"{"valve":"close","command_id":"c-9"}"#), at: tank.nextDue)
            _ = tank.take(answer, at: tank.nextDue)
            return try #require(try JSONTree(report.body)["level"]?.number)
        }
        let full = try level(valve: reply("", 204))
        let nothing = [
            reply("", 204), reply("no JSON"), reply(#"{"valve":"open"}"#),
            reply(#"{"valve":"open","command_id":"c"}"#, 500),
            reply(#"{"valve":"open","command_id":"c&wait=60"}"#), .answered(.noReply(.timeOver)),
        ]
        for event in nothing { for _ in 0..<60 { _ = try level(valve: event) } }
        let drawn = try level(valve: reply(#"{"valve":"open","command_id":"c-1"}"#))
        #expect(drawn < full)
        for _ in 0..<50 { _ = try level(valve: reply("", 204)) }
        #expect(try level(valve: reply(#"{"valve":"close","command_id":"c-2"}"#)) > drawn)
        // Nobody asked.
        #expect(tank.take(reply(#"{"valve":"open","command_id":"c-3"}"#), at: tank.nextDue).isEmpty)
    }

    @Test("over HTTP a tank has a key in its requests and no session of MQTT")
    func client() {
        let fleet = SimulatedTanks(count: 2, seed: 3, speaksHTTP: true)
        #expect(
            fleet.client(1).way == .http(credentials: .fields) && fleet.client(1).names == ["tank_2"])
        #expect(SimulatedTanks(count: 2, seed: 3).client(1).identifier == "tank_2-sensor")
        var tally = FleetTally<Never>()
        tally.noteAnswered(.reply(status: 200, body: []))
        #expect(fleet.summary(tally) == "1 requests answered, 0 failed")
        #expect(SimulatedTanks(count: 2, seed: 3).summary(tally) == "1 messages acknowledged, 0 failed")
    }
}
