import MQTTClient
import MQTTCodec
import NIOCore
import NIOPosix
import Testing

@Suite("Client on a socket", .timeLimit(.minutes(5)))
struct ClientTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private func configuration(
        _ server: ScriptedServer, _ version: ProtocolVersion = .v5_0,
        _ change: (inout MQTTClientConfiguration) -> Void = { _ in }
    ) throws -> MQTTClientConfiguration {
        var configuration = MQTTClientConfiguration(
            host: "127.0.0.1", port: server.port, version: version, clientIdentifier: try MQTTString("c"))
        configuration.reconnect = ReconnectPolicy(initial: .milliseconds(5), maximum: .milliseconds(20))
        change(&configuration)
        return configuration
    }

    private func client(_ configuration: MQTTClientConfiguration) -> MQTTClient {
        MQTTClient(configuration: configuration, eventLoop: group.next())
    }

    private func message(_ number: Int, _ qos: QoS) throws -> MQTTMessage {
        MQTTMessage(topic: try TopicName("t"), payload: Array("\(number)".utf8), qos: qos)
    }

    @Test("Publishes at every QoS, alone and in a batch", arguments: ProtocolVersion.allCases)
    func publishes(version: ProtocolVersion) async throws {
        let server = try await ScriptedServer.start(on: group, version: version, ScriptedServer.obliging())
        let client = client(try configuration(server, version))
        try await client.connect()
        for qos in QoS.allCases { try await client.publish(try message(0, qos)) }
        let batch = try (0..<5_000).map { try message($0, QoS.allCases[$0 % 3]) }
        let summary = try await client.publish(contentsOf: batch)
        #expect(summary.succeeded == 5_000 && summary.failed == 0)
        let counters = await client.counters()
        #expect(counters.published == 5_003 && counters.completed == 5_003 && counters.connections == 1)
        await client.disconnect()
        await #expect(throws: MQTTClientError.closed) { try await client.publish(try message(1, .atLeastOnce)) }
        try await server.stop()
    }

    @Test("A connection that breaks is made again, and what was on its way arrives")
    func reconnects() async throws {
        let script = ScriptedServer.obliging { number, packet in
            if number < 3, case .publish(let publish) = packet, publish.payload == Array("7".utf8) { return [.close] }
            return []
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(try configuration(server) { $0.maximumInFlight = 4 })
        try await client.connect()
        let summary = try await client.publish(contentsOf: try (0..<50).map { try message($0, .atLeastOnce) })
        #expect(summary.succeeded == 50)
        #expect(server.connectionCount == 4)
        #expect(await client.counters().connections == 4)
        await client.disconnect()
        try await server.stop()
    }

    @Test("Without a policy a broken connection fails what waits")
    func noPolicy() async throws {
        let script = ScriptedServer.obliging { _, packet in packet.type == .publish ? [.close] : [] }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(try configuration(server) { $0.reconnect = nil })
        try await client.connect()
        await #expect(throws: MQTTClientError.connectionLost) { try await client.publish(try message(1, .atLeastOnce)) }
        var iterator = client.messages.makeAsyncIterator()
        #expect(await iterator.next() == nil)
        try await server.stop()
    }

    @Test("A refusal that waiting cannot change is told; one that may pass is waited for")
    func refusals() async throws {
        let script = ScriptedServer.obliging { number, packet in
            guard packet.type == .connect, number < 2 else { return [] }
            return [.packet(.connack(Connack(reason: number == 0 ? .badUserNameOrPassword : .serverBusy))), .close]
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let first = client(try configuration(server))
        await #expect(throws: MQTTClientError.refused(.badUserNameOrPassword)) { try await first.connect() }
        let second = client(try configuration(server))
        try await second.connect()
        #expect(server.connectionCount == 3)
        await second.disconnect()
        try await server.stop()
    }

    @Test("A port where nobody listens, and a server that says nothing")
    func unreachable() async throws {
        let silent = try await ScriptedServer.start(on: group, version: .v5_0) { _, _ in [] }
        let waiting = client(
            try configuration(silent) {
                $0.reconnect = nil
                $0.connectTimeout = .milliseconds(100)
            })
        await #expect(throws: MQTTClientError.connectTimeout) { try await waiting.connect() }
        let configuration = try configuration(silent) { $0.reconnect = nil }
        try await silent.stop()
        let nobody = client(configuration)
        do {
            try await nobody.connect()
            Issue.record("connected to nobody")
        } catch MQTTClientError.unreachable {}
    }

    @Test("A server that does not answer PINGREQ is left")
    func keepAlive() async throws {
        let log = EventLog()
        let script = ScriptedServer.obliging { number, packet in
            number == 0 && packet.type == .pingreq ? [.bytes([])] : []
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(
            try configuration(server) {
                $0.keepAlive = 1
                $0.onEvent = { log.note("\($0)") }
            })
        try await client.connect()
        #expect(await log.wait { $0.contains("keepAliveTimeout") } != nil)
        #expect(await log.wait { $0.contains("connected(") } != nil)
        await client.disconnect()
        try await server.stop()
    }

    @Test("Bytes that are no packet end the connection, not the client")
    func malformed() async throws {
        let log = EventLog()
        let script = ScriptedServer.obliging { number, packet in
            number == 0 && packet.type == .publish ? [.bytes([0x40, 0x03, 0, 1, 0xFF])] : []
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(try configuration(server) { $0.onEvent = { log.note("\($0)") } })
        try await client.connect()
        try await client.publish(try message(1, .atLeastOnce))
        #expect(await log.wait { $0.contains("malformed") } != nil)
        await client.disconnect()
        try await server.stop()
    }

    @Test("A publisher that is cancelled waits no more")
    func cancellation() async throws {
        let script = ScriptedServer.obliging { _, packet in packet.type == .publish ? [.bytes([])] : [] }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(try configuration(server))
        try await client.connect()
        let message = try message(1, .atLeastOnce)
        let waiting = Task { try await client.publish(message) }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await client.publish(message)
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await client.disconnect()
        try await server.stop()
    }

    @Test("A reader that stops holds the server back, and loses nothing")
    func backPressure() async throws {
        let count = 20_000
        let script = ScriptedServer.obliging { _, packet in
            guard case .publish = packet, let topic = try? TopicName("flood") else { return [] }
            var bytes: [UInt8] = []
            for number in 0..<count {
                let payload = Array("\(number)".utf8) + [UInt8](repeating: 0x20, count: 1_000)
                let publish = Packet.publish(Publish(topic: topic, payload: payload))
                guard (try? publish.encode(into: &bytes, version: .v5_0)) != nil else { return [.close] }
            }
            return [.bytes(bytes)]
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(try configuration(server) { $0.incomingBuffer = 10 })
        try await client.connect()
        try await client.publish(try message(0, .atMostOnce))
        var iterator = client.messages.makeAsyncIterator()
        var ahead = 0
        for number in 0..<count {
            let next = await iterator.next()
            try #require(next?.message.payload.prefix { $0 != 0x20 } == Array("\(number)".utf8)[...])
            // Each look lets the event loop turn: a client that went on reading would run away from its reader.
            if number < 300 { ahead = max(ahead, await client.counters().received - number) }
        }
        // The buffer, and what one turn of the loop may read of a socket before it notices: 4 times 64 KiB.
        #expect(ahead <= 10 + 4 * 65_536 / 1_000 + 1)
        await client.disconnect()
        #expect(await iterator.next() == nil)
        try await server.stop()
    }

    @Test("Manual acknowledgement reaches the server when it is given")
    func manual() async throws {
        let log = EventLog()
        let script = ScriptedServer.obliging { _, packet in
            switch packet {
            case .subscribe(let subscribe):
                guard let topic = try? TopicName("a") else { return [.close] }
                let publish = Publish(topic: topic, payload: [1], qos: .atLeastOnce, packetIdentifier: .first)
                return [
                    .packet(.suback(Suback(packetIdentifier: subscribe.packetIdentifier, reasons: [.grantedQoS1]))),
                    .packet(.publish(publish)),
                ]
            case .puback(let answer):
                log.note("puback \(answer.packetIdentifier.rawValue)")
                return [.bytes([])]
            case .pingreq:
                log.note("pingreq")
                return []
            default: return []
            }
        }
        let server = try await ScriptedServer.start(on: group, version: .v5_0, script)
        let client = client(
            try configuration(server) {
                $0.acknowledgement = .manual
                $0.keepAlive = 1
            })
        try await client.connect()
        #expect(try await client.subscribe([Subscription(filter: try TopicFilter("a"))]) == [.grantedQoS1])
        var iterator = client.messages.makeAsyncIterator()
        let message = try #require(await iterator.next())
        // The PINGREQ proves that nothing was answered by itself.
        #expect(await log.wait { _ in true } == "pingreq")
        client.acknowledge(message)
        #expect(await log.wait { $0 != "pingreq" } == "puback 1")
        await client.disconnect()
        try await server.stop()
    }
}
