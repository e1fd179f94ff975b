import MQTTBroker
import MQTTCodec
import Testing

/// Memory stays bounded, whoever is slow or fast.
struct BoundsTests {
    @Test("bytes that a lost client has not taken count no more")
    func unsentOfTheLost() {
        let bench = Bench()
        let client = bench.connect("c")
        client.subscribe("t", qos: .atMostOnce)
        bench.stall(client.handle, true)
        bench.connect("p").publish("t", String(repeating: "x", count: 5_000))
        #expect(bench.core.statistics().unsentBytes > 5_000)
        client.drop()
        #expect(bench.core.statistics().unsentBytes == 0)
    }

    @Test("a goodbye may not keep a session longer than a session may be kept")
    func expiryAtGoodbye() {
        var configuration = BrokerConfiguration()
        configuration.maximumSessionExpiry = 100
        let bench = Bench(configuration)
        bench.connect("c", clean: false, expiry: 50).disconnect(expiry: 1_000_000)
        #expect(bench.stored.sessions[text("c")]?.expiryInterval == 100)
        bench.advance(milliseconds: 101_000)
        #expect(bench.core.statistics().sessions == 0)
    }

    @Test("QoS 0 to a client that takes nothing is dropped beyond the bound, and counted; others are not touched")
    func slowAtMostOnce() {
        var configuration = BrokerConfiguration()
        configuration.limits.unsentBytes = 10_000
        let bench = Bench(configuration)
        let publisher = bench.connect("p")
        let slow = bench.connect("slow")
        let fast = bench.connect("fast")
        slow.subscribe("t")
        fast.subscribe("t")
        bench.stall(slow.handle, true)
        let payload = String(repeating: "x", count: 900)
        for _ in 0..<1_000 { publisher.publish("t", payload) }
        #expect(bench.core.statistics().unsentBytes < 12_000)
        #expect(fast.messages().count == 1_000)
        let dropped = bench.core.statistics().counters.messagesDropped
        #expect(dropped > 980)
        #expect(slow.messages().count == 1_000 - Int(dropped))
        #expect(slow.isReadingPaused)
        bench.stall(slow.handle, false)
        #expect(!slow.isReadingPaused)
        publisher.publish("t", "again")
        #expect(slow.payloads() == ["again"])
    }

    @Test(
        "QoS 1 to a client that takes nothing waits up to the bounds of its queue; the newest is dropped",
        arguments: [false, true])
    func slowAtLeastOnce(kept: Bool) {
        var configuration = BrokerConfiguration()
        configuration.limits.unsentBytes = 1_000
        configuration.limits.queuedMessages = 20
        let bench = Bench(configuration)
        let publisher = bench.connect("p")
        let slow = bench.connect("slow", clean: !kept, expiry: kept ? 100 : 0)
        slow.subscribe("t")
        bench.stall(slow.handle, true)
        for number: UInt16 in 1...100 {
            publisher.publish("t", "\(number)" + String(repeating: " ", count: 200), qos: .atLeastOnce, id: number)
        }
        #expect(bench.core.statistics().queuedMessages == 20)
        #expect(bench.core.statistics().counters.messagesDropped == 80)
        bench.stall(slow.handle, false)
        var seen: [String] = []
        while true {
            let messages = slow.messages()
            if messages.isEmpty { break }
            for message in messages {
                seen.append(String(decoding: message.payload, as: UTF8.self).filter { $0 != " " })
                slow.puback(message.packetIdentifier?.rawValue ?? 0)
            }
        }
        #expect(seen == (1...20).map(String.init))
        #expect(bench.core.statistics().queuedMessages == 0)
    }

    @Test("a client that takes nothing costs no turns; one held up by others goes on when they have gone")
    func heldUp() {
        var configuration = BrokerConfiguration()
        configuration.limits.unsentBytes = 1_000
        configuration.limits.totalUnsentBytes = 1_500
        let bench = Bench(configuration)
        let publisher = bench.connect("p")
        let slow = bench.connect("slow")
        let other = bench.connect("other")
        slow.subscribe("t")
        bench.stall(slow.handle, true)
        for _ in 0..<10 { publisher.publish("t", String(repeating: "x", count: 600), qos: .atLeastOnce, id: 1) }
        #expect(!bench.core.wantsTurn)
        other.subscribe("u")
        _ = other.read()
        publisher.publish("big", String(repeating: "x", count: 300), retain: true)
        bench.stall(other.handle, true)
        bench.handle(.publish([ServerMessage(topic: topic("u"), payload: Array(repeating: 1, count: 700))]))
        bench.stall(other.handle, false)
        #expect(bench.core.statistics().unsentBytes > 1_000)
        slow.drop()
        publisher.publish("u", "now", qos: .atLeastOnce, id: 2)
        #expect(other.payloads().last == "now")
        #expect(!bench.core.wantsTurn)
    }

