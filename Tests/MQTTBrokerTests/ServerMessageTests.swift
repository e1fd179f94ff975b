import MQTTBroker
import MQTTCodec
import Testing

/// What the server itself publishes, and what it hears about it.
struct ServerMessageTests {
    @Test(
        "a command with a token: routed, acknowledged by PUBACK or PUBREC", arguments: [QoS.atLeastOnce, .exactlyOnce])
    func token(qos: QoS) {
        let bench = Bench()
        let device = bench.connect("d", clean: false, expiry: 100)
        device.subscribe("cmd/d")
        bench.handle(.publish([ServerMessage(topic: topic("cmd/d"), payload: [1], qos: qos, token: "42")]))
        #expect(bench.deliveries == [.routed(token: "42", online: [text("d")], queued: [])])
        let number = device.messages().first?.packetIdentifier?.rawValue ?? 0
        if qos == .atLeastOnce { device.puback(number) } else { device.pubrec(number) }
        #expect(bench.deliveries.last == .acknowledged(token: "42", client: text("d")))
    }

    @Test("a command for a device that is away waits, survives a crash, and still reports")
    func awayAndCrash() {
        let bench = Bench()
        let device = bench.connect("d", clean: false, expiry: 100)
        device.subscribe("cmd/d")
        device.drop()
        bench.handle(
            .publish([
                ServerMessage(topic: topic("cmd/d"), payload: [1], qos: .atLeastOnce, token: "42"),
                ServerMessage(topic: topic("cmd/d"), payload: [2], qos: .atLeastOnce, token: "43", storage: .memory),
            ]))
        #expect(
            bench.deliveries == [
                .routed(token: "43", online: [], queued: []), .routed(token: "42", online: [], queued: [text("d")]),
            ])
        let after = bench.afterCrash()
        let back = after.connect("d", clean: false, expiry: 100)
        let messages = back.messages()
        #expect(messages.map(\.payload) == [[1]])
        back.puback(messages.first?.packetIdentifier?.rawValue ?? 0)
        #expect(after.deliveries == [.acknowledged(token: "42", client: text("d"))])
    }

    @Test("nobody there, expired, refused by the client, session over, not stored")
    func notDelivered() {
        let bench = Bench()
        let command = ServerMessage(
            topic: topic("cmd/d"), payload: [1], qos: .atLeastOnce, expiryInterval: 10, token: "1")
        bench.handle(.publish([command]))
        #expect(bench.deliveries == [.routed(token: "1", online: [], queued: [])])
        let device = bench.connect("d", clean: false, expiry: 100)
        device.subscribe("cmd/d")
        bench.handle(.publish([command]))
        device.puback(device.messages().first?.packetIdentifier?.rawValue ?? 0, .notAuthorized)
        #expect(bench.deliveries.last == .dropped(token: "1", client: text("d")))
        device.drop()
        bench.handle(.publish([command]))
        bench.advance(milliseconds: 20_000)
        let count = bench.deliveries.count
        let back = bench.connect("d", clean: false, expiry: 100)
        #expect(bench.deliveries.dropFirst(count) == [.dropped(token: "1", client: text("d"))])
        back.drop()
        bench.handle(.publish([command]))
        bench.connect("d", clean: true)
        #expect(bench.deliveries.last == .dropped(token: "1", client: text("d")))
        let slow = Bench(mode: .manual)
        slow.handle(.publish([ServerMessage(topic: topic("x"), payload: [1], retain: true, token: "9")]))
        slow.commit([.failed])
        #expect(slow.deliveries == [.notStored(token: "9")])
    }

    @Test("retained figures in memory do not reach the ledger")
    func memory() {
        let bench = Bench()
        bench.handle(
            .publish([ServerMessage(topic: topic("$SYS/broker/uptime"), payload: [1], retain: true, storage: .memory)]))
        #expect(bench.committed.isEmpty)
        let client = bench.connect("c")
        client.subscribe("$SYS/#")
        #expect(client.messages().map(\.retain) == [true])
    }
}
