import MQTTBroker
import MQTTCodec
import Testing

/// The tree of filters against the definition of matching, on everything random that fits.
struct SubscriptionTreeTests {
    private static let names = ["a", "b", "", "$x", "long-level-name"]

    private func randomFilter(_ random: inout Lehmer) -> String {
        var levels = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            Int.random(in: 0..<3, using: &random) == 0 ? "+" : Self.names.randomElement(using: &random) ?? "a"
        }
        if Int.random(in: 0..<3, using: &random) == 0 { levels.append("#") }
        let filter = levels.joined(separator: "/")
        return filter.isEmpty ? "/" : filter
    }

    private func randomTopic(_ random: inout Lehmer) -> String {
        let levels = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            Self.names.randomElement(using: &random) ?? "a"
        }
        let topic = levels.joined(separator: "/")
        return topic.isEmpty ? "/" : topic
    }

    @Test(
        "after any subscribing and unsubscribing, a topic reaches exactly those whose filter matches", arguments: 0..<40
    )
    func agreesWithTheModel(seed: Int) {
        var random = Lehmer(seed: UInt64(seed) &+ 77)
        let bench = Bench()
        let publisher = bench.connect("p")
        let clients = (0..<6).map { bench.connect("c\($0)") }
        var model = Array(repeating: Set<String>(), count: clients.count)
        for _ in 0..<200 {
            let index = Int.random(in: 0..<clients.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                let filter = randomFilter(&random)
                clients[index].subscribe(filter, qos: .atMostOnce)
                model[index].insert(filter)
            case 2:
                guard let filter = model[index].randomElement(using: &random) else { continue }
                clients[index].unsubscribe(filter)
                _ = clients[index].read()
                model[index].remove(filter)
            default:
                let name = randomTopic(&random)
                publisher.publish(name)
                for (client, filters) in zip(clients, model) {
                    let expected = filters.contains { modelMatches($0, name) }
                    #expect(client.messages().count == (expected ? 1 : 0), "\(name) against \(filters)")
                }
            }
        }
        for (client, filters) in zip(clients, model) {
            for filter in filters { client.unsubscribe(filter) }
        }
        #expect(bench.core.statistics().subscriptions == 0)
        #expect(bench.core.subscriptionNodes == 0)
    }

    /// Matching as the specification words it (4.7), level by level and slowly.
    private func modelMatches(_ filter: String, _ topic: String) -> Bool {
        var filter = filter.split(separator: "/", omittingEmptySubsequences: false)[...]
        var topic = topic.split(separator: "/", omittingEmptySubsequences: false)[...]
        if topic.first?.first == "$", filter.first == "+" || filter.first == "#" { return false }
        while let level = filter.popFirst() {
            if level == "#" { return true }
            guard let name = topic.popFirst(), level == "+" || level == name else { return false }
        }
        return topic.isEmpty
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct Lehmer: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
