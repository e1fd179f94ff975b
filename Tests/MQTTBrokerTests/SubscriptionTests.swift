import MQTTBroker
import MQTTCodec
import Testing

/// What a subscription brings: filters, options, identifiers, shares.
struct SubscriptionTests {
    @Test("overlapping filters of one client bring one copy, at the higher QoS, with all identifiers")
    func overlapping() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c")
        client.subscribe("a/#", qos: .atMostOnce, identifier: 1)
        client.subscribe("a/+", qos: .exactlyOnce, identifier: 2)
        client.subscribe("a/b", qos: .atLeastOnce, identifier: 3)
        publisher.publish("a/b", qos: .exactlyOnce, id: 1)
        let messages = client.messages()
        #expect(messages.map(\.qos) == [.exactlyOnce])
        #expect(messages.first.map { Set($0.properties.subscriptionIdentifiers) } == [1, 2, 3])
    }

    @Test("subscribing again replaces the options; unsubscribing ends it, and says if there was nothing to end")
    func replaceAndEnd() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c")
        client.subscribe("t", qos: .atMostOnce, identifier: 5)
        client.subscribe("t", qos: .atLeastOnce, identifier: 6)
        publisher.publish("t", qos: .atLeastOnce, id: 1)
        let messages = client.messages()
        #expect(messages.map(\.qos) == [.atLeastOnce])
        #expect(messages.first?.properties.subscriptionIdentifiers == [6])
        client.unsubscribe("t", "u")
        #expect(
            client.read() == [
                .unsuback(Unsuback(packetIdentifier: id(9_998), reasons: [.success, .noSubscriptionExisted]))
            ])
        publisher.publish("t")
        #expect(client.messages().isEmpty)
        #expect(bench.core.statistics().subscriptions == 0)
    }

    @Test("no local: not the client's own messages; retain as published: the flag as it was")
    func options() {
        let bench = Bench()
        let other = bench.connect("o")
        let client = bench.connect("c")
        client.subscribe("t", noLocal: true)
        client.subscribe("r", retainAsPublished: true)
        client.subscribe("s")
        client.publish("t", "own")
        other.publish("t", "other")
        #expect(client.payloads() == ["other"])
        other.publish("r", retain: true)
        other.publish("r")
        other.publish("s", retain: true)
        #expect(client.messages().map(\.retain) == [true, false, false])
    }

    @Test("SUBSCRIBE of a kept session counts and is answered when the ledger has it")
    func storedFirst() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("c", clean: false, expiry: 100)
        let publisher = bench.connect("p")
        bench.commitAll()
        _ = client.read()
        client.subscribe("t")
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read().map(\.type) == [.suback])
        client.unsubscribe("t")
        #expect(client.read().isEmpty)
        publisher.publish("t")
        bench.commitAll()
        #expect(client.read().map(\.type) == [.unsuback, .publish])
        client.subscribe("u")
        bench.commit([.failed])
        #expect(client.read() == [.disconnect(Disconnect(reason: .serverBusy))])
    }

    @Test("limits: depth of a filter, subscriptions of a session")
    func limits() {
        var configuration = BrokerConfiguration()
        configuration.limits.topicLevels = 3
        configuration.limits.subscriptionsPerSession = 2
        let bench = Bench(configuration)
        let client = bench.connect("c")
        #expect(
            client.subscribe("a/b/c", "a/b/c/d", "+/+/+/+", String(repeating: "/", count: 60_000)) == [
                .grantedQoS2, .topicFilterInvalid, .topicFilterInvalid, .topicFilterInvalid,
            ])
        #expect(client.subscribe("b", "c", "b") == [.grantedQoS2, .quotaExceeded, .grantedQoS2])
    }

    @Test("$ topics match no leading wildcard, but their own filters")
    func dollar() {
        let bench = Bench()
        let client = bench.connect("c")
        client.subscribe("#")
        client.subscribe("+/x")
        let own = bench.connect("d")
        own.subscribe("$thing/#")
        client.publish("$thing/x", "1")
        #expect(client.payloads().isEmpty)
        #expect(own.payloads() == ["1"])
        bench.handle(.publish([ServerMessage(topic: topic("$SYS/broker/uptime"), payload: [1])]))
        #expect(client.payloads().isEmpty)
    }

    @Test("a shared subscription brings each message to one member, in turn")
    func sharedInTurn() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let members = (0..<3).map { bench.connect("m\($0)") }
        for member in members { member.subscribe("$share/g/t/#", qos: .atLeastOnce) }
        let outsider = bench.connect("o")
        outsider.subscribe("$share/h/t/#")
        for number in 1...9 { publisher.publish("t/x", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        #expect(members.map { $0.payloads().count } == [3, 3, 3])
        #expect(outsider.payloads().count == 9)
        members[0].drop()
        members[1].unsubscribe("$share/g/t/#")
        _ = members[1].read()
        for number in 1...4 { publisher.publish("t/x", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        #expect(members[1].payloads().isEmpty)
        #expect(members[2].payloads().count == 4)
    }

    @Test(
        "a shared and an ordinary subscription of one client are two; retained messages do not come by the shared one")
    func sharedAndOrdinary() {
        let bench = Bench()
        let client = bench.connect("c")
        client.publish("t", "kept", retain: true)
        client.subscribe("$share/g/t", identifier: 1)
        #expect(client.payloads().isEmpty)
        client.subscribe("t", identifier: 2)
        #expect(client.payloads() == ["kept"])
        client.publish("t", "live")
        #expect(client.messages().flatMap(\.properties.subscriptionIdentifiers).sorted() == [1, 2])
    }

    @Test("members who are away are passed over; if all are, one who is kept gets it later")
    func sharedAway() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let away = bench.connect("away", clean: false, expiry: 100)
        away.subscribe("$share/g/t")
        let there = bench.connect("there")
        there.subscribe("$share/g/t")
        away.drop()
        for number in 1...4 { publisher.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        #expect(there.payloads().count == 4)
        there.drop()
        publisher.publish("t", "5", qos: .atLeastOnce, id: 5)
        #expect(bench.connect("away", clean: false, expiry: 100).payloads() == ["5"])
        #expect(bench.core.statistics().subscriptions == 1)
    }
}
