import MQTTBroker
import MQTTCodec
import Testing

/// Retained messages: kept, replaced, removed, sent to new subscriptions.
struct RetainedTests {
    @Test("the last one is sent with RETAIN to a new subscription; an empty one removes it")
    func lastOne() {
        let bench = Bench()
        let publisher = bench.connect("p")
        publisher.publish("t", "1", retain: true)
        publisher.publish("t", "2", retain: true)
        publisher.publish("t", "not kept")
        let client = bench.connect("c")
        client.subscribe("t")
        let messages = client.messages()
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["2"])
        #expect(messages.map(\.retain) == [true])
        publisher.publish("t", "", retain: true)
        #expect(client.payloads() == [""])
        let late = bench.connect("l")
        late.subscribe("t")
        #expect(late.messages().isEmpty)
        #expect(bench.core.statistics().retainedMessages == 0)
        #expect(bench.core.statistics().retainedBytes == 0)
        #expect(bench.stored.retained.isEmpty)
    }

    @Test("retain handling: always, only if new, never")
    func handling() {
        let bench = Bench()
        bench.connect("p").publish("t", "kept", retain: true)
        let client = bench.connect("c")
        client.subscribe("t", handling: .doNotSend)
        #expect(client.messages().isEmpty)
        client.subscribe("t", handling: .sendIfNew)
        #expect(client.messages().isEmpty)
        client.subscribe("t", handling: .sendAtSubscribe)
        #expect(client.messages().count == 1)
        client.unsubscribe("t")
        _ = client.read()
        client.subscribe("t", handling: .sendIfNew)
        #expect(client.messages().count == 1)
    }

    @Test(
        "wildcards find what they match, and nothing else",
        arguments: [
            ("#", ["a", "a/b", "a/b/c", "a/b/c/d", "x/b/c"]), ("a/#", ["a", "a/b", "a/b/c", "a/b/c/d"]),
            ("a/b/#", ["a/b", "a/b/c", "a/b/c/d"]), ("a/b/c/#", ["a/b/c", "a/b/c/d"]), ("+/b/c", ["a/b/c", "x/b/c"]),
            ("a/+/c", ["a/b/c"]), ("a/b/c/d/#", ["a/b/c/d"]), ("a/b/c/d", ["a/b/c/d"]), ("+", ["a"]),
            ("$S/#", ["$S/x"]),
            ("a/b/c/d/e", []), ("b/#", []),
        ])
    func wildcards(filter: String, found: [String]) {
        let bench = Bench()
        let publisher = bench.connect("p")
        for name in ["a", "a/b", "a/b/c", "a/b/c/d", "x/b/c", "$S/x"] { publisher.publish(name, retain: true) }
        let client = bench.connect("c")
        client.subscribe(filter)
        #expect(client.messages().compactMap { $0.topic?.description }.sorted() == found)
    }

    @Test(
        "many retained messages reach a slow client complete, in pieces, outside the bound of its queue",
        arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce], [false, true])
    func many(qos: QoS, kept: Bool) {
        var configuration = BrokerConfiguration()
        configuration.limits.queuedMessages = 50
        configuration.limits.unsentBytes = 5_000
        let bench = Bench(configuration)
        let publisher = bench.connect("p")
        for number in 0..<3_000 {
            publisher.publish("r/\(number)", qos: qos, id: qos == .atMostOnce ? 0 : 1, retain: true)
            if qos == .exactlyOnce { publisher.pubrel(1) }
        }
        let client = bench.connect("c", clean: !kept, expiry: kept ? 100 : 0, properties: [.receiveMaximum(20)])
        bench.stall(client.handle, true)
        client.subscribe("r/+", qos: qos)
        #expect(bench.core.statistics().unsentBytes < 7_000)
        bench.stall(client.handle, false)
        var seen: Set<String> = []
        var rounds = 0
        while seen.count < 3_000, rounds < 10_000 {
            rounds += 1
            for message in client.messages() {
                let isNew = seen.insert(message.topic?.description ?? "").inserted
                #expect(isNew)
                #expect(message.retain && message.qos == qos)
                let number = message.packetIdentifier?.rawValue ?? 0
                if qos == .atLeastOnce { client.puback(number) }
                if qos == .exactlyOnce {
                    client.pubrec(number)
                    client.pubcomp(number)
                }
            }
            bench.advance(milliseconds: 250)
        }
        #expect(seen.count == 3_000)
        #expect(bench.core.statistics().counters.messagesDropped == 0)
        if kept { #expect(bench.stored.sessions[text("c")]?.queue.isEmpty == true) }
    }

    @Test("what is retained while older ones are on their way to a new subscriber comes once", arguments: QoS.allCases)
    func meanwhile(qos: QoS) {
        let bench = Bench()
        let publisher = bench.connect("p")
        let identifier: UInt16 = qos == .atMostOnce ? 0 : 1
        for number in 0..<600 {
            publisher.publish("r/\(number)", qos: qos, id: identifier, retain: true)
            publisher.pubrel(1)
        }
        let client = bench.connect("c", properties: [.receiveMaximum(20)])
        bench.stall(client.handle, true)
        client.subscribe("r/#", qos: qos)
        for number in 600..<610 {
            publisher.publish("r/\(number)", qos: qos, id: identifier, retain: true)
            publisher.pubrel(1)
        }
        bench.stall(client.handle, false)
        var heard: [String: Int] = [:]
        for _ in 0..<200 {
            for message in client.messages() {
                heard[message.topic?.description ?? "", default: 0] += 1
                let number = message.packetIdentifier?.rawValue ?? 0
                if qos == .atLeastOnce { client.puback(number) }
                if qos == .exactlyOnce {
                    client.pubrec(number)
                    client.pubcomp(number)
                }
            }
            bench.advance(milliseconds: 250)
        }
        #expect(heard.count == 610)
        #expect(heard.values.allSatisfy { $0 == 1 })
    }

    @Test("retained messages expire")
    func expiry() {
        let bench = Bench()
        let publisher = bench.connect("p")
        publisher.publish("short", retain: true, properties: [.messageExpiryInterval(10)])
        publisher.publish("long", retain: true, properties: [.messageExpiryInterval(100)])
        bench.advance(milliseconds: 30_000)
        let client = bench.connect("c")
        client.subscribe("#")
        let messages = client.messages()
        #expect(messages.map { $0.topic?.description } == ["long"])
        #expect(messages.first?.properties.messageExpiryInterval == 70)
        #expect(bench.core.statistics().retainedMessages == 1)
        let after = bench.afterCrash(milliseconds: 80_000)
        #expect(after.core.statistics().retainedMessages == 0)
    }

    @Test("a state that does not say how far ids have come is still sent, and counted on from")
    func restoredIDs() {
        let message = Message(
            id: 500, topic: topic("t"), payload: [1], qos: .atMostOnce, retain: true, receivedAt: Bench.start.wall)
        let bench = Bench(state: BrokerState(retained: [message.topic: message]))
        let client = bench.connect("c")
        client.subscribe("#")
        #expect(client.messages().count == 1)
        client.publish("u", qos: .atLeastOnce, id: 1)
        #expect(bench.committed.compactMap(\.publication).map(\.message.id) == [501])
    }

    @Test("a subscriber that takes over does not get retained messages again")
    func notOnResume() {
        let bench = Bench()
        bench.connect("p").publish("t", "kept", retain: true)
        let client = bench.connect("c", clean: false, expiry: 100)
        client.subscribe("t")
        #expect(client.payloads() == ["kept"])
        #expect(bench.connect("c", clean: false, expiry: 100).messages().isEmpty)
    }

    @Test("retained only after the commit, and not if refused; who subscribes in between gets it")
    func afterCommit() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("c")
        bench.commitAll()
        client.publish("t", "1", qos: .atLeastOnce, id: 1, retain: true)
        client.publish("u", "2", qos: .atLeastOnce, id: 2, retain: true)
        client.publish("v", "3", qos: .atLeastOnce, id: 3)
        _ = client.read()
        client.subscribe("#")
        client.publish("u", "4", retain: true)
        #expect(client.messages().isEmpty)
        bench.commit([.refused(.quotaExceeded), .committed, .committed])
        let messages = client.messages()
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["2"])
        #expect(messages.map(\.retain) == [true])
        bench.commitAll()
        #expect(client.payloads() == ["4"])
    }

    @Test("the server forgets what is retained on topics, behind what is being stored")
    func forgotten() {
        let bench = Bench(mode: .manual)
        let client = bench.dial()
        client.connect("c")
        bench.commitAll()
        for name in ["node/31/status", "node/31/telemetry", "node/32/status"] {
            client.publish(name, retain: true)
        }
        bench.handle(.forgetRetained([filter("node/31/status"), filter("node/31/+")]))
        bench.commitAll()
        #expect(bench.stored.retained.keys.map(\.description) == ["node/32/status"])
        #expect(bench.core.statistics().retainedMessages == 1)
        #expect(bench.afterCrash().core.statistics().retainedMessages == 1)
    }
}
