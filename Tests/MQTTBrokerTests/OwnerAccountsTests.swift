import MQTTBroker
import MQTTCodec
import Testing

/// What is counted for owners, held against what is there, after a random history.
struct OwnerAccountsTests {
    /// The clients of a history, and what the wills of each take.
    private struct Crowd {
        var online: [String: BenchClient] = [:]
        var wills: [String: Int] = [:]
    }

    @Test("after any history what is counted is what is there, with and without a restart", arguments: UInt64(1)...60)
    func history(seed: UInt64) {
        var dice = Lehmer(seed: seed)
        var bench = ownersBench {
            $0.sessionsPerOwner = 4
            $0.sessions = 9
            $0.queuedBytesPerOwner = 3_000
            $0.rememberedBytesPerOwner = 2_500
            $0.unreleasedIdentifiersPerOwner = 5
            $0.queuedMessages = 8
        }
        var crowd = Crowd()
        for step in 0..<120 {
            if Int.random(in: 0..<40, using: &dice) == 0 {
                // Wills are another story.
                for name in crowd.wills.keys.sorted() {
                    bench.connect(name, clean: false, expiry: 2_000_000).disconnect()
                }
                bench = bench.afterCrash()
                crowd = Crowd()
            } else {
                act(bench, &crowd, &dice)
            }
            guard isRight(bench, crowd) else {
                Issue.record("seed \(seed), step \(step)")
                return
            }
        }
    }

    private func act(_ bench: Bench, _ crowd: inout Crowd, _ dice: inout Lehmer) {
        let name = "o\(Int.random(in: 0..<3, using: &dice))-\(Int.random(in: 0..<5, using: &dice))"
        let filters = ["a", "a/b", "a/+", "$share/g/a/b", "c/d/e"]
        let text = filters[Int.random(in: 0..<filters.count, using: &dice)]
        guard let client = crowd.online[name], !client.isClosed else {
            connect(bench, name, &crowd, &dice)
            return
        }
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: connect(bench, name, &crowd, &dice)
        case 1:
            client.disconnect()
            crowd.wills[name] = nil
            crowd.online[name] = nil
        case 2:
            client.drop()
            crowd.online[name] = nil
        case 3: client.subscribe(text)
        case 4: client.unsubscribe(text)
        case 5:
            let size = Int.random(in: 0..<500, using: &dice)
            client.publish("a/b", String(repeating: "x", count: size), qos: .atLeastOnce, id: 1)
        case 6: client.publish("c", qos: .exactlyOnce, id: .random(in: 1...9, using: &dice))
        case 7: client.pubrel(.random(in: 1...9, using: &dice))
        default:
            for message in client.messages() where message.qos == .atLeastOnce {
                client.puback(message.packetIdentifier?.rawValue ?? 0)
            }
        }
    }

    private func connect(_ bench: Bench, _ name: String, _ crowd: inout Crowd, _ dice: inout Lehmer) {
        let size = Int.random(in: 0..<900, using: &dice)
        let wanted = size < 450 ? nil : will("w", String(repeating: "x", count: size), delay: 1_000_000)
        let client = bench.connect(
            name, clean: Bool.random(using: &dice), expiry: 2_000_000, will: wanted)
        guard client.connack?.reason == .success else { return }
        crowd.online[name] = client
        // Topic, payload, the delay, and what every message takes.
        crowd.wills[name] = wanted.map { 1 + $0.payload.count + 48 + 5 + 96 }
    }

    private func isRight(_ bench: Bench, _ crowd: Crowd) -> Bool {
        let state = bench.core.state()
        let statistics = bench.core.statistics()
        let filters = state.sessions.values.flatMap(\.subscriptions.keys)
        let names = Set(state.sessions.keys.map { String($0.description.split(separator: "\u{1F}")[1]) })
        // Those whose session gave way have no will any more.
        let wills = crowd.wills.filter { names.contains($0.key) }.values.reduce(0, +)
        let remembered = wills + filters.reduce(0) { $0 + $1.bytes.count + 64 * ($1.levelCount + 1) }
        let queued = state.sessions.values.flatMap(\.queue).reduce(0) {
            $0 + $1.message.topic.bytes.count + $1.message.payload.count + 96
        }
        let unreleased = state.sessions.values.reduce(0) { $0 + $1.inboundIdentifiers.count }
        let owners = Set(state.sessions.values.map(\.owner))
        for (counted, there, what) in [
            (statistics.sessions, state.sessions.count, "sessions"), (statistics.owners, owners.count, "owners"),
            (statistics.rememberedBytes, remembered, "remembered"), (statistics.queuedBytes, queued, "queued"),
            (statistics.unreleasedIdentifiers, unreleased, "unreleased"),
        ] where counted != there {
            Issue.record("\(what): \(counted) counted, \(there) there")
            return false
        }
        let mostOfOwner = Dictionary(grouping: state.sessions.values, by: \.owner).values.map(\.count).max() ?? 0
        return state.sessions.count <= 9 && mostOfOwner <= 4
    }
}
