import MQTTBroker
import MQTTCodec
import Testing

/// Messages from clients: acknowledged when stored, taken once.
struct InboundTests {
    @Test("QoS 1: PUBACK only when the ledger has committed", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func acknowledgedAfterCommit(version: ProtocolVersion) {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a", version)
        bench.commitAll()
        _ = client.read()
        client.publish("t", qos: .atLeastOnce, id: 7)
        #expect(client.read().isEmpty)
        bench.commit([.committed])
        #expect(client.read() == [.puback(answer(7))])
    }

    @Test("QoS 0 has no answer and is stored all the same")
    func atMostOnce() {
        let bench = Bench()
        let client = bench.connect("a")
        client.publish("t", "hello")
        #expect(client.read().isEmpty)
        #expect(bench.committed.last?.publication?.message.payload == Array("hello".utf8))
    }

    @Test("QoS 2: PUBREC, PUBREL, PUBCOMP; a message once", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func exactlyOnce(version: ProtocolVersion) {
        let bench = Bench()
        let client = bench.connect("a", version)
        for _ in 0..<3 { client.publish("t", qos: .exactlyOnce, id: 5, duplicate: true) }
        #expect(client.read() == Array(repeating: .pubrec(answer(5)), count: 3))
        #expect(bench.committed.compactMap(\.publication).count == 1)
        client.pubrel(5)
        #expect(client.read() == [.pubcomp(answer(5))])
        client.publish("t", qos: .exactlyOnce, id: 5)
        #expect(bench.committed.compactMap(\.publication).count == 2)
    }

    @Test("QoS 2 repeated before the commit is not taken twice and is answered once, after it")
    func repeatedBeforeCommit() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a", clean: false, expiry: 100)
        bench.commitAll()
        _ = client.read()
        client.publish("t", qos: .exactlyOnce, id: 5)
        client.publish("t", qos: .exactlyOnce, id: 5, duplicate: true)
        #expect(bench.uncommitted.count == 1)
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read() == [.pubrec(answer(5))])
    }

    @Test("PUBREL for an unknown identifier is answered: 0x92 in 5.0, plainly in 3.1.1")
    func unknownRelease() {
        let bench = Bench()
        let five = bench.connect("a")
        five.pubrel(77)
        #expect(five.read() == [.pubcomp(answer(77, .packetIdentifierNotFound))])
        let three = bench.connect("b", .v3_1_1)
        three.pubrel(77)
        #expect(three.read() == [.pubcomp(answer(77))])
    }

    @Test("a million repetitions of one QoS 2 message leave nothing behind")
    func noLeak() {
        let bench = Bench()
        let client = bench.connect("a")
        for _ in 0..<10_000 { client.publish("t", qos: .exactlyOnce, id: 5) }
        client.pubrel(5)
        let statistics = bench.core.statistics()
        #expect(statistics.counters.duplicatesReceived == 9_999)
        #expect(statistics.queuedMessages == 0)
        #expect(statistics.uncommittedEntries == 0)
    }

