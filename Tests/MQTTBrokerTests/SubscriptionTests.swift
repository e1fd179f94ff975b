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

    @Test(
        "a bridge of 3.1 or 3.1.1: not its own messages, and the flag as it was, over a restart too; of a share all it is due",
        arguments: [ProtocolVersion.v3_1, .v3_1_1])
    func bridge(version: ProtocolVersion) {
        let bench = Bench()
        let bridge = bench.connect("b", version, clean: false, isBridge: true)
        #expect(bridge.connack?.reason == .success)
        #expect(bridge.subscribe("t/#", "$share/g/s", qos: .atLeastOnce) == [.grantedQoS1, .grantedQoS1])
        check(bridge, bench)
        let after = bench.afterCrash()
        check(after.connect("b", version, clean: false, isBridge: true), after)
        // Without the bit it is a client like any other.
        let plain = after.connect("p", version)
        plain.subscribe("t/#")
        #expect(plain.messages().map(\.retain) == [true])
        plain.publish("t/own", "own")
        plain.publish("t/kept", "kept", retain: true)
        #expect(plain.messages().map(\.retain) == [false, false])
    }

    private func check(_ bridge: BenchClient, _ bench: Bench) {
        let other = bench.connect("o")
        bridge.publish("t/own", "own")
        bridge.publish("s", "share")
        other.publish("t/kept", "kept", retain: true)
        other.publish("t/passing", "passing")
        let messages = bridge.messages()
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["share", "kept", "passing"])
        #expect(messages.map(\.retain) == [false, true, false])
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
        let heard = members.map { $0.messages() }
        #expect(heard.map(\.count) == [3, 3, 3])
        for message in heard[0] { members[0].puback(message.packetIdentifier?.rawValue ?? 0) }
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

    @Test(
        "messages of a member whose session is over go to another: all but QoS 2 that was begun",
        arguments: [false, true])
    func sharedOver(kept: Bool) {
        for qos in [QoS.atLeastOnce, .exactlyOnce] {
            let bench = Bench()
            let publisher = bench.connect("p")
            let lost = bench.connect("lost", properties: [.receiveMaximum(1)])
            lost.subscribe("$share/g/s/t", qos: qos)
            let other = bench.connect("other", clean: !kept, expiry: kept ? 100 : 0)
            other.subscribe("$share/g/s/t", qos: qos)
            for number in 1...10 { publisher.publish("s/t", "\(number)", qos: qos, id: UInt16(number)) }
            let first = lost.messages()
            #expect(first.count == 1)
            let begun = first.map { String(decoding: $0.payload, as: UTF8.self) }
            lost.drop()
            let heard = other.messages()
            let all = (1...10).map(String.init).filter { qos == .atLeastOnce || !begun.contains($0) }
            #expect(heard.map { String(decoding: $0.payload, as: UTF8.self) }.sorted() == all.sorted())
            #expect(heard.allSatisfy { !$0.isDuplicate })
            #expect(bench.core.statistics().counters.messagesDropped == (qos == .atLeastOnce ? 0 : 1))
            if kept { #expect(bench.stored.sessions[text("other")]?.queue.count == all.count) }
        }
    }

    @Test(
        "messages of a kept member go to another when its session ends, after a restart as well",
        arguments: [false, true])
    func sharedExpired(restarts: Bool) {
        let first = Bench()
        let away = first.connect("away", clean: false, expiry: 100)
        away.subscribe("$share/g/t")
        away.drop()
        let publisher = first.connect("p")
        for number in 1...3 { publisher.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        let bench = restarts ? first.afterCrash() : first
        let there = bench.connect("there")
        there.subscribe("$share/g/t")
        #expect(there.payloads().isEmpty)
        bench.advance(milliseconds: 101_000)
        #expect(there.payloads() == ["1", "2", "3"])
    }

    @Test("what a lost member had by a subscription of its own is nobody else's")
    func ownOver() {
        let bench = Bench()
        let lost = bench.connect("lost", properties: [.receiveMaximum(1)])
        lost.subscribe("t", "$share/g/u")
        let other = bench.connect("other")
        other.subscribe("$share/g/u")
        for number in 1...5 { bench.connect("p").publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        lost.drop()
        #expect(other.payloads().isEmpty)
    }

    @Test("no SUBACK and UNSUBACK is larger than the packets that the client takes: it hears that instead")
    func answersTooLarge() {
        let bench = Bench()
        let names = (0..<40).map { "f\($0)" }
        for asks in [true, false] {
            let client = bench.connect("c", properties: [.maximumPacketSize(30)])
            #expect(client.connack?.reason == .success)
            if asks {
                client.send(
                    .subscribe(
                        Subscribe(
                            packetIdentifier: id(1),
                            subscriptions: names.map { Subscription(filter: filter($0), maximumQoS: .atMostOnce) })))
            } else {
                client.send(.unsubscribe(Unsubscribe(packetIdentifier: id(1), filters: names.map(filter))))
            }
            #expect(client.read() == [.disconnect(Disconnect(reason: .packetTooLarge))])
            #expect(client.isClosed)
        }
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
        let heard = there.messages()
        #expect(heard.count == 4)
        for message in heard { there.puback(message.packetIdentifier?.rawValue ?? 0) }
        there.drop()
        publisher.publish("t", "5", qos: .atLeastOnce, id: 5)
        #expect(bench.connect("away", clean: false, expiry: 100).payloads() == ["5"])
        #expect(bench.core.statistics().subscriptions == 1)
    }
}