    @Test("the queue of a client that is away is bounded in bytes")
    func bytes() {
        var configuration = BrokerConfiguration()
        configuration.limits.queuedBytes = 10_000
        let bench = Bench(configuration)
        let publisher = bench.connect("p")
        let away = bench.connect("away", clean: false, expiry: 100)
        away.subscribe("t")
        away.drop()
        for number: UInt16 in 1...100 {
            publisher.publish("t", String(repeating: "x", count: 1_000), qos: .atLeastOnce, id: number)
        }
        #expect(bench.stored.sessions[text("away")]?.queue.count == 9)
    }

    @Test("a ledger that is behind: overloaded at the bound, recovered at half of it")
    func overload() {
        var configuration = BrokerConfiguration()
        configuration.limits.uncommittedEntries = 100
        let bench = Bench(configuration, mode: .manual)
        let publisher = bench.connect("p")
        bench.commitAll()
        for number: UInt16 in 1...99 { publisher.publish("t", qos: .atLeastOnce, id: number) }
        #expect(!bench.core.isOverloaded)
        publisher.publish("t", qos: .atLeastOnce, id: 100)
        #expect(bench.core.isOverloaded)
        bench.commit(Array(repeating: .committed, count: 49))
        #expect(!bench.core.hasRecovered)
        bench.commit([.committed])
        #expect(bench.core.hasRecovered)
        bench.commitAll()
        configuration.limits.uncommittedEntries = 1_000_000
        configuration.limits.uncommittedBytes = 10_000
        let other = Bench(configuration, mode: .manual)
        let client = other.connect("p")
        other.commitAll()
        client.publish("t", String(repeating: "x", count: 10_000))
        #expect(other.core.isOverloaded)
    }

    @Test("too many connections, too many sessions")
    func tooMany() {
        var configuration = BrokerConfiguration()
        configuration.limits.connections = 2
        configuration.limits.sessions = 1
        let bench = Bench(configuration)
        bench.connect("a")
        #expect(bench.connect("b").connack?.reason == .quotaExceeded)
        bench.connect("a")
        // One is let in; with room for two sessions a second one comes in, and a third does not.
        configuration.limits.sessions = 10
        let other = Bench(configuration)
        #expect(other.connect("a").connack?.reason == .success)
        #expect(other.connect("b").connack?.reason == .success)
        #expect(other.connect("c").connack?.reason == .serverBusy)
        #expect(other.connect("d", .v3_1_1).connack?.reason == .serverUnavailable)
        // Who takes its own place needs no other, and who leaves makes room.
        let again = other.connect("a")
        #expect(again.connack?.reason == .success)
        again.send(.disconnect(Disconnect()))
        #expect(other.connect("c").connack?.reason == .success)
        #expect(other.core.statistics().counters.connectionsRefusedByReason[.serverBusy] == 2)
    }

    @Test("identifiers go round: 70,000 messages, one of the first never acknowledged")
    func identifiersGoRound() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c")
        client.subscribe("t", qos: .atLeastOnce)
        var held: PacketIdentifier?
        for number in 0..<70_000 {
            publisher.publish("t", qos: .atLeastOnce, id: 1)
            guard let message = client.messages().first, let identifier = message.packetIdentifier else {
                Issue.record("message \(number) did not come")
                return
            }
            if number == 3 {
                held = identifier
            } else {
                #expect(identifier != held)
                client.puback(identifier.rawValue)
            }
        }
        #expect(bench.core.statistics().queuedMessages == 1)
    }

    @Test("ten thousand clients come and go and leave nothing")
    func comeAndGo() {
        let bench = Bench()
        for round in 0..<100 {
            let clients = (0..<100).map { bench.connect("c\($0)", will: will("w", "x")) }
            for client in clients { client.subscribe("a/\(round)/+", "b/#", "$share/g/x") }
            for client in clients { client.drop() }
        }
        let statistics = bench.core.statistics()
        #expect(statistics.sessions == 0)
        #expect(statistics.subscriptions == 0)
        #expect(statistics.connections == 0)
        #expect(statistics.unsentBytes == 0)
    }
}
