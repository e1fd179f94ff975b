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
            let port = broker.port
            let attack = Task {
                var open: [any Channel] = []
                for number in 0..<2_000 {
                    let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: port).get()
                    guard let channel else { continue }
                    // Half of them say the beginning of a CONNECT.
                    if number.isMultiple(of: 2) {
                        channel.writeAndFlush(ByteBuffer(bytes: [0x10, 0x20, 0x00]), promise: nil)
                    }
                    open.append(channel)
                    // What the broker has closed need not be held; the rest stays open.
                    if open.count > 400 { try? await open.removeFirst().close() }
                }
                for channel in open { try? await channel.close() }
            }
            var served: UInt16 = 0
            var newcomers = 0
            while served < 100 || broker.statistics.counters.connectionsEvicted < 1_000 {
                served += 1
                try await admitted.send([publish([1], id: served)])
                let acknowledged = try await admitted.next()
                #expect(acknowledged == .puback(answer(served)))
                if served.isMultiple(of: 20), newcomers < 5 {
                    let newcomer = try await Wire.connect(port: broker.port)
                    let connack = try await newcomer.open("new")
                    #expect(connack.reason == .success)
                    newcomers += 1
                    await newcomer.close()
                }
            }
            await attack.value
            #expect(newcomers == 5)
            // How many gave way, and how many the attacker closed itself, is a matter of the machine's speed.
            try await eventually("no more than a hundred are there") {
                broker.statistics.unadmittedConnections <= 100
            }
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
