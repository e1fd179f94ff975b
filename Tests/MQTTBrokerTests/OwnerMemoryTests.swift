import MQTTBroker
import MQTTCodec
import Testing

/// What one owner has the broker remember and keep is bounded for that owner first, and nobody else notices.
struct OwnerMemoryTests {
    // MARK: Memory

    @Test(
        "wills count by bytes, connected and waiting: beyond, CONNECT is answered quota exceeded",
        arguments: [UInt32(0), 100])
    func wills(delay: UInt32) {
        let bench = ownersBench {
            $0.rememberedBytesPerOwner = 10_000
            $0.rememberedBytes = 26_000
        }
        let delay = delay == 0 ? nil : delay
        let large = will("w", String(repeating: "x", count: 3_000), delay: delay)
        func come(_ name: String, _ will: Will?) -> (BenchClient, ReasonCode?) {
            let client = bench.connect(name, clean: false, expiry: 4_294_967_294, will: will)
            let reason = client.connack?.reason
            if delay != nil { client.drop() }
            return (client, reason)
        }
        let first = come("loud-1", large)
        for number in 2...3 { #expect(come("loud-\(number)", large).1 == .success) }
        #expect(come("loud-4", large).1 == .quotaExceeded)
        #expect(come("loud-4", nil).1 == .success, "without a will it may")
        #expect(come("loud-3", large).1 == .success, "its own will makes room for the next")
        for number in 1...3 { #expect(come("calm-\(number)", large).1 == .success, "another owner") }
        #expect(come("third-1", large).1 == .success)
        #expect(come("third-2", large).1 == .success)
        #expect(come("third-3", large).1 == .quotaExceeded, "all together")
        #expect(bench.core.statistics().rememberedBytes <= 26_000)
        // A will that is gone makes room.
        if delay == nil {
            first.0.disconnect()
        } else {
            bench.connect("loud-1", clean: false, expiry: 100).disconnect()
        }
        #expect(come("loud-5", large).1 == .success)
    }

    @Test("properties count: a will or a message of user properties is no smaller than one of as much payload")
    func properties() {
        let bench = ownersBench {
            $0.rememberedBytesPerOwner = 10_000
            $0.queuedBytes = 10_000
        }
        let property = Property.userProperty(text("n"), text(String(repeating: "v", count: 6_000)))
        let wordy = Will(topic: topic("w"), payload: [], qos: .atMostOnce, retain: false, properties: [property])
        #expect(bench.connect("loud-1", will: wordy).connack?.reason == .success)
        #expect(bench.connect("loud-2", will: wordy).connack?.reason == .quotaExceeded)
        let away = bench.connect("calm-1", clean: false, expiry: 100)
        away.subscribe("t")
        away.drop()
        let publisher = bench.connect("p")
        for number: UInt16 in 1...3 { publisher.publish("t", qos: .atLeastOnce, id: number, properties: [property]) }
        #expect(bench.core.statistics().queuedMessages == 1)
    }

    @Test("filters count by bytes and levels, over all sessions of an owner and while they are being stored")
    func filters() {
        let bench = ownersBench(.manual) { $0.rememberedBytesPerOwner = 3_000 }
        func come(_ name: String) -> BenchClient {
            let client = bench.connect(name, clean: false, expiry: 100)
            bench.commitAll()
            client.takeConnack()
            return client
        }
        let (one, two, other) = (come("loud-1"), come("loud-2"), come("calm-1"))
        func ask(_ client: BenchClient, _ text: String) {
            client.send(
                .subscribe(
                    Subscribe(
                        packetIdentifier: id(1),
                        subscriptions: [Subscription(filter: filter(text), maximumQoS: .atMostOnce)])))
        }
        func reasons(_ client: BenchClient) -> [ReasonCode] {
            client.read().flatMap { packet -> [ReasonCode] in
                if case .suback(let suback) = packet { suback.reasons } else { [] }
            }
        }
        let long = String(repeating: "x", count: 1_000)
        // None of them is stored yet when the next is looked at.
        ask(one, "a/\(long)")
        ask(two, "b/\(long)")
        ask(one, "c/\(long)")
        ask(other, "c/\(long)")
        bench.commitAll()
        // What is not stored need not be waited for.
        #expect(reasons(one) == [.quotaExceeded, .granted(.atMostOnce)])
        #expect(reasons(two) == [.granted(.atMostOnce)])
        #expect(reasons(other) == [.granted(.atMostOnce)])
        // The same again costs nothing; what is given up makes room.
        ask(one, "a/\(long)")
        bench.commitAll()
        #expect(reasons(one) == [.granted(.atMostOnce)])
        two.unsubscribe("b/\(long)")
        bench.commitAll()
        _ = two.read()
        ask(two, "c/\(long)")
        bench.commitAll()
        #expect(reasons(two) == [.granted(.atMostOnce)])
        // After a restart as before.
        let later = bench.afterCrash(mode: .immediate)
        let again = later.connect("loud-1", clean: false, expiry: 100)
        #expect(again.subscribe("d/\(long)") == [.quotaExceeded])
        #expect(later.connect("calm-1", clean: false, expiry: 100).subscribe("d/\(long)") == [.granted(.exactlyOnce)])
        // Short ones of many levels are many places in the tree.
        let deep = later.connect("deep-1")
        #expect(deep.subscribe(Array(repeating: "a", count: 100).joined(separator: "/")) == [.quotaExceeded])
    }

    @Test("the name of a shared subscription has at most 64 bytes")
    func shareNames() {
        let bench = ownersBench { _ in }
        let client = bench.connect("c")
        let (right, wrong) = (String(repeating: "g", count: 64), String(repeating: "g", count: 65))
        #expect(
            client.subscribe("$share/\(right)/t", "$share/\(wrong)/t", "t")
                == [.granted(.exactlyOnce), .topicFilterInvalid, .granted(.exactlyOnce)])
        #expect(bench.core.statistics().subscriptions == 2)
    }

    @Test("a filter that stands twice in a packet is one subscription: the last one counts, and is stored once")
    func repeatedFilters() {
        let bench = ownersBench { $0.subscriptionsPerSession = 1 }
        let client = bench.connect("c", clean: false, expiry: 100)
        #expect(client.subscribe("t", "t", "t", "u").map(\.isFailure) == [false, false, false, true])
        let stored = bench.committed.compactMap { entry -> Int? in
            if case .session(.subscribed(_, let added)) = entry { added.count } else { nil }
        }
        #expect(stored == [1])
    }

    @Test("a filter that is subscribed to again while its retained messages are sent begins again, and does not add up")
    func walks() {
        let bench = ownersBench { $0.unsentBytes = 2_000 }
        let publisher = bench.connect("p")
        for number in 0..<50 { publisher.publish("r/\(number)", String(repeating: "x", count: 500), retain: true) }
        let client = bench.connect("c")
        bench.stall(client.handle, true)
        for _ in 0..<20 { client.subscribe("r/+", qos: .atMostOnce) }
        bench.stall(client.handle, false)
        bench.advance(milliseconds: 1_000)
        let topics = client.messages().compactMap { $0.topic?.description }
        #expect(Set(topics).count == 50)
        #expect(topics.count < 120, "\(topics.count)")
    }

    @Test("topic aliases and packets that are not whole count: beyond, the connection ends with quota exceeded")
    func aliasesAndUnfinished() {
        let bench = ownersBench { $0.rememberedBytesPerOwner = 5_000 }
        let (loud, second, calm) = (bench.connect("loud-1"), bench.connect("loud-2"), bench.connect("calm-1"))
        for alias: UInt16 in 1...2 {
            loud.publish("\(alias)" + String(repeating: "t", count: 2_000), properties: [.topicAlias(alias)])
        }
        // The same alias again is not one more.
        loud.publish("3" + String(repeating: "t", count: 2_000), properties: [.topicAlias(2)])
        #expect(!loud.isClosed)
        bench.handle(.unfinished(bytes: 900, second.handle))
        bench.handle(.unfinished(bytes: 5_000, calm.handle))
        #expect(!second.isClosed && !calm.isClosed)
        bench.handle(.unfinished(bytes: 1_100, second.handle))
        #expect(second.read() == [.disconnect(Disconnect(reason: .quotaExceeded))])
        loud.publish("4" + String(repeating: "t", count: 2_000), properties: [.topicAlias(3)])
        #expect(loud.read() == [.disconnect(Disconnect(reason: .quotaExceeded))])
        bench.handle(.unfinished(bytes: 0, calm.handle))
        #expect(bench.core.statistics().rememberedBytes == 0)
    }

    // MARK: Messages

    @Test("what waits in an owner's sessions is bounded together, and in all; the newest is dropped")
    func queues() {
        let bench = ownersBench {
            $0.queuedBytesPerOwner = 5_000
            $0.totalQueuedBytes = 8_000
        }
        for name in ["loud-1", "loud-2", "calm-1", "third-1"] {
            let client = bench.connect(name, clean: false, expiry: 100)
            client.subscribe(name)
            client.drop()
        }
        let publisher = bench.connect("p")
        func send(_ name: String, _ count: Int) {
            for _ in 0..<count { publisher.publish(name, String(repeating: "x", count: 900), qos: .atLeastOnce, id: 1) }
        }
        func waiting(_ name: String) -> Int? {
            let owner = String(name.split(separator: "-")[0])
            return bench.stored.sessions[ConnectedClient.session(owner: owner, identifier: text(name))]?.queue.count
        }
        send("loud-1", 3)
        send("loud-2", 3)
        #expect([waiting("loud-1"), waiting("loud-2")] == [3, 1])
        send("calm-1", 2)
        #expect(waiting("calm-1") == 2)
        send("third-1", 3)
        #expect(waiting("third-1") == 1)
        // What is taken makes room.
        let back = bench.connect("loud-1", clean: false, expiry: 100)
        for message in back.messages() { back.puback(message.packetIdentifier?.rawValue ?? 0) }
        send("loud-2", 1)
        #expect(waiting("loud-2") == 2)
    }

    @Test(
        "QoS 2 identifiers that are not released count, however often the client comes again", arguments: [true, false])
    func unreleased(isPerOwner: Bool) {
        let bench = ownersBench {
            $0.receiveMaximum = 2
            $0.unreleasedIdentifiersPerOwner = isPerOwner ? 4 : 100
            $0.unreleasedIdentifiers = isPerOwner ? 100 : 4
        }
        var reasons: [ReasonCode] = []
        for round: UInt16 in 0..<3 {
            let client = bench.connect("loud-1", clean: false, expiry: 100)
            for number: UInt16 in 1...2 {
                client.publish("t", qos: .exactlyOnce, id: round * 2 + number)
                for case .pubrec(let answer) in client.read() { reasons.append(answer.reason) }
            }
            client.drop()
        }
        #expect(reasons == Array(repeating: .success, count: 4) + Array(repeating: .quotaExceeded, count: 2))
        // A 3.1.1 client could not be told.
        let old = bench.connect("loud-2", .v3_1_1)
        old.publish("t", qos: .exactlyOnce, id: 1)
        #expect(old.isClosed)
        let client = bench.connect("loud-1", clean: false, expiry: 100)
        client.publish("t", qos: .exactlyOnce, id: 1)
        #expect(client.read() == [.pubrec(answer(1))], "one that it has is answered again")
        client.pubrel(1)
        client.publish("t", qos: .exactlyOnce, id: 9)
        #expect(client.read() == [.pubcomp(answer(1)), .pubrec(answer(9))])
        let calm = bench.connect("calm-1")
        calm.publish("t", qos: .exactlyOnce, id: 1)
        #expect(calm.read() == [.pubrec(answer(1, isPerOwner ? .success : .quotaExceeded))])
    }

    @Test("retained messages count for who published them, by number and by bytes, also after a restart")
    func retained() {
        let bench = ownersBench {
            $0.retainedMessagesPerOwner = 2
            $0.retainedBytesPerOwner = 2_000
        }
        func retain(_ bench: Bench, _ name: String, _ topic: String, _ size: Int = 10) -> ReasonCode? {
            let client = bench.connect(name)
            client.publish(topic, String(repeating: "x", count: size), qos: .atLeastOnce, id: 1, retain: true)
            defer { client.disconnect() }
            guard case .puback(let answer)? = client.read().first else { return nil }
            return answer.reason
        }
        #expect(retain(bench, "loud-1", "a") == .success)
        #expect(retain(bench, "loud-2", "b") == .success)
        #expect(retain(bench, "loud-1", "c") == .quotaExceeded)
        #expect(retain(bench, "loud-1", "a", 1_000) == .success, "it may replace its own")
        #expect(retain(bench, "loud-1", "b", 1_000) == .quotaExceeded)
        let later = bench.afterCrash()
        #expect(retain(later, "loud-1", "c") == .quotaExceeded)
        #expect(retain(later, "calm-1", "c") == .success)
        // Whoever replaces it has it from now on.
        #expect(retain(later, "calm-1", "b") == .success)
        #expect(retain(later, "loud-1", "d") == .success)
        later.connect("p").publish("a", "", qos: .atLeastOnce, id: 1, retain: true)
        #expect(retain(later, "loud-1", "e", 900) == .success)
    }
}
