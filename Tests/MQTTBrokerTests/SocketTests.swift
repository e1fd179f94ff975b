import MQTTBroker
import MQTTCodec
import Synchronization
import Testing

/// The broker on a port, with clients on real sockets.
struct SocketTests {
    private func publish(_ name: String, _ payload: [UInt8], qos: QoS = .atLeastOnce, id number: UInt16 = 1) -> Packet {
        .publish(
            Publish(
                topic: topic(name), payload: payload, qos: qos,
                packetIdentifier: qos == .atMostOnce ? nil : PacketIdentifier(number)))
    }

    private func subscribe(_ filters: String..., qos: QoS = .atLeastOnce) -> Packet {
        .subscribe(
            Subscribe(
                packetIdentifier: .first,
                subscriptions: filters.map { Subscription(filter: filter($0), maximumQoS: qos) }))
    }

    @Test("a message goes from a 3.1.1 client to a 5.0 client")
    func throughTheSocket() async throws {
        try await withBroker { broker, ledger in
            let five = try await Wire.connect(port: broker.port)
            try await five.open("five")
            try await five.send(subscribe("a/#"))
            #expect(try await five.next()?.type == .suback)
            let three = try await Wire.connect(port: broker.port, version: .v3_1_1)
            try await three.open("three", version: .v3_1_1)
            try await three.send([publish("a/b", [1, 2, 3])], version: .v3_1_1)
            #expect(try await three.next() == .puback(answer(1)))
            guard case .publish(let message)? = try await five.next() else {
                Issue.record("no message")
                return
            }
            #expect(message.payload == [1, 2, 3])
            #expect(ledger.publications.count == 1)
        }
    }

    @Test("bytes that drip in one at a time, and many packets in one piece")
    func pieces() async throws {
        try await withBroker { broker, ledger in
            var bytes: [UInt8] = []
            let connect = Connect(version: .v5_0, clientIdentifier: text("c"))
            try Packet.connect(connect).encode(into: &bytes, version: .v5_0)
            for number: UInt16 in 1...3 {
                try publish("t", Array(repeating: 7, count: 300), id: number).encode(into: &bytes, version: .v5_0)
            }
            let dripping = try await Wire.connect(port: broker.port)
            for byte in bytes { try await dripping.send(bytes: [byte]) }
            #expect(try await dripping.next(4).map(\.type) == [.connack, .puback, .puback, .puback])
            let atOnce = try await Wire.connect(port: broker.port)
            try await atOnce.send(bytes: bytes)
            #expect(try await atOnce.next(4).map(\.type) == [.connack, .puback, .puback, .puback])
            #expect(ledger.publications.count == 6)
        }
    }

    @Test(
        "CONNECT, messages and DISCONNECT in one write, and the connection is gone: every message counts",
        arguments: [QoS.atMostOnce, .atLeastOnce])
    func inOneBreath(qos: QoS) async throws {
        for saysGoodbye in [true, false] {
            let gate = Gate()
            try await withBroker(authenticator: Gated(gate: gate)) { broker, ledger in
                for number in 0..<30 {
                    var bytes: [UInt8] = []
                    let connect = Connect(
                        version: .v5_0, clientIdentifier: text("small\(number)"), will: will("will", "dead"))
                    try Packet.connect(connect).encode(into: &bytes, version: .v5_0)
                    try publish("t", [UInt8(number)], qos: qos).encode(into: &bytes, version: .v5_0)
                    if saysGoodbye { try Packet.disconnect(Disconnect()).encode(into: &bytes, version: .v5_0) }
                    let client = try await Wire.connect(port: broker.port)
                    try await client.send(bytes: bytes)
                    await client.close()
                }
                // Nobody is let in before all have hung up; the broker has seen the end of most by now.
                await gate.open()
                let count = saysGoodbye ? 30 : 60
                try await eventually("all that was said is stored") { ledger.publications.count == count }
                try await eventually("nobody is left") { broker.statistics.connections == 0 }
                #expect(ledger.publications.filter(\.isWill).count == (saysGoodbye ? 0 : 30))
                #expect(Set(ledger.publications.filter { !$0.isWill }.map(\.message.payload)).count == 30)
                #expect(ledger.stored.wills.isEmpty)
            }
        }
    }

