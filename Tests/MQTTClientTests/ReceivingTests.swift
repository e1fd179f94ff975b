import MQTTClient
import MQTTCodec
import Testing

@Suite("Session: receiving")
struct ReceivingTests {
    @Test("The greeting says what was configured", arguments: ProtocolVersion.allCases)
    func greeting(version: ProtocolVersion) throws {
        var client = try SessionHarness(version) {
            $0.cleanStart = true
            $0.sessionExpiry = 30
            $0.keepAlive = 7
            $0.password = [1]
            $0.userName = try? MQTTString("u")
            $0.receiveMaximum = 5
            $0.maximumPacketSize = 1_000
            $0.topicAliasMaximum = 0
        }
        var actions: [ClientAction] = []
        client.session.transportConnected(&actions)
        let properties: Properties = [.sessionExpiryInterval(30), .receiveMaximum(5), .maximumPacketSize(1_000)]
        var expected = Connect(
            version: version, clientIdentifier: try MQTTString("c"), cleanStart: true, keepAlive: 7,
            userName: try MQTTString("u"), password: [1], properties: version == .v5_0 ? properties : .none)
        #expect(actions == [.send(.connect(expected))])
        _ = client.receive(.connack(Connack(properties: [.assignedClientIdentifier(try MQTTString("given"))])))
        client.lose()
        actions = []
        client.session.transportConnected(&actions)
        expected.clientIdentifier = try MQTTString("given")
        expected.cleanStart = version != .v5_0
        #expect(actions == [.send(.connect(expected))])
    }

