import HubModel
import HubTesting
import SolutionKit
import Testing

/// What nodes say of their states to the observers of the line.
@Suite struct StateChangeTests {
    private func words(_ effects: Effects) -> [String] {
        effects.changes.map { change in
            let second = change.since.microseconds(since: ten) / 1_000_000
            return "\(change.device) \(change.subject) \(change.state ?? "-") \(second) \(change.severity)"
        }
    }

    @Test("Each change of a node's state is noted once, with the time since when it is so")
    func life() async throws {
        let site = try await Site()
        #expect(words(try site.telemetry()) == ["node_01 device online 0 good"])
        site.after(seconds: 10)
        #expect(words(try site.telemetry()) == [])
        #expect(
            words(try site.presence(.disconnected(clientID: "board", isClean: true)))
                == ["node_01 device asleep 10 good"])
        site.after(seconds: 1)
        #expect(words(try site.telemetry()) == ["node_01 device online 11 good"])
        site.after(seconds: 7_200)
        let silent = try site.tick().changes
        #expect(silent.map(\.state) == ["unknown"] && silent.map(\.severity) == [.unknown])
        #expect(words(try site.tick()) == [])
        #expect(
            words(try site.hear("iot/node/01/status", #"{"status":"offline"}"#))
                == ["node_01 device offline 7211 attention"])
        // What the tables say is said again once they were read.
        site.restart()
        #expect(words(try site.tick()) == ["node_01 device offline 7211 attention"])
        #expect(words(try site.tick()) == [])
    }
}
