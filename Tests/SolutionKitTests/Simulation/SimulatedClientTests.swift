import SolutionKit
import Testing

/// How simulated devices reach their hub, as values.
@Suite struct SimulatedClientTests {
    @Test("a client over MQTT has a session, one over HTTP has none")
    func ways() {
        let will = SimulatedMessage(topic: "a/gone", payload: [1])
        let mqtt = SimulatedClient(
            identifier: "a-sensor", names: ["a"], subscriptions: ["a/valve"], will: will, delay: 5)
        #expect(mqtt.way == .mqtt(SimulatedSession(identifier: "a-sensor", subscriptions: ["a/valve"], will: will)))
        #expect(mqtt.identifier == "a-sensor" && mqtt.subscriptions == ["a/valve"] && mqtt.will == will)
        let http = SimulatedClient(.http(credentials: .fields), names: ["a"])
        #expect(http.session == nil && http.identifier == nil && http.subscriptions.isEmpty && http.will == nil)
    }

    @Test("what a device shows prints no key")
    func secrecy() {
        let shown = SimulatedCredentials(name: "barn", key: "mdk_secret")
        #expect("\(shown)" == "barn, with a key" && !String(reflecting: shown).contains("secret"))
    }

    @Test(
        "an answer of 200 to 299 is stored, one of 401 or 403 refuses the device, all else failed",
        arguments: [
            (200, 1, 0, 0), (204, 1, 0, 0), (299, 1, 0, 0), (304, 0, 1, 0), (400, 0, 1, 0), (401, 0, 0, 1),
            (402, 0, 1, 0), (403, 0, 0, 1), (404, 0, 1, 0), (429, 0, 1, 0), (503, 0, 1, 0),
        ])
    func tally(status: Int, acknowledged: Int, failed: Int, refused: Int) {
        var tally = FleetTally<Never>()
        tally.noteAnswered(.reply(status: status, body: []))
        #expect((tally.acknowledged, tally.failed, tally.refused) == (acknowledged, failed, refused))
    }

    @Test(
        "a request without an answer failed",
        arguments: [.hubAway, .timeOver, .tooLarge, .notSent] as [SimulatedAnswer.Reason])
    func silence(reason: SimulatedAnswer.Reason) {
        var tally = FleetTally<Never>()
        tally.noteAnswered(.noReply(reason))
        #expect((tally.acknowledged, tally.failed, tally.refused) == (0, 1, 0))
    }

    @Test(
        "a device waits for a microsecond at least and two minutes at most",
        arguments: [(-1, 1), (0, 1), (5_000, 5_000), (.max, 120_000_000)] as [(Int64, Int64)])
    func time(asked: Int64, limit: Int64) {
        #expect(SimulatedRequest(.get, "/", timeLimit: asked).timeLimit == limit)
    }
}
