import MQTTBroker
import MQTTCodec
import Testing

/// Rows of retained messages go when the messages do.
@Suite struct RetainedRowsTests {
    @Test func rowsOfExpiredMessagesAreTakenAlongByTheNextThatExpires() async throws {
        try await Hub.run { hub in
            func store(_ id: UInt64, _ topic: String, atSecond second: Int64, expiry: UInt32?) async throws {
                let message = Message(
                    id: id, topic: try TopicName(topic), payload: [1], qos: .atLeastOnce, retain: true,
                    properties: expiry.map { [.messageExpiryInterval($0)] } ?? .none, receivedAt: second * 1_000_000)
                let outcomes = await hub.commit([.serverPublication(ServerPublication(message: message))])
                #expect(outcomes == [.committed])
            }
            for id in 0..<50 { try await store(UInt64(id), "once/\(id)", atSecond: 100 + Int64(id), expiry: 5) }
            #expect(try hub.count("mqtt_retained") <= 6)
            try await store(100, "for/ever", atSecond: 200, expiry: nil)
            try await store(101, "once/more", atSecond: 1_000, expiry: .max)
            try await store(102, "once/again", atSecond: 2_000, expiry: 1)
            #expect(try hub.count("mqtt_retained") == 3)
            // A message that does not expire takes the place of one that does.
            try await store(103, "once/again", atSecond: 2_001, expiry: nil)
            try await store(104, "once/last", atSecond: 3_000, expiry: 1)
            #expect(try hub.count("mqtt_retained") == 4)
        }
    }
}
