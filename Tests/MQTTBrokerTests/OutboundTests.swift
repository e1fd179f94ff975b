import MQTTBroker
import MQTTCodec
import Testing

/// Messages to clients: sent, repeated, released, within what each client takes.
struct OutboundTests {
    @Test("the QoS of a delivery is the lower of message and subscription")
    func qosIsLower() {
        let bench = Bench()
        let publisher = bench.connect("p")
        for subscribed in QoS.allCases {
            for published in QoS.allCases {
                let client = bench.connect("s")
                client.subscribe("t", qos: subscribed)
                publisher.publish("t", qos: published, id: published == .atMostOnce ? 0 : 1)
                publisher.pubrel(1)
                #expect(client.messages().map(\.qos) == [min(subscribed, published)])
            }
        }
    }

    @Test("QoS 1 to a client: sent once, gone after PUBACK, repeated with DUP and the same identifier after a resume")
    func atLeastOnce() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100)
        client.subscribe("t")
        publisher.publish("t", "1", qos: .atLeastOnce, id: 1)
        publisher.publish("t", "2", qos: .atLeastOnce, id: 2)
        let first = client.messages()
        #expect(first.map(\.isDuplicate) == [false, false])
        client.puback(first[0].packetIdentifier?.rawValue ?? 0)
        client.drop()
        let again = bench.connect("s", clean: false, expiry: 100)
        let repeated = again.messages()
        #expect(repeated.count == 1)
        #expect(repeated.first?.isDuplicate == true)
        #expect(repeated.first?.packetIdentifier == first[1].packetIdentifier)
        again.puback(repeated.first?.packetIdentifier?.rawValue ?? 0)
        #expect(bench.stored.sessions[text("s")]?.queue.isEmpty == true)
    }

    @Test("QoS 2 to a client: PUBLISH, PUBREC, PUBREL, PUBCOMP", arguments: [false, true])
    func exactlyOnce(kept: Bool) {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: !kept, expiry: kept ? 100 : 0)
        client.subscribe("t")
        publisher.publish("t", qos: .exactlyOnce, id: 1)
        let number = client.messages().first?.packetIdentifier?.rawValue ?? 0
        client.pubrec(number)
        #expect(client.read() == [.pubrel(answer(number))])
        client.pubrec(number)
        #expect(client.read() == [.pubrel(answer(number))])
        client.pubcomp(number)
        #expect(bench.core.statistics().queuedMessages == 0)
        client.pubrec(number)
        #expect(client.read() == [.pubrel(answer(number, .packetIdentifierNotFound))])
    }

    @Test("PUBREL to a kept session waits for the ledger")
    func releaseIsStored() {
        let bench = Bench(mode: .manual)
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100)
        bench.commitAll()
        client.subscribe("t")
        bench.commitAll()
        publisher.publish("t", qos: .exactlyOnce, id: 1)
        bench.commitAll()
        let number = client.messages().first?.packetIdentifier?.rawValue ?? 0
        client.pubrec(number)
        client.pubrec(number)
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read() == [.pubrel(answer(number))])
    }

    @Test("an owed PUBREL is sent again after a resume, and after a crash")
    func owedRelease() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100)
        client.subscribe("t")
        publisher.publish("t", qos: .exactlyOnce, id: 1)
        let number = client.messages().first?.packetIdentifier?.rawValue ?? 0
        client.pubrec(number)
        client.drop()
        let again = bench.connect("s", clean: false, expiry: 100)
        #expect(again.read() == [.pubrel(answer(number))])
        let after = bench.afterCrash()
        let third = after.connect("s", clean: false, expiry: 100)
        #expect(third.read() == [.pubrel(answer(number))])
        third.pubcomp(number)
        #expect(after.stored.sessions[text("s")]?.queue.isEmpty == true)
    }

    @Test("a QoS 2 message sent before a crash is sent again with DUP under the same identifier")
    func sameIdentifierAfterCrash() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100)
        client.subscribe("t")
        for number: UInt16 in 1...3 { publisher.publish("t", "\(number)", qos: .exactlyOnce, id: number) }
        let sent = client.messages()
        let repeated = bench.afterCrash().connect("s", clean: false, expiry: 100).messages()
        #expect(repeated.map(\.packetIdentifier) == sent.map(\.packetIdentifier))
        #expect(repeated.map(\.payload) == sent.map(\.payload))
        #expect(!repeated.contains { !$0.isDuplicate })
    }

    @Test("the receive maximum of the client is kept, also by what is repeated")
    func receiveMaximum() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100, properties: [.receiveMaximum(3)])
        client.subscribe("t")
        for number: UInt16 in 1...10 { publisher.publish("t", "\(number)", qos: .atLeastOnce, id: number) }
        #expect(client.payloads() == ["1", "2", "3"])
        client.drop()
        let again = bench.connect("s", clean: false, expiry: 100, properties: [.receiveMaximum(2)])
        var sent = again.messages()
        #expect(sent.map { String(decoding: $0.payload, as: UTF8.self) } == ["1", "2"])
        var order: [String] = []
        while let next = sent.first {
            order.append(String(decoding: next.payload, as: UTF8.self))
            sent.removeFirst()
            again.puback(next.packetIdentifier?.rawValue ?? 0)
            sent += again.messages()
            #expect(sent.count <= 2)
        }
        #expect(order == (1...10).map(String.init))
    }

    @Test("PUBREC with a failure ends the exchange and makes room")
    func refusedByClient() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100, properties: [.receiveMaximum(1)])
        client.subscribe("t")
        publisher.publish("t", "1", qos: .exactlyOnce, id: 1)
        publisher.publish("t", "2", qos: .exactlyOnce, id: 2)
        let first = client.messages()
        #expect(first.count == 1)
        client.pubrec(first.first?.packetIdentifier?.rawValue ?? 0, .quotaExceeded)
        #expect(client.payloads() == ["2"])
        #expect(bench.stored.sessions[text("s")]?.queue.count == 1)
    }

    @Test("a packet larger than the client takes is left out, at every QoS, and the rest goes on")
    func maximumPacketSize() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 100, properties: [.maximumPacketSize(64)])
        client.subscribe("t")
        let large = String(repeating: "x", count: 100)
        for (number, qos) in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce].enumerated() {
            publisher.publish("t", large, qos: qos, id: qos == .atMostOnce ? 0 : UInt16(number))
            publisher.publish("t", "small", qos: qos, id: qos == .atMostOnce ? 0 : UInt16(number + 10))
        }
        #expect(client.payloads() == ["small", "small", "small"])
        #expect(!client.isClosed)
        #expect(bench.stored.sessions[text("s")]?.queue.count == 2)
    }

    @Test("message expiry: counted down when sent late, dropped when over, kept when it had begun")
    func messageExpiry() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 1000)
        client.subscribe("t")
        client.drop()
        publisher.publish("t", "short", qos: .atLeastOnce, id: 1, properties: [.messageExpiryInterval(5)])
        publisher.publish("t", "long", qos: .atLeastOnce, id: 2, properties: [.messageExpiryInterval(60)])
        bench.advance(milliseconds: 20_000)
        let again = bench.connect("s", clean: false, expiry: 1000)
        let messages = again.messages()
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["long"])
        #expect(messages.first?.properties.messageExpiryInterval == 40)
        #expect(bench.stored.sessions[text("s")]?.queue.count == 1)
        #expect(bench.core.statistics().counters.messagesExpired == 1)
        again.drop()
        bench.advance(milliseconds: 60_000)
        #expect(bench.connect("s", clean: false, expiry: 1000).payloads() == ["long"])
    }

    @Test("message expiry counts over a crash")
    func messageExpiryAfterCrash() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("s", clean: false, expiry: 1000)
        client.subscribe("t")
        client.drop()
        publisher.publish("t", qos: .atLeastOnce, id: 2, properties: [.messageExpiryInterval(60)])
        let after = bench.afterCrash(milliseconds: 30_000)
        #expect(after.connect("s", clean: false, expiry: 1000).messages().first?.properties.messageExpiryInterval == 30)
    }

    @Test("properties pass through to 5.0 clients in order; 3.1.1 clients get the bare message")
    func passThrough() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let five = bench.connect("five")
        let three = bench.connect("three", .v3_1_1)
        five.subscribe("t")
        three.subscribe("t")
        let properties: Properties = [
            .payloadFormatIndicator(true), .contentType(text("text/plain")), .responseTopic(topic("answers/1")),
            .correlationData([1, 2, 3]), .userProperty(text("k"), text("1")), .userProperty(text("k"), text("2")),
        ]
        var withAlias = properties
        withAlias.append(.topicAlias(1))
        publisher.publish("t", "hi", properties: withAlias)
        #expect(five.messages().map(\.properties) == [properties])
        #expect(three.messages().map(\.properties) == [.none])
    }

    @Test("topic aliases to a client that offers them: defined once, then alone; other topics keep their names")
    func topicAliases() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c", properties: [.topicAliasMaximum(1)])
        client.subscribe("#")
        for (number, name) in ["one", "two", "one", "one"].enumerated() {
            publisher.publish(name, qos: .atLeastOnce, id: UInt16(number + 1))
        }
        let messages = client.messages()
        #expect(messages.map { $0.topic?.description } == ["one", "two", nil, nil])
        #expect(messages.map(\.properties.topicAlias) == [1, nil, 1, 1])
        #expect(messages.map(\.packetIdentifier?.rawValue) == [1, 2, 3, 4])
    }

    @Test("a fan-out of one message is encoded once for each variant, not for each subscriber")
    func encodedOnce() {
        let bench = Bench()
        let publisher = bench.connect("p")
        for number in 0..<50 {
            bench.connect("five\(number)").subscribe("t", qos: number % 2 == 0 ? .atMostOnce : .exactlyOnce)
            bench.connect("three\(number)", .v3_1_1).subscribe("t", qos: number % 2 == 0 ? .atMostOnce : .atLeastOnce)
        }
        bench.mode = .manual
        let payload = [UInt8](repeating: 7, count: 1000)
        publisher.send(
            .publish(Publish(topic: topic("t"), payload: payload, qos: .exactlyOnce, packetIdentifier: id(1))))
        var actions = BrokerActions()
        bench.core.handle(.committed([.committed]), now: bench.now, into: &actions)
        #expect(actions.items.count == 101)
        #expect(actions.bytes.count < 5 * 1000)
    }

    /// An answer that is not the one that comes next.
    enum WrongAnswer: CaseIterable {
        case pubackTo2, pubrecTo1, refusalTo1, pubcompTo1, pubcompBeforePubrec, pubackAfterPubrec
    }

    @Test("an answer of the wrong kind ends the connection", arguments: WrongAnswer.allCases, ProtocolVersion.allCases)
    func wrongAnswers(wrong: WrongAnswer, version: ProtocolVersion) {
        let bench = Bench()
        let client = bench.connect("s", version)
        client.subscribe("t")
        let publisher = bench.connect("p")
        let isTo1 = [.pubrecTo1, .refusalTo1, .pubcompTo1].contains(wrong)
        publisher.publish("t", qos: isTo1 ? .atLeastOnce : .exactlyOnce, id: 1)
        let number = client.messages().first?.packetIdentifier?.rawValue ?? 0
        // An answer to nothing is none: it may be an old one, sent again.
        client.puback(number + 1)
        client.pubcomp(number + 1)
        #expect(!client.isClosed)
        switch wrong {
        case .pubackTo2: client.puback(number)
        case .pubrecTo1: client.pubrec(number)
        case .refusalTo1: client.pubrec(number, .quotaExceeded)
        case .pubcompTo1, .pubcompBeforePubrec: client.pubcomp(number)
        case .pubackAfterPubrec:
            client.pubrec(number)
            client.puback(number)
        }
        #expect(client.isClosed)
        if version == .v5_0 { #expect(client.read().last == .disconnect(Disconnect(reason: .protocolError))) }
    }

    @Test("an expiry interval of 0: sent at once at any QoS, and it never waits", arguments: QoS.allCases)
    func expiryOfZero(qos: QoS) {
        let bench = Bench()
        let publisher = bench.connect("p")
        let there = bench.connect("there")
        there.subscribe("t")
        let full = bench.connect("full", properties: [.receiveMaximum(1)])
        full.subscribe("t", "first")
        let away = bench.connect("away", clean: false, expiry: 100)
        away.subscribe("t")
        away.drop()
        publisher.publish("first", qos: .atLeastOnce, id: 7)
        let blocking = full.messages().first?.packetIdentifier?.rawValue ?? 0
        publisher.publish(
            "t", "now", qos: qos, id: qos == .atMostOnce ? 0 : 1, retain: true, properties: [.messageExpiryInterval(0)])
        let heard = there.messages()
        #expect(heard.map { String(decoding: $0.payload, as: UTF8.self) } == ["now"])
        #expect(heard.first?.properties.messageExpiryInterval == 0)
        bench.advance(milliseconds: 250)
        full.puback(blocking)
        #expect(full.payloads() == (qos == .atMostOnce ? ["now"] : []))
        #expect(bench.connect("away", clean: false, expiry: 100).payloads().isEmpty)
        let late = bench.connect("late")
        late.subscribe("t")
        #expect(late.payloads().isEmpty)
    }

    @Test("a message that expired before the ledger had it is delivered to nobody", arguments: QoS.allCases)
    func expiredInLedger(qos: QoS) {
        let bench = Bench(mode: .manual)
        let client = bench.connect("s")
        bench.commitAll()
        client.subscribe("t")
        bench.commitAll()
        _ = client.read()
        client.publish(
            "t", "late", qos: qos, id: qos == .atMostOnce ? 0 : 1, properties: [.messageExpiryInterval(1)])
        bench.advance(milliseconds: 2_000)
        bench.commitAll()
        #expect(client.payloads().isEmpty)
        #expect(bench.core.statistics().counters.messagesExpired == 1)
    }

    @Test(
        "an identifier is given again only when its message has gone, however long that took",
        .enabled(if: isOptimized, "130,000 messages take a minute without optimisation"))
    func identifiersOfOldMessages() {
        var configuration = BrokerConfiguration()
        configuration.limits.inFlight = 3
        let bench = Bench(configuration)
        let client = bench.connect("s")
        client.subscribe("t", qos: .atLeastOnce)
        let message = ServerMessage(topic: topic("t"), payload: [1], qos: .atLeastOnce, storage: .memory)
        func next() -> UInt16 {
            bench.handle(.publish([message]))
            return client.messages().first?.packetIdentifier?.rawValue ?? 0
        }
        #expect(next() == 1)
        for number: UInt16 in 2...65_534 {
            guard next() == number else { return #expect(Bool(false), "out of step at \(number)") }
            client.puback(number)
        }
        // Two wait: the first of the round, and the last.
        #expect(next() == 65_535)
        #expect(next() == 2)
        client.puback(2)
        client.puback(1)
        for number: UInt16 in 3...65_534 {
            guard next() == number else { return #expect(Bool(false), "out of step at \(number)") }
            client.puback(number)
        }
        #expect(next() == 1)
    }
}

/// Whether the tests are built as the program is shipped.
private let isOptimized: Bool = {
    #if DEBUG
    return false
    #else
    return true
    #endif
}()
