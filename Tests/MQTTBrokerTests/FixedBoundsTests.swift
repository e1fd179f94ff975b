import MQTTBroker
import MQTTCodec
import Testing

/// Bounds of docs/limits.md, «Fixed», by their defaults: each is filled, what is beyond is refused, and others go on.
struct FixedBoundsTests {
    @Test("a CONNECT is as large as one may be, its will included")
    func connect() async throws {
        func connect(_ name: String, bytes: Int) -> Packet {
            let will = Will(topic: topic("w"), payload: Array(repeating: 7, count: bytes))
            return .connect(Connect(version: .v5_0, clientIdentifier: text(name), will: will))
        }
        try await withBroker { broker, _ in
            let calm = try await Wire.connect(port: broker.port)
            try await calm.open("calm")
            let large = try await Wire.connect(port: broker.port)
            try await large.send(connect("large", bytes: 65_000))
            #expect(try await large.next()?.type == .connack)
            let tooLarge = try await Wire.connect(port: broker.port)
            try await tooLarge.send(connect("larger", bytes: 65_530))
            while let packet = try await tooLarge.next() {
                guard case .connack(let refused) = packet else {
                    Issue.record("\(packet)")
                    return
                }
                #expect(refused.reason == .packetTooLarge)
            }
            try await calm.send(.pingreq)
            #expect(try await calm.next() == .pingresp)
        }
    }

    @Test("client identifiers have at most 256 bytes")
    func identifiers() {
        let bench = Bench()
        let longest = String(repeating: "c", count: 256)
        #expect(bench.connect(longest).connack?.reason == .success)
        #expect(bench.connect(longest + "c").connack?.reason == .clientIdentifierNotValid)
    }

    @Test("a will on a topic of too many levels is refused with its CONNECT", arguments: ProtocolVersion.allCases)
    func willLevels(version: ProtocolVersion) {
        let bench = Bench()
        let deepest = Array(repeating: "a", count: 128).joined(separator: "/")
        #expect(bench.connect("c", version, will: will(deepest, "")).connack?.reason == .success)
        let refused = bench.connect("d", version, will: will(deepest + "/a", ""))
        #expect(refused.connack?.reason != .success && refused.isClosed)
    }

    @Test("a client may have so many messages unacknowledged; one more ends its connection, and no other")
    func unacknowledged() {
        let bench = Bench(mode: .manual)
        let (loud, calm) = (bench.connect("loud"), bench.connect("calm"))
        bench.commitAll()
        _ = (loud.read(), calm.read())
        for number: UInt16 in 1...1_024 { loud.publish("t", qos: .atLeastOnce, id: number) }
        calm.publish("t", qos: .atLeastOnce, id: 1)
        #expect(loud.read().isEmpty && !loud.isClosed)
        loud.publish("t", qos: .atLeastOnce, id: 1_025)
        #expect(loud.read() == [.disconnect(Disconnect(reason: .receiveMaximumExceeded))])
        bench.commitAll()
        #expect(calm.read() == [.puback(answer(1))])
    }

    @Test("so many messages are on the way to one client; the others wait in its session, in order")
    func onTheWay() {
        let bench = Bench()
        let (slow, calm, sender) = (bench.connect("slow"), bench.connect("calm"), bench.connect("sender"))
        for client in [slow, calm] { client.subscribe("t", qos: .atLeastOnce) }
        for number: UInt16 in 1...150 {
            sender.publish("t", "\(number)", qos: .atLeastOnce, id: number)
            if let identifier = calm.messages().first?.packetIdentifier { calm.puback(identifier.rawValue) }
        }
        let first = slow.messages()
        #expect(first.count == 100)
        for message in first { slow.puback(message.packetIdentifier?.rawValue ?? 0) }
        #expect(slow.payloads() == (101...150).map(String.init))
    }

    @Test("a client defines so many topic aliases; one beyond ends its connection")
    func aliases() {
        let bench = Bench()
        let client = bench.connect("a")
        for alias: UInt16 in 1...64 { client.publish("t\(alias)", properties: [.topicAlias(alias)]) }
        #expect(client.read().isEmpty && !client.isClosed)
        client.publish("t65", properties: [.topicAlias(65)])
        #expect(client.read() == [.disconnect(Disconnect(reason: .topicAliasInvalid))])
    }

    @Test("the rate of so many owners without a session is remembered; of more the first to have left is forgotten")
    func restingOwners() {
        let bench = ownersBench { $0.messageRate = MessageRate(perSecond: 1, burst: 1) }
        /// Whether the one message is taken that it may send.
        func isTaken(_ owner: String) -> Bool {
            let client = bench.connect("\(owner)-c")
            defer { client.drop() }
            client.publish("t", qos: .atLeastOnce, id: 1)
            return client.read() == [.puback(answer(1))]
        }
        for number in 0..<50_000 where !isTaken("o\(number)") { Issue.record("not taken: \(number)") }
        #expect(bench.core.statistics().owners == 50_000)
        #expect(!isTaken("o7"), "what it used up stays used up when it connects again")
        #expect(isTaken("one_more"))
        #expect(bench.core.statistics().owners == 50_000)
        #expect(isTaken("o0"), "it was forgotten")
        #expect(!isTaken("one_more"))
    }
}