    @Test("a peer that hangs up in the middle of a packet, or is refused, leaves nothing behind")
    func hangsUp() async throws {
        try await withBroker(authenticator: Refusing()) { broker, ledger in
            for cut in [3, 20, 24] {
                var bytes: [UInt8] = []
                try Packet.connect(Connect(version: .v5_0, clientIdentifier: text("c"))).encode(
                    into: &bytes, version: .v5_0)
                try publish("t", [1, 2, 3]).encode(into: &bytes, version: .v5_0)
                let client = try await Wire.connect(port: broker.port)
                try await client.send(bytes: Array(bytes.prefix(cut)))
                await client.close()
            }
            try await eventually("all have come") { broker.statistics.counters.connectionsAccepted == 3 }
            try await eventually("nobody is left") { broker.statistics.connections == 0 }
            #expect(ledger.publications.isEmpty)
        }
    }

    @Test("no acknowledgement while the ledger is shut; the publisher is pushed back and memory stays bounded")
    func pushBack() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits.uncommittedEntries = 50
        configuration.limits.uncommittedBytes = 1_000_000
        let ledger = TestLedger()
        try await withBroker(configuration, ledger: ledger) { broker, _ in
            let client = try await Wire.connect(port: broker.port, version: .v3_1_1)
            try await client.open("c", version: .v3_1_1)
            ledger.shut()
            var bytes: [UInt8] = []
            for number: UInt16 in 1...5_000 {
                try publish("t", Array(repeating: 7, count: 1_000), id: number).encode(into: &bytes, version: .v3_1_1)
            }
            client.push(bytes: bytes)
            try await eventually("the broker pushes back") { broker.statistics.isPushingBack }
            // One read may come in beyond the bound, not all that the client has to say.
            #expect(broker.statistics.uncommittedEntries < 200)
            ledger.open()
            let answers = try await client.next(5_000)
            #expect(answers == (1...5_000).map { .puback(answer($0)) })
            #expect(ledger.largestBatch < 200)
        }
    }

    @Test("a slow authenticator delays its own client alone; what that client says meanwhile waits")
    func slowAuthenticator() async throws {
        struct Slow: BrokerAuthenticator {
            let gate: Gate
            func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
                if attempt.clientIdentifier.description == "slow" { await gate.wait() }
                return attempt.userName == nil ? .accepted(userName: nil) : .refused(.badUserNameOrPassword)
            }
        }
        let gate = Gate()
        try await withBroker(authenticator: Slow(gate: gate)) { broker, ledger in
            let slow = try await Wire.connect(port: broker.port)
            try await slow.send(
                .connect(Connect(version: .v5_0, clientIdentifier: text("slow"))), publish("t", [1]), .pingreq)
            let quick = try await Wire.connect(port: broker.port)
            try await quick.open("quick")
            try await quick.send(.pingreq)
            #expect(try await quick.next() == .pingresp)
            #expect(ledger.publications.isEmpty)
            await gate.open()
            #expect(Set(try await slow.next(3).map(\.type)) == [.connack, .puback, .pingresp])
            let refused = try await Wire.connect(port: broker.port)
            try await refused.send(
                .connect(
                    Connect(version: .v5_0, clientIdentifier: text("x"), userName: text("u"), password: [1])))
            #expect(try await refused.next() == .connack(Connack(reason: .badUserNameOrPassword)))
            #expect(try await refused.next() == nil)
        }
    }

    private static let strangers: [(bytes: [UInt8], reason: ReasonCode?)] = [
        (Array("GET / HTTP/1.1\r\n\r\n".utf8), nil),
        ([0x30, 0xFF, 0xFF, 0xFF, 0x7F], nil),
        ([0x10, 0xFF, 0xFF, 0xFF, 0x7F], nil),
        ([0x10, 0x0C, 0, 4, 0x4D, 0x51, 0x54, 0x54, 9, 2, 0, 0, 0, 0], .unsupportedProtocolVersion),
    ]

    @Test("bytes that are no MQTT end the connection, with a reason where there is one", arguments: strangers)
    func notMQTT(bytes: [UInt8], reason: ReasonCode?) async throws {
        try await withBroker { broker, _ in
            let client = try await Wire.connect(port: broker.port)
            try await client.send(bytes: bytes)
            var heard: [Packet] = []
            while let packet = try await client.next() { heard.append(packet) }
            #expect(heard == (reason.map { [.connack(Connack(reason: $0))] } ?? []))
            // Nobody else notices.
            let other = try await Wire.connect(port: broker.port)
            try await other.open("other")
        }
    }

    @Test("a packet larger than the limit is refused before it is read; the reason arrives")
    func tooLarge() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits.packetSize = 10_000
        try await withBroker(configuration) { broker, _ in
            let client = try await Wire.connect(port: broker.port)
            #expect(try await client.open("c").properties.maximumPacketSize == 10_000)
            var bytes: [UInt8] = []
            try publish("t", Array(repeating: 0, count: 5_000_000)).encode(into: &bytes, version: .v5_0)
            client.push(bytes: bytes)
            #expect(try await client.next() == .disconnect(Disconnect(reason: .packetTooLarge)))
            await client.close()
        }
    }

    @Test(
        "what has come of a packet that is not whole counts: beyond the bound the connection ends with quota exceeded")
    func unfinished() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits.rememberedBytesPerOwner = 50_000
        try await withBroker(configuration) { broker, ledger in
            var bytes: [UInt8] = []
            try publish("t", Array(repeating: 7, count: 100_000)).encode(into: &bytes, version: .v5_0)
            let loud = try await Wire.connect(port: broker.port)
            try await loud.open("loud")
            try await loud.send(bytes: Array(bytes[..<60_000]))
            #expect(try await loud.next() == .disconnect(Disconnect(reason: .quotaExceeded)))
            let calm = try await Wire.connect(port: broker.port)
            try await calm.open("calm")
            for number: UInt16 in 1...5 {
                try await calm.send([publish("t", Array(repeating: 7, count: 40_000), id: number)])
                #expect(try await calm.next() == .puback(answer(number)))
            }
            #expect(ledger.publications.count == 5)
        }
    }

    @Test("a subscriber that does not read loses QoS 0 beyond the bound, and the broker's memory with it stays small")
    func slowSubscriber() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits.unsentBytes = 200_000
        try await withBroker(configuration) { broker, _ in
            let slow = try await Wire.connect(port: broker.port)
            try await slow.open("slow")
            try await slow.send(subscribe("t", qos: .atMostOnce))
            #expect(try await slow.next()?.type == .suback)
            try await slow.stopReading()
            let publisher = try await Wire.connect(port: broker.port)
            try await publisher.open("p")
            var bytes: [UInt8] = []
            for _ in 0..<100 {
                try publish("t", Array(repeating: 7, count: 10_000), qos: .atMostOnce)
                    .encode(into: &bytes, version: .v5_0)
            }
            for _ in 0..<40 { try await publisher.send(bytes: bytes) }
            try await publisher.send(.pingreq)
            #expect(try await publisher.next() == .pingresp)
            try await eventually("messages are dropped") { broker.statistics.counters.messagesDropped > 0 }
            #expect(broker.statistics.unsentBytes < 300_000)
            try await slow.goOnReading()
            try await eventually("the rest arrives") { broker.statistics.unsentBytes == 0 }
            try await slow.send(.pingreq)
            var last = try await slow.next()
            while case .publish? = last { last = try await slow.next() }
            #expect(last == .pingresp)
        }
    }

    @Test("a client that vanishes without a word has its will published")
    func willOnLoss() async throws {
        try await withBroker { broker, _ in
            let watcher = try await Wire.connect(port: broker.port)
            try await watcher.open("w")
            try await watcher.send(subscribe("will"))
            _ = try await watcher.next()
            let client = try await Wire.connect(port: broker.port)
            try await client.open("c", will: will("will", "dead"))
            await client.close()
            guard case .publish(let message)? = try await watcher.next() else {
                Issue.record("no will")
                return
            }
            #expect(message.payload == Array("dead".utf8))
        }
    }

    @Test("drain: what was taken is stored and acknowledged, 5.0 clients hear 0x8B, sessions stay")
    func drain() async throws {
        let ledger = TestLedger()
        var configuration = BrokerConfiguration()
        configuration.port = 0
        let broker = try await Broker.start(
            configuration, ledger: ledger, authenticator: OpenAuthenticator(), authorizer: OpenAuthorizer())
        let client = try await Wire.connect(port: broker.port)
        try await client.open("c", clean: false, expiry: 100, will: will("will", "dead"))
        ledger.shut()
        try await client.send((1...20).map { publish("t", [1], id: $0) })
        try await eventually("all are taken") { broker.statistics.uncommittedEntries == 20 }
        async let drained: Void = broker.drain()
        ledger.open()
        let heard = try await client.next(21)
        #expect(heard == (1...20).map { .puback(answer($0)) } + [.disconnect(Disconnect(reason: .serverShuttingDown))])
        #expect(try await client.next() == nil)
        await client.close()
        await drained
        #expect(ledger.publications.count == 20)
        #expect(ledger.stored.sessions.keys.map(\.description) == ["c"])
        await #expect(throws: (any Error).self) { try await Wire.connect(port: broker.port) }
    }

    @Test("the server publishes, hears of the delivery, and sends a client away")
    func serverSide() async throws {
        try await withBroker { broker, ledger in
            let device = try await Wire.connect(port: broker.port)
            try await device.open("d")
            try await device.send(subscribe("cmd"))
            _ = try await device.next()
            broker.publish([ServerMessage(topic: topic("cmd"), payload: [9], qos: .atLeastOnce, token: "5")])
            guard case .publish(let message)? = try await device.next(), let number = message.packetIdentifier else {
                Issue.record("no command")
                return
            }
            try await device.send(.puback(PublishAnswer(packetIdentifier: number)))
            try await eventually("the acknowledgement is told") {
                ledger.deliveries.last == .acknowledged(token: "5", client: text("d"))
            }
            broker.disconnect(text("d"))
            #expect(try await device.next() == .disconnect(Disconnect(reason: .administrativeAction)))
        }
    }

    @Test("a restart with the ledger's state: the session is there, the queue is there")
    func restart() async throws {
        let ledger = TestLedger()
        try await withBroker(ledger: ledger) { broker, _ in
            let device = try await Wire.connect(port: broker.port)
            try await device.open("d", clean: false, expiry: 1000)
            try await device.send(subscribe("cmd"))
            _ = try await device.next()
            await device.close()
            let publisher = try await Wire.connect(port: broker.port)
            try await publisher.open("p")
            try await publisher.send(publish("cmd", [7]))
            #expect(try await publisher.next() == .puback(answer(1)))
        }
        try await withBroker(ledger: ledger, state: ledger.stored) { broker, _ in
            let device = try await Wire.connect(port: broker.port)
            #expect(try await device.open("d", clean: false, expiry: 1000).sessionPresent)
            guard case .publish(let message)? = try await device.next() else {
                Issue.record("nothing was kept")
                return
            }
            #expect(message.payload == [7])
        }
    }

    @Test("a port that is taken is a failure that says so")
    func portTaken() async throws {
        try await withBroker { broker, _ in
            var configuration = BrokerConfiguration()
            configuration.port = broker.port
            await #expect(throws: BrokerStartFailure.self) {
                try await Broker.start(
                    configuration, ledger: TestLedger(), authenticator: OpenAuthenticator(),
                    authorizer: OpenAuthorizer())
            }
        }
    }
}

/// A door that somebody opens.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// Lets everybody in once a door is open.
private struct Gated: BrokerAuthenticator {
    let gate: Gate

    func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
        await gate.wait()
        return .accepted(userName: nil)
    }
}

/// Lets nobody in.
private struct Refusing: BrokerAuthenticator {
    func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision { .refused(.notAuthorized) }
}
