import MQTTClient
import MQTTCodec
import Testing

@Suite("Session: sending")
struct SendingTests {
    @Test("QoS 0 is done when it is handed over", arguments: ProtocolVersion.allCases)
    func qos0(version: ProtocolVersion) throws {
        var client = try SessionHarness(version)
        _ = client.connect()
        #expect(try client.publish(1, .atMostOnce) == [try sent(1, .atMostOnce), .published(ticket: 0, nil)])
    }

    @Test("QoS 1 is done at PUBACK", arguments: ProtocolVersion.allCases)
    func qos1(version: ProtocolVersion) throws {
        var client = try SessionHarness(version)
        _ = client.connect()
        #expect(try client.publish(1, .atLeastOnce) == [try sent(1, .atLeastOnce, 1)])
        #expect(client.receive(.puback(answer(2))).isEmpty)
        #expect(client.receive(.puback(answer(1))) == [.published(ticket: 0, nil)])
        #expect(client.receive(.puback(answer(1))).isEmpty)
        #expect(client.session.onTheirWay == 0)
    }

    @Test("A refusal reaches its message; no subscriber is no failure")
    func refused() throws {
        var client = try SessionHarness(.v5_0)
        _ = client.connect()
        for _ in 0..<3 { _ = try client.publish(1, .atLeastOnce) }
        _ = try client.publish(1, .exactlyOnce)
        #expect(
            client.receive(.puback(answer(2, .quotaExceeded)))
                == [.published(ticket: 1, .publishRefused(.quotaExceeded))])
        #expect(client.receive(.puback(answer(1, .noMatchingSubscribers))) == [.published(ticket: 0, nil)])
        #expect(
            client.receive(.pubrec(answer(4, .notAuthorized)))
                == [.published(ticket: 3, .publishRefused(.notAuthorized))])
    }

    @Test("QoS 2 is done at PUBCOMP; a second PUBREC is answered again", arguments: ProtocolVersion.allCases)
    func qos2(version: ProtocolVersion) throws {
        var client = try SessionHarness(version)
        _ = client.connect()
        #expect(try client.publish(1, .exactlyOnce) == [try sent(1, .exactlyOnce, 1)])
        for _ in 0..<2 { #expect(client.receive(.pubrec(answer(1))) == [.send(.pubrel(answer(1)))]) }
        #expect(client.receive(.pubcomp(answer(1))) == [.published(ticket: 0, nil)])
        let unknown: ReasonCode = version == .v5_0 ? .packetIdentifierNotFound : .success
        #expect(client.receive(.pubrec(answer(1))) == [.send(.pubrel(answer(1, unknown)))])
    }

    @Test("The window is the smaller of ours and the server's, and failures give room back")
    func window() throws {
        var client = try SessionHarness(.v5_0) { $0.maximumInFlight = 2 }
        _ = client.connect([.receiveMaximum(3)])
        for payload in 1...5 as ClosedRange<UInt8> { _ = try client.publish(payload, .atLeastOnce) }
        #expect(client.session.onTheirWay == 2 && client.session.queued == 3)
        #expect(
            client.receive(.puback(answer(1, .quotaExceeded)))
                == [.published(ticket: 0, .publishRefused(.quotaExceeded)), try sent(3, .atLeastOnce, 3)])
        var narrow = try SessionHarness(.v5_0)
        _ = narrow.connect([.receiveMaximum(1)])
        #expect(try narrow.publish(1, .exactlyOnce).count == 1)
        #expect(try narrow.publish(2, .exactlyOnce).isEmpty)
        #expect(narrow.receive(.pubrec(answer(1))) == [.send(.pubrel(answer(1)))])
        #expect(
            narrow.receive(.pubcomp(answer(1))) == [.published(ticket: 0, nil), try sent(2, .exactlyOnce, 2)])
    }

    @Test("Without a connection messages wait in order, and above the limit they are refused")
    func queue() throws {
        var client = try SessionHarness(.v3_1_1) { $0.maximumQueued = 3 }
        for payload in 1...3 as ClosedRange<UInt8> {
            #expect(try client.publish(payload, payload == 2 ? .atMostOnce : .atLeastOnce).isEmpty)
        }
        #expect(throws: MQTTClientError.queueFull) { try client.publish(4, .atLeastOnce) }
        #expect(
            client.connect() == [
                try sent(1, .atLeastOnce, 1), try sent(3, .atLeastOnce, 2), try sent(2, .atMostOnce),
                .published(ticket: 1, nil),
            ])
        #expect(try client.publish(5, .atMostOnce, writable: false).isEmpty)
        #expect(client.session.queued == 1)
    }

    @Test("A session that is there goes on: messages again with DUP, releases again, in the first order")
    func resume() throws {
        var client = try SessionHarness(.v5_0) {
            $0.sessionExpiry = 60
            $0.maximumInFlight = 3
        }
        _ = client.connect()
        for payload in 1...3 as ClosedRange<UInt8> {
            _ = try client.publish(payload, payload == 2 ? .exactlyOnce : .atLeastOnce)
        }
        _ = client.receive(.pubrec(answer(2)))
        client.lose()
        #expect(try client.publish(4, .atLeastOnce).isEmpty)
        // The server of the second connection takes two at a time.
        #expect(
            client.connect(present: true, [.receiveMaximum(2)]) == [
                try sent(1, .atLeastOnce, 1, duplicate: true), .send(.pubrel(answer(2))),
            ])
        #expect(
            client.receive(.pubcomp(answer(2)))
                == [.published(ticket: 1, nil), try sent(3, .atLeastOnce, 3, duplicate: true)])
        #expect(client.receive(.puback(answer(1))) == [.published(ticket: 0, nil), try sent(4, .atLeastOnce, 4)])
    }

    @Test("A session that is gone: what was released is done, the rest is published anew")
    func lostSession() throws {
        var client = try SessionHarness(.v3_1_1)
        _ = client.connect()
        _ = try client.publish(1, .exactlyOnce)
        _ = try client.publish(2, .exactlyOnce)
        _ = client.receive(.pubrec(answer(1)))
        client.lose()
        #expect(client.connect() == [.published(ticket: 0, nil), try sent(2, .exactlyOnce, 2)])
    }

    @Test("What the server does not take is refused before it is sent")
    func serverLimits() throws {
        var client = try SessionHarness(.v5_0)
        let waiting = try client.publish(0, .exactlyOnce)
        #expect(waiting.isEmpty)
        #expect(
            client.connect([.maximumQoS(.atLeastOnce), .retainAvailable(false), .maximumPacketSize(12)])
                == [.published(ticket: 0, .beyondServer(.qosNotSupported))])
        #expect(throws: MQTTClientError.beyondServer(.qosNotSupported)) { try client.publish(1, .exactlyOnce) }
        #expect(throws: MQTTClientError.beyondServer(.retainNotSupported)) {
            try client.publish(1, .atLeastOnce, retain: true)
        }
        var actions: [ClientAction] = []
        let large = MQTTMessage(topic: try TopicName("topic"), payload: [1, 2, 3])
        #expect(throws: MQTTClientError.beyondServer(.packetTooLarge)) {
            try client.session.publish(large, ticket: 9, isWritable: true, &actions)
        }
        let invalid = MQTTMessage(topic: try TopicName("t"), payload: [], properties: [.topicAlias(0)])
        #expect(throws: MQTTClientError.notEncodable(.propertyValue)) {
            try client.session.publish(invalid, ticket: 9, isWritable: true, &actions)
        }
        #expect(actions.isEmpty)
    }

    @Test("An answer of the wrong kind ends the connection")
    func wrongAnswers() throws {
        for packet in [Packet.puback(answer(1)), .pubcomp(answer(1))] {
            var client = try SessionHarness(.v5_0)
            _ = client.connect()
            _ = try client.publish(1, .exactlyOnce)
            #expect(client.receive(packet).last == .close(.protocolViolation(.protocolError)))
        }
        var client = try SessionHarness(.v3_1_1)
        _ = client.connect()
        _ = try client.publish(1, .atLeastOnce)
        #expect(client.receive(.pubrec(answer(1))) == [.close(.protocolViolation(.protocolError))])
    }

    @Test("At the end everything that waits fails, in order")
    func end() throws {
        var client = try SessionHarness(.v5_0) { $0.maximumInFlight = 1 }
        _ = client.connect()
        for payload in 1...3 as ClosedRange<UInt8> { _ = try client.publish(payload, .atLeastOnce) }
        _ = try client.subscribe(["a"], ticket: 9)
        var actions: [ClientAction] = []
        client.session.end(.closed, &actions)
        #expect(
            actions == [
                .send(.disconnect(Disconnect())), .published(ticket: 0, .closed), .published(ticket: 1, .closed),
                .published(ticket: 2, .closed), .unanswered(ticket: 9, .closed),
            ])
        #expect(throws: MQTTClientError.closed) { try client.publish(4, .atMostOnce) }
    }

    @Test("Identifiers in use are passed over")
    func identifiers() throws {
        var client = try SessionHarness(.v3_1_1) { $0.maximumInFlight = 60_000 }
        _ = client.connect()
        _ = try client.publish(1, .atLeastOnce)
        for number in 2...65_535 as ClosedRange<UInt16> {
            _ = try client.publish(2, .atLeastOnce)
            _ = client.receive(.puback(answer(number)))
        }
        #expect(try client.publish(3, .atLeastOnce) == [try sent(3, .atLeastOnce, 2)])
    }
}