    @Test("CONNACK decides: established, refused, or not what was asked")
    func connack() throws {
        var actions: [ClientAction] = []
        var client = try SessionHarness(.v5_0)
        client.session.transportConnected(&actions)
        #expect(
            client.receive(.connack(Connack(properties: [.serverKeepAlive(9)])))
                == [.established(sessionPresent: false, keepAlive: 9)])
        client = try SessionHarness(.v5_0)
        client.session.transportConnected(&actions)
        #expect(client.receive(.connack(Connack(reason: .banned))) == [.close(.refused(.banned))])
        client = try SessionHarness(.v5_0)
        client.session.transportConnected(&actions)
        #expect(
            client.receive(.connack(Connack(sessionPresent: true))) == [.close(.protocolViolation(.protocolError))])
        client = try SessionHarness(.v5_0)
        client.session.transportConnected(&actions)
        #expect(client.receive(.pingresp) == [.close(.protocolViolation(.protocolError))])
        client = try SessionHarness(.v5_0)
        _ = client.connect()
        #expect(
            client.receive(.connack(Connack())) == [
                .send(.disconnect(Disconnect(reason: .protocolError))), .close(.protocolViolation(.protocolError)),
            ])
        client = try SessionHarness(.v5_0)
        _ = client.connect()
        #expect(
            client.receive(.disconnect(Disconnect(reason: .sessionTakenOver)))
                == [.close(.disconnectedByServer(.sessionTakenOver))])
    }

    @Test("Automatic: QoS 1 is answered, QoS 2 is delivered once", arguments: ProtocolVersion.allCases)
    func automatic(version: ProtocolVersion) throws {
        var client = try SessionHarness(version)
        _ = client.connect()
        #expect(try client.receive(arriving(1, .atMostOnce)).delivered.map(\.message.payload) == [[1]])
        let first = client.receive(try arriving(2, .atLeastOnce, 7))
        #expect(first.delivered.count == 1 && first.delivered[0].acknowledgement == nil)
        #expect(first.packets == [.puback(answer(7))])
        let second = client.receive(try arriving(3, .exactlyOnce, 8))
        #expect(second.delivered.count == 1 && second.packets == [.pubrec(answer(8))])
        let again = client.receive(try arriving(3, .exactlyOnce, 8, duplicate: true))
        #expect(again == [.send(.pubrec(answer(8)))])
        #expect(client.receive(.pubrel(answer(8))) == [.send(.pubcomp(answer(8)))])
        let unknown: ReasonCode = version == .v5_0 ? .packetIdentifierNotFound : .success
        #expect(client.receive(.pubrel(answer(8))) == [.send(.pubcomp(answer(8, unknown)))])
        #expect(client.receive(try arriving(4, .exactlyOnce, 8)).delivered.count == 1)
    }

    @Test("Manual: answers leave in the order of arrival, whenever they are given")
    func manual() throws {
        var client = try SessionHarness(.v5_0) { $0.acknowledgement = .manual }
        _ = client.connect()
        var owed: [ReceivedMessage.Acknowledgement?] = []
        for number in 1...3 as ClosedRange<UInt16> {
            let actions = client.receive(try arriving(1, number == 2 ? .exactlyOnce : .atLeastOnce, number))
            #expect(actions.packets.isEmpty)
            owed.append(actions.delivered.first?.acknowledgement)
        }
        #expect(client.acknowledge(owed[2]).isEmpty)
        #expect(client.acknowledge(owed[1]).isEmpty)
        #expect(client.receive(try arriving(1, .exactlyOnce, 2, duplicate: true)).isEmpty)
        #expect(
            client.acknowledge(owed[0], .quotaExceeded) == [
                .send(.puback(answer(1, .quotaExceeded))), .send(.pubrec(answer(2))), .send(.puback(answer(3))),
            ])
        #expect(client.acknowledge(owed[0]).isEmpty)
    }

    @Test("Manual over a reconnect: QoS 1 comes again, QoS 2 is answered for the session that goes on")
    func manualResume() throws {
        var client = try SessionHarness(.v5_0) {
            $0.acknowledgement = .manual
            $0.cleanStart = false
            $0.sessionExpiry = 60
        }
        _ = client.connect()
        let first = client.receive(try arriving(1, .atLeastOnce, 1)).delivered.first?.acknowledgement
        let second = client.receive(try arriving(2, .exactlyOnce, 2)).delivered.first?.acknowledgement
        client.lose()
        #expect(client.acknowledge(first).isEmpty)
        #expect(client.acknowledge(second).isEmpty)
        #expect(client.connect(present: true) == [.send(.pubrec(answer(2)))])
        let again = client.receive(try arriving(1, .atLeastOnce, 1, duplicate: true))
        #expect(again.delivered.count == 1)
        #expect(client.acknowledge(first).isEmpty)
        #expect(client.acknowledge(again.delivered.first?.acknowledgement) == [.send(.puback(answer(1)))])
        #expect(client.receive(try arriving(2, .exactlyOnce, 2, duplicate: true)) == [.send(.pubrec(answer(2)))])
    }

    @Test("A server that sends more than the receive maximum is told and left")
    func receiveMaximum() throws {
        var client = try SessionHarness(.v5_0) {
            $0.acknowledgement = .manual
            $0.receiveMaximum = 2
        }
        _ = client.connect()
        for number in 1...2 as ClosedRange<UInt16> { _ = client.receive(try arriving(1, .atLeastOnce, number)) }
        #expect(client.receive(try arriving(1, .atMostOnce)).delivered.count == 1)
        #expect(
            client.receive(try arriving(1, .atLeastOnce, 3)) == [
                .send(.disconnect(Disconnect(reason: .receiveMaximumExceeded))),
                .close(.protocolViolation(.receiveMaximumExceeded)),
            ])
    }

    @Test("Topic aliases of the server hold for one connection and up to the maximum")
    func aliases() throws {
        var client = try SessionHarness(.v5_0) { $0.topicAliasMaximum = 2 }
        _ = client.connect()
        func publish(_ topic: String?, _ alias: UInt16) throws -> Packet {
            .publish(Publish(topic: try topic.map { try TopicName($0) }, payload: [], properties: [.topicAlias(alias)]))
        }
        #expect(client.receive(try publish("a", 2)).delivered.first?.message.topic == (try TopicName("a")))
        let resolved = client.receive(try publish(nil, 2)).delivered.first?.message
        #expect(resolved?.topic == (try TopicName("a")) && resolved?.properties == Properties.none)
        #expect(client.receive(try publish("b", 3)).last == .close(.protocolViolation(.topicAliasInvalid)))
        client.lose()
        _ = client.connect()
        #expect(client.receive(try publish(nil, 2)).last == .close(.protocolViolation(.topicAliasInvalid)))
    }
}
