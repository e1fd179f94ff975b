import MQTTClient
import MQTTCodec
import Testing

@Suite("Session: subscribing")
struct SubscribingTests {
    private func request(_ number: UInt16, _ filters: [String], identifier: UInt32? = nil) throws -> Packet {
        .subscribe(
            Subscribe(
                packetIdentifier: MQTTClientTests.identifier(number),
                subscriptions: try filters.map { Subscription(filter: try TopicFilter($0), maximumQoS: .atLeastOnce) },
                properties: identifier.map { [.subscriptionIdentifier($0)] } ?? .none))
    }

    private func suback(_ number: UInt16, _ reasons: [ReasonCode]) -> Packet {
        .suback(Suback(packetIdentifier: identifier(number), reasons: reasons))
    }

    @Test("Asked now or at the connection, answered for each filter")
    func asked() throws {
        var client = try SessionHarness(.v5_0)
        #expect(try client.subscribe(["a"], ticket: 1).isEmpty)
        #expect(client.connect() == [.send(try request(1, ["a"]))])
        #expect(
            try client.subscribe(["b", "c"], identifier: 5, ticket: 2) == [
                .send(try request(2, ["b", "c"], identifier: 5))
            ])
        #expect(
            client.receive(suback(2, [.grantedQoS1, .notAuthorized]))
                == [.answered(ticket: 2, [.grantedQoS1, .notAuthorized])])
        #expect(client.receive(suback(2, [.grantedQoS1])).isEmpty)
        #expect(
            client.receive(suback(1, [.grantedQoS1, .grantedQoS1])).last == .close(.protocolViolation(.protocolError)))
    }

    @Test("A lost session is told what was accepted, once, and unanswered requests have the last word")
    func renewal() throws {
        var client = try SessionHarness(.v5_0)
        _ = client.connect()
        _ = try client.subscribe(["a", "refused"], ticket: 1)
        _ = client.receive(suback(1, [.grantedQoS1, .notAuthorized]))
        _ = try client.subscribe(["b"], identifier: 5, ticket: 2)
        _ = client.receive(suback(2, [.grantedQoS1]))
        var actions: [ClientAction] = []
        try client.session.unsubscribe([try TopicFilter("a")], ticket: 3, &actions)
        client.lose()
        let unsubscribe = Packet.unsubscribe(
            Unsubscribe(packetIdentifier: identifier(3), filters: [try TopicFilter("a")]))
        #expect(
            client.connect() == [
                .send(try request(4, ["a"])), .send(try request(5, ["b"], identifier: 5)), .send(unsubscribe),
            ])
        #expect(client.receive(suback(4, [.grantedQoS1])).isEmpty)
        #expect(
            client.receive(suback(5, [.notAuthorized])) == [.resubscribeRefused(try TopicFilter("b"), .notAuthorized)])
        #expect(
            client.receive(.unsuback(Unsuback(packetIdentifier: identifier(3), reasons: [.success])))
                == [.answered(ticket: 3, [.success])])
        client.lose()
        #expect(client.connect().isEmpty)
    }

    @Test("A session that is there needs no renewal")
    func present() throws {
        var client = try SessionHarness(.v3_1_1) { $0.cleanStart = false }
        _ = client.connect()
        _ = try client.subscribe(["a"], ticket: 1)
        _ = client.receive(suback(1, [.grantedQoS1]))
        client.lose()
        #expect(client.connect(present: true).isEmpty)
    }

    @Test("Many subscriptions are renewed in packets of a bounded size")
    func many() throws {
        var client = try SessionHarness(.v3_1_1)
        _ = client.connect()
        let filters = (0..<150).map { "f/\($0)" }
        _ = try client.subscribe(filters, ticket: 1)
        _ = client.receive(suback(1, Array(repeating: .grantedQoS1, count: 150)))
        client.lose()
        let counts = client.connect().packets.map { packet in
            if case .subscribe(let subscribe) = packet { subscribe.subscriptions.count } else { 0 }
        }
        #expect(counts == [64, 64, 22])
    }

    @Test("An empty request is refused")
    func empty() throws {
        var client = try SessionHarness(.v5_0)
        #expect(throws: MQTTClientError.notEncodable(.listEmpty)) { try client.subscribe([], ticket: 1) }
    }
}