    @Test("PUBCOMP of a kept session waits for the ledger")
    func releaseIsStored() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a", clean: false, expiry: 100)
        bench.commitAll()
        client.publish("t", qos: .exactlyOnce, id: 5)
        bench.commitAll()
        _ = client.read()
        #expect(bench.stored.sessions[text("a")]?.inboundIdentifiers == [id(5)])
        client.pubrel(5)
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read() == [.pubcomp(answer(5))])
        #expect(bench.stored.sessions[text("a")]?.inboundIdentifiers.isEmpty == true)
    }

    @Test("a stored QoS 2 identifier survives a crash: PUBREC again, not a second message")
    func identifierSurvives() {
        let bench = Bench()
        let client = bench.connect("a", clean: false, expiry: 100)
        client.publish("t", qos: .exactlyOnce, id: 5)
        let after = bench.afterCrash()
        let again = after.connect("a", clean: false, expiry: 100)
        #expect(again.connack?.sessionPresent == true)
        again.publish("t", qos: .exactlyOnce, id: 5, duplicate: true)
        #expect(again.read() == [.pubrec(answer(5))])
        #expect(after.committed.compactMap(\.publication).isEmpty)
        again.pubrel(5)
        #expect(again.read() == [.pubcomp(answer(5))])
    }

    @Test("the ledger is told what a client says it sends again")
    func repeats() {
        let bench = Bench()
        let client = bench.connect("a")
        client.publish("t", "1", qos: .atLeastOnce, id: 1)
        client.publish("t", "1", qos: .atLeastOnce, id: 1, duplicate: true)
        client.publish("t", "2", qos: .exactlyOnce, id: 2, duplicate: true)
        client.publish("t", "3")
        #expect(bench.committed.compactMap(\.publication).map(\.isRepeat) == [false, true, true, false])
    }

    @Test("topic alias: defined, used, redefined; unknown, zero and too large are 0x94")
    func topicAlias() {
        let bench = Bench()
        let client = bench.connect("a")
        client.publish("one", properties: [.topicAlias(3)])
        client.publish("", properties: [.topicAlias(3)])
        client.publish("two", properties: [.topicAlias(3)])
        client.publish("", properties: [.topicAlias(3)])
        let topics = bench.committed.compactMap(\.publication).map(\.message.topic.description)
        #expect(topics == ["one", "one", "two", "two"])
        #expect(bench.committed.compactMap(\.publication).allSatisfy { $0.message.properties.isEmpty })
        for alias: UInt16 in [4, 65_535] {
            let client = bench.connect("b\(alias)")
            client.publish("", properties: [.topicAlias(alias)])
            #expect(client.read() == [.disconnect(Disconnect(reason: .topicAliasInvalid))])
            #expect(client.isClosed)
        }
    }

    @Test("more than the receive maximum is DISCONNECT 0x93; acknowledged messages make room")
    func receiveMaximum() {
        var configuration = BrokerConfiguration()
        configuration.limits.receiveMaximum = 2
        let bench = Bench(configuration)
        let client = bench.connect("a")
        for number: UInt16 in 1...10 { client.publish("t", qos: .atLeastOnce, id: number) }
        client.publish("t", qos: .exactlyOnce, id: 1)
        client.publish("t", qos: .exactlyOnce, id: 2)
        client.pubrel(1)
        client.publish("t", qos: .exactlyOnce, id: 3)
        #expect(!client.isClosed)
        _ = client.read()
        client.publish("t", qos: .exactlyOnce, id: 4)
        #expect(client.read() == [.disconnect(Disconnect(reason: .receiveMaximumExceeded))])
    }

    @Test("refused publications: reason in 5.0, plain acknowledgement in 3.1.1, delivered to nobody")
    func refused() {
        let bench = Bench(mode: .manual)
        let watcher = bench.connect("w")
        let five = bench.connect("a")
        let three = bench.connect("b", .v3_1_1)
        bench.commitAll()
        watcher.subscribe("#")
        _ = (five.read(), three.read())
        let reasons: [ReasonCode] = [.payloadFormatInvalid, .notAuthorized, .topicNameInvalid, .quotaExceeded]
        for (index, reason) in reasons.enumerated() {
            five.publish("t", qos: .atLeastOnce, id: UInt16(index + 1))
            five.publish("t", qos: .exactlyOnce, id: UInt16(index + 101))
            three.publish("t", qos: .atLeastOnce, id: UInt16(index + 1))
            three.publish("t", qos: .exactlyOnce, id: UInt16(index + 101))
            bench.commitAll(.refused(reason))
            #expect(
                five.read() == [
                    .puback(answer(UInt16(index + 1), reason)), .pubrec(answer(UInt16(index + 101), reason)),
                ])
            #expect(
                three.read() == [.puback(answer(UInt16(index + 1))), .pubrec(answer(UInt16(index + 101)))])
        }
        #expect(watcher.messages().isEmpty)
        #expect(bench.core.statistics().counters.messagesRefused == 16)
        // The exchange is over: the identifier serves a new message.
        five.publish("t", qos: .exactlyOnce, id: 101)
        bench.commitAll()
        #expect(watcher.messages().count == 1)
    }

    @Test("a message that could not be stored: no acknowledgement, the connection ends, the client sends again")
    func notStored() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a", clean: false, expiry: 100)
        bench.commitAll()
        _ = client.read()
        client.publish("t", qos: .exactlyOnce, id: 5)
        bench.commit([.failed])
        #expect(client.read() == [.disconnect(Disconnect(reason: .serverBusy))])
        #expect(client.isClosed)
        bench.commitAll()
        let again = bench.connect("a", clean: false, expiry: 100)
        bench.commitAll()
        _ = again.read()
        again.publish("t", qos: .exactlyOnce, id: 5, duplicate: true)
        bench.commitAll()
        #expect(again.read() == [.pubrec(answer(5))])
        #expect(bench.committed.compactMap(\.publication).count == 1)
    }

    @Test("a message of QoS 0 that could not be stored is counted as lost, and its client stays")
    func lost() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a")
        bench.commitAll()
        _ = client.read()
        for _ in 0..<3 { client.publish("t") }
        bench.commit([.failed, .refused(.quotaExceeded), .failed])
        #expect(!client.isClosed && client.read().isEmpty)
        #expect(bench.core.statistics().counters.messagesLost == 2)
    }

    @Test("the ledger answers after the client has gone: delivered, acknowledged to nobody")
    func lateCommit() {
        let bench = Bench(mode: .manual)
        let watcher = bench.connect("w")
        let client = bench.connect("a")
        bench.commitAll()
        watcher.subscribe("t", qos: .atMostOnce)
        client.publish("t", "late", qos: .atLeastOnce, id: 5)
        client.drop()
        let other = bench.connect("other")
        bench.commitAll()
        #expect(watcher.payloads() == ["late"])
        #expect(other.read().map(\.type) == [.connack])
    }

    @Test("rights: forbidden topics are 0x87, $SYS belongs to the server, other $ topics do not")
    func rights() {
        let rules = Rules()
        rules.forbiddenTopics = ["secret"]
        let bench = Bench(rules: rules)
        let client = bench.connect("a")
        client.publish("secret", qos: .atLeastOnce, id: 1)
        client.publish("$SYS/broker/uptime", qos: .atLeastOnce, id: 2)
        client.publish("$share/g/t", qos: .atLeastOnce, id: 3)
        for (number, name) in ["$", "$x/y", "$SYS", "$share", "$CONTROL/x"].enumerated() {
            client.publish(name, qos: .atLeastOnce, id: UInt16(10 + number))
        }
        #expect(
            client.read() == [
                .puback(answer(1, .notAuthorized)), .puback(answer(2, .topicNameInvalid)),
                .puback(answer(3, .topicNameInvalid)),
            ] + (10...14).map { .puback(answer($0)) })
    }

    @Test("acknowledgements keep the order of the messages, refusals among them")
    func order() {
        let rules = Rules()
        rules.forbiddenTopics = ["secret"]
        let bench = Bench(mode: .manual, rules: rules)
        let client = bench.connect("a")
        bench.commitAll()
        _ = client.read()
        client.publish("t", qos: .atLeastOnce, id: 1)
        client.publish("secret", qos: .atLeastOnce, id: 2)
        client.publish("t", qos: .atLeastOnce, id: 3)
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read() == [.puback(answer(1)), .puback(answer(2, .notAuthorized)), .puback(answer(3))])
        client.publish("secret", qos: .atLeastOnce, id: 4)
        #expect(client.read() == [.puback(answer(4, .notAuthorized))])
    }

    @Test(
        "too deep a topic ends the connection at each QoS and in every version: it is never acknowledged and dropped",
        arguments: ProtocolVersion.allCases, QoS.allCases)
    func tooDeep(version: ProtocolVersion, qos: QoS) {
        var configuration = BrokerConfiguration()
        configuration.limits.topicLevels = 4
        let bench = Bench(configuration)
        for name in ["a/b/c/d/e", String(repeating: "/", count: 65_535)] {
            let client = bench.connect("a", version)
            client.publish("a/b/c/d", qos: qos, id: qos == .atMostOnce ? 0 : 1)
            _ = client.read()
            #expect(!client.isClosed)
            client.publish(name, qos: qos, id: qos == .atMostOnce ? 0 : 2)
            #expect(client.isClosed)
            #expect(
                client.read() == (version == .v5_0 ? [.disconnect(Disconnect(reason: .topicNameInvalid))] : []))
        }
    }

    @Test("messages of QoS 2 that are refused give back their place in the receive maximum")
    func refusedBeyondReceiveMaximum() {
        let rules = Rules()
        rules.forbiddenTopics = ["secret"]
        var configuration = BrokerConfiguration()
        configuration.limits.receiveMaximum = 2
        let bench = Bench(configuration, rules: rules)
        let client = bench.connect("a")
        for number: UInt16 in 1...5 { client.publish("secret", qos: .exactlyOnce, id: number) }
        #expect(client.read() == (1...5).map { .pubrec(answer($0, .notAuthorized)) })
        #expect(!client.isClosed)
    }

    @Test("limits: a payload that is not the UTF-8 it claims, too much retained")
    func limits() {
        var configuration = BrokerConfiguration()
        configuration.limits.retainedMessages = 1
        let bench = Bench(configuration)
        let client = bench.connect("a")
        client.send(
            .publish(
                Publish(
                    topic: topic("t"), payload: [0xFF], qos: .atLeastOnce, packetIdentifier: id(3),
                    properties: [.payloadFormatIndicator(true)])))
        client.publish("r1", qos: .atLeastOnce, id: 4, retain: true)
        client.publish("r2", qos: .atLeastOnce, id: 5, retain: true)
        client.publish("r1", qos: .atLeastOnce, id: 6, retain: true)
        #expect(
            client.read() == [
                .puback(answer(3, .payloadFormatInvalid)), .puback(answer(4)), .puback(answer(5, .quotaExceeded)),
                .puback(answer(6)),
            ])
    }
}
