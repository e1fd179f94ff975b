import MQTTCodec
import Testing

@Suite("Values without a form on the wire")
struct EncodeFailureTests {
    private static func invalid() throws -> [(EncodeFailure, ProtocolVersion, Packet)] {
        let topic = try TopicName("t")
        let name = try MQTTString("p")
        let long = [UInt8](repeating: 0, count: 65_536)
        let connect = Connect(version: .v5_0, clientIdentifier: name)
        var unnamed = Connect(version: .v3_1_1, clientIdentifier: name)
        unnamed.password = [1]
        var shared = Subscription(filter: try TopicFilter("$share/g/t"))
        shared.noLocal = true
        func publish(_ properties: Properties) -> Packet {
            .publish(Publish(topic: topic, payload: [], properties: properties))
        }
        return [
            (.notInVersion, .v3_1_1, .auth(Auth(reason: .success, properties: .none))),
            (.notInVersion, .v3_1_1, .publish(Publish(topic: nil, payload: []))),
            (.versionMismatch, .v3_1_1, .connect(connect)),
            (.bridgeNotInVersion, .v5_0, .connect(Connect(version: .v5_0, clientIdentifier: name, isBridge: true))),
            (.reasonNotInVersion, .v3_1_1, .connack(Connack(reason: .malformedPacket))),
            (.reasonNotForPacket, .v5_0, .connack(Connack(reason: .grantedQoS1))),
            (.reasonNotForPacket, .v5_0, .puback(PublishAnswer(packetIdentifier: .first, reason: .serverBusy))),
            (.reasonNotForPacket, .v5_0, .suback(Suback(packetIdentifier: .first, reasons: [.noSubscriptionExisted]))),
            (.reasonNotForPacket, .v5_0, .unsuback(Unsuback(packetIdentifier: .first, reasons: [.grantedQoS1]))),
            (.reasonNotForPacket, .v5_0, .disconnect(Disconnect(reason: .banned))),
            (.reasonNotForPacket, .v5_0, .auth(Auth(reason: .banned, properties: .none))),
            (.propertyNotForPacket, .v5_0, publish([.maximumQoS(.atMostOnce)])),
            (.propertyTwice, .v5_0, publish([.topicAlias(1), .topicAlias(2)])),
            (.propertyValue, .v5_0, publish([.topicAlias(0)])),
            (.propertyValue, .v5_0, publish([.subscriptionIdentifier(0)])),
            (.propertyValue, .v5_0, publish([.subscriptionIdentifier(268_435_456)])),
            (.propertyValue, .v5_0, .connack(Connack(properties: [.maximumQoS(.exactlyOnce)]))),
            (.propertyValue, .v5_0, .connack(Connack(properties: [.receiveMaximum(0)]))),
            (.propertyValue, .v5_0, .connack(Connack(properties: [.maximumPacketSize(0)]))),
            (.propertyValue, .v5_0, .auth(Auth(reason: .continueAuthentication, properties: .none))),
            (.propertyValue, .v5_0, .connack(Connack(properties: [.authenticationData([])]))),
            (.fieldTooLong, .v5_0, publish([.correlationData(long)])),
            (
                .fieldTooLong, .v5_0,
                .connect(Connect(version: .v5_0, clientIdentifier: name, will: Will(topic: topic, payload: long)))
            ),
            (.fieldTooLong, .v5_0, .connect(Connect(version: .v5_0, clientIdentifier: name, password: long))),
            (
                .packetTooLarge, .v5_0,
                .publish(Publish(topic: topic, payload: [UInt8](repeating: 0, count: 268_435_455)))
            ),
            (.packetIdentifier, .v5_0, .publish(Publish(topic: topic, payload: [], qos: .atLeastOnce))),
            (.packetIdentifier, .v5_0, .publish(Publish(topic: topic, payload: [], packetIdentifier: .first))),
            (.packetIdentifier, .v5_0, .publish(Publish(topic: topic, payload: [], isDuplicate: true))),
            (.topicMissing, .v5_0, .publish(Publish(topic: nil, payload: []))),
            (.listEmpty, .v5_0, .subscribe(Subscribe(packetIdentifier: .first, subscriptions: []))),
            (.listEmpty, .v5_0, .suback(Suback(packetIdentifier: .first, reasons: []))),
            (.listEmpty, .v5_0, .unsubscribe(Unsubscribe(packetIdentifier: .first, filters: []))),
            (.listEmpty, .v5_0, .unsuback(Unsuback(packetIdentifier: .first, reasons: []))),
            (.passwordWithoutUserName, .v3_1_1, .connect(unnamed)),
            (.sessionPresentWithFailure, .v5_0, .connack(Connack(sessionPresent: true, reason: .banned))),
            (.sharedNoLocal, .v5_0, .subscribe(Subscribe(packetIdentifier: .first, subscriptions: [shared]))),
        ]
    }

    @Test("Each is refused by name, and nothing is written")
    func refused() throws {
        var reached: Set<EncodeFailure> = []
        for (failure, version, packet) in try Self.invalid() {
            var output: [UInt8] = [9]
            #expect(throws: failure) { try packet.encode(into: &output, version: version) }
            #expect(throws: failure) { try packet.encodedSize(version: version) }
            #expect(output == [9])
            reached.insert(failure)
        }
        #expect(reached == Set(EncodeFailure.allCases))
    }

    @Test("3.1.1 leaves out what it has no field for")
    func leavesOut() throws {
        let packets: [(Packet, [UInt8])] = [
            (
                .puback(
                    PublishAnswer(packetIdentifier: .first, reason: .quotaExceeded, properties: [.reasonString(.empty)])
                ),
                [0x40, 2, 0, 1]
            ),
            (.disconnect(Disconnect(reason: .serverShuttingDown)), [0xE0, 0]),
            (.suback(Suback(packetIdentifier: .first, reasons: [.quotaExceeded])), [0x90, 3, 0, 1, 0x80]),
            (.unsuback(Unsuback(packetIdentifier: .first, reasons: [.success])), [0xB0, 2, 0, 1]),
            (.connack(Connack(reason: .serverBusy, properties: [.retainAvailable(true)])), [0x20, 2, 0, 3]),
        ]
        for (packet, bytes) in packets {
            var output: [UInt8] = []
            try packet.encode(into: &output, version: .v3_1_1)
            #expect(output == bytes)
        }
    }
}
