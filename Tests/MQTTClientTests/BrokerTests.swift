import MQTTBroker
import MQTTClient
import MQTTCodec
import NIOCore
import NIOPosix
import Testing

/// Stores nothing and says at once that it is stored.
private struct ForgetfulLedger: BrokerLedger {
    func commit(_ entries: [BrokerLedgerEntry], completion: @escaping @Sendable ([CommitOutcome]) -> Void) {
        completion(entries.map { _ in .committed })
    }
}

@Suite("Client and broker", .timeLimit(.minutes(5)))
struct BrokerTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private func withBroker(_ work: (Broker) async throws -> Void) async throws {
        var configuration = BrokerConfiguration()
        configuration.port = 0
        let broker = try await Broker.start(
            configuration, ledger: ForgetfulLedger(), authenticator: OpenAuthenticator(), authorizer: OpenAuthorizer())
        do {
            try await work(broker)
        } catch {
            await broker.drain()
            throw error
        }
        await broker.drain()
    }

    private func client(
        _ broker: Broker, _ name: String, _ version: ProtocolVersion = .v5_0, on loop: (any EventLoop)? = nil,
        _ change: (inout MQTTClientConfiguration) -> Void = { _ in }
    ) throws -> MQTTClient {
        var configuration = MQTTClientConfiguration(
            host: "127.0.0.1", port: broker.port, version: version, clientIdentifier: try MQTTString(name))
        configuration.reconnect = ReconnectPolicy(initial: .milliseconds(5), maximum: .milliseconds(50))
        change(&configuration)
        return MQTTClient(configuration: configuration, eventLoop: loop ?? group.next())
    }

    @Test(
        "What is published is received, in order, in every version and QoS", arguments: ProtocolVersion.allCases,
        ProtocolVersion.allCases)
    func delivery(from: ProtocolVersion, to: ProtocolVersion) async throws {
        try await withBroker { broker in
            let publisher = try client(broker, "publisher", from)
            let subscriber = try client(broker, "subscriber", to)
            try await publisher.connect()
            try await subscriber.connect()
            let filter = try TopicFilter("a/+/#")
            #expect(
                try await subscriber.subscribe([Subscription(filter: filter, maximumQoS: .exactlyOnce)])
                    == [.grantedQoS2])
            var iterator = subscriber.messages.makeAsyncIterator()
            for qos in QoS.allCases {
                let messages = try (0..<200).map {
                    MQTTMessage(topic: try TopicName("a/b/\(qos.rawValue)"), payload: Array("\($0)".utf8), qos: qos)
                }
                #expect(try await publisher.publish(contentsOf: messages).succeeded == 200)
                for message in messages { #expect(await iterator.next()?.message == message) }
            }
            await publisher.disconnect()
            await subscriber.disconnect()
        }
    }

    @Test("A session outlives its connection: what was missed is delivered", arguments: ProtocolVersion.allCases)
    func session(version: ProtocolVersion) async throws {
        try await withBroker { broker in
            func make() throws -> MQTTClient {
                try client(broker, "kept", version) {
                    $0.cleanStart = false
                    $0.sessionExpiry = 60
                }
            }
            let first = try make()
            #expect(try await first.connect() == false)
            let filter = try TopicFilter("missed")
            try await first.subscribe([Subscription(filter: filter, maximumQoS: .atLeastOnce)])
            await first.disconnect()
            let publisher = try client(broker, "publisher", version)
            try await publisher.connect()
            let message = MQTTMessage(topic: try TopicName("missed"), payload: [1], qos: .atLeastOnce)
            try await publisher.publish(message)
            let second = try make()
            #expect(try await second.connect() == (version != .v3_1))
            var iterator = second.messages.makeAsyncIterator()
            #expect(await iterator.next()?.message == message)
            await second.disconnect()
            await publisher.disconnect()
        }
    }

    @Test("Sent away by the server, the client comes back and has its subscriptions")
    func comesBack() async throws {
        try await withBroker { broker in
            let log = EventLog()
            let subscriber = try client(broker, "subscriber") { $0.onEvent = { log.note("\($0)") } }
            try await subscriber.connect()
            let filter = try TopicFilter("after")
            try await subscriber.subscribe([Subscription(filter: filter, maximumQoS: .atLeastOnce)])
            #expect(await log.wait { $0.hasPrefix("connected") } != nil)
            broker.disconnect(try MQTTString("subscriber"))
            #expect(await log.wait { $0.contains("administrativeAction") } != nil)
            #expect(await log.wait { $0.hasPrefix("connected") } != nil)
            // The renewal is answered before anything that is asked after it.
            try await subscriber.subscribe([Subscription(filter: try TopicFilter("fence"))])
            let publisher = try client(broker, "publisher")
            try await publisher.connect()
            try await publisher.publish(MQTTMessage(topic: try TopicName("after"), payload: [1], qos: .atLeastOnce))
            var iterator = subscriber.messages.makeAsyncIterator()
            #expect(await iterator.next()?.message.payload == [1])
            await publisher.disconnect()
            await subscriber.disconnect()
        }
    }

    @Test("The will of a client that vanishes")
    func will() async throws {
        try await withBroker { broker in
            let watcher = try client(broker, "watcher")
            try await watcher.connect()
            try await watcher.subscribe([Subscription(filter: try TopicFilter("gone"))])
            let mortal = try client(broker, "mortal") {
                $0.will = (try? TopicName("gone")).map { Will(topic: $0, payload: [7]) }
                $0.reconnect = nil
            }
            try await mortal.connect()
            broker.disconnect(try MQTTString("mortal"))
            var iterator = watcher.messages.makeAsyncIterator()
            #expect(await iterator.next()?.message.payload == [7])
            await watcher.disconnect()
        }
    }

    @Test("Three hundred clients on one event loop")
    func many() async throws {
        try await withBroker { broker in
            let loop = group.next()
            let clients = try (0..<300).map { try client(broker, "node-\($0)", on: loop) }
            let message = MQTTMessage(topic: try TopicName("t"), payload: [1], qos: .atLeastOnce)
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for client in clients {
                    tasks.addTask {
                        try await client.connect()
                        let summary = try await client.publish(contentsOf: Array(repeating: message, count: 20))
                        await client.disconnect()
                        return summary.succeeded
                    }
                }
                var total = 0
                for try await succeeded in tasks { total += succeeded }
                #expect(total == 6_000)
            }
        }
    }
}
