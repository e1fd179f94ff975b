import MQTTBroker
import MQTTCodec
import NIOCore
import NIOPosix
import Testing
import Transport

/// Connections on real sockets that never say who they are.
struct StrangersTests {
    private func publish(_ payload: [UInt8], id number: UInt16) -> Packet {
        .publish(
            Publish(
                topic: topic("t"), payload: payload, qos: .atLeastOnce, packetIdentifier: PacketIdentifier(number)))
    }

    @Test(
        "a client that is let in is served, and a newcomer comes in, while 2,000 half-open connections are thrown at it"
    )
    func slowLoris() async throws {
        var configuration = BrokerConfiguration()
        configuration.limits.unadmittedConnections = 100
        configuration.limits.connections = 10
        try await withBroker(configuration) { broker, _ in
            let admitted = try await Wire.connect(port: broker.port)
            try await admitted.open("admitted")
            // In step with the rest, so that it is no matter of the machine's speed how many come between two lines.
            var attack = Attack(port: broker.port)
            var newcomers = 0
            for served in UInt16(1)...100 {
                try await attack.open(10)
                try await admitted.send([publish([1], id: served)])
                let acknowledged = try await admitted.next()
                #expect(acknowledged == .puback(answer(served)))
                guard served.isMultiple(of: 20) else {
                    try await attack.open(10)
                    continue
                }
                let newcomer = try await Wire.connect(port: broker.port)
                try await attack.open(10)
                let connack = try await newcomer.open("new")
                #expect(connack.reason == .success)
                newcomers += 1
                await newcomer.close()
            }
            #expect(newcomers == 5)
            try await eventually("those that came first gave way") {
                broker.statistics.counters.connectionsEvicted >= 1_000
            }
            try await eventually("no more than a hundred are there") {
                broker.statistics.unadmittedConnections <= 100
            }
            await attack.close()
        }
    }

    @Test("a PROXY header from a trusted proxy says where a client comes from; without one it is closed")
    func proxied() async throws {
        var configuration = BrokerConfiguration()
        configuration.listeners = [
            ListenerConfiguration(port: 0),
            ListenerConfiguration(port: 0, trustedProxies: try TrustedNetworks(["127.0.0.0/8"])),
        ]
        try await withBroker(configuration) { broker, ledger in
            #expect(broker.ports.count == 2)
            let wire = try await Wire.connect(port: broker.ports[1])
            try await wire.send(bytes: Array("PROXY TCP6 2001:db8::5 ::1 4711 1883\r\n".utf8))
            try await wire.open("c")
            try await wire.send([publish([1], id: 1)])
            let acknowledged = try await wire.next()
            #expect(acknowledged == .puback(answer(1)))
            #expect(ledger.publications.first?.client.remoteAddress == "[2001:db8::5]:4711")
            let without = try await Wire.connect(port: broker.ports[1])
            try await without.send([.pingreq])
            let nothing = try await without.next()
            #expect(nothing == nil)
            // Where nobody is trusted the header is a malformed packet.
            let plain = try await Wire.connect(port: broker.ports[0])
            try await plain.send(bytes: Array("PROXY UNKNOWN\r\n".utf8))
            let refused = try await plain.next()
            #expect(refused == nil)
        }
    }
}

/// Connections that never say who they are, some of them open at a time.
private struct Attack {
    private let port: Int
    private var opened = 0
    private var channels: [any Channel] = []

    init(port: Int) {
        self.port = port
    }

    mutating func open(_ count: Int) async throws {
        for _ in 0..<count {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            // Half of them say the beginning of a CONNECT.
            if opened.isMultiple(of: 2) {
                channel.writeAndFlush(ByteBuffer(bytes: [0x10, 0x20, 0x00]), promise: nil)
            }
            opened += 1
            channels.append(channel)
            // What the broker has closed need not be held; the rest stays open.
            if channels.count > 400 { try? await channels.removeFirst().close() }
        }
    }

    func close() async {
        for channel in channels { try? await channel.close() }
    }
}
