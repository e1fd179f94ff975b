import MQTTBroker
import MQTTCodec
import Testing

/// Queues over a restart: in the same order, with DUP for what was sent, without what expired.
struct QueueRestartTests {
    @Test("DUP after a restart is for what was sent before, not for what only waited", arguments: [false, true])
    func duplicateAfterRestart(stops: Bool) {
        let first = Bench()
        let client = first.connect("s", clean: false, expiry: 1_000, properties: [.receiveMaximum(2)])
        client.subscribe("t")
        let publisher = first.connect("p")
        for number in 1...4 { publisher.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        #expect(client.payloads() == ["1", "2"])
        if !stops { client.drop() }
        let bench = stops ? first.afterStop() : first.afterCrash()
        let again = bench.connect("s", clean: false, expiry: 1_000)
        let heard = again.messages()
        #expect(heard.map { String(decoding: $0.payload, as: UTF8.self) } == ["1", "2", "3", "4"])
        #expect(heard.map(\.isDuplicate) == [true, true, false, false])
        // What was sent stays sent over one more.
        again.drop()
        let more = bench.afterCrash().connect("s", clean: false, expiry: 1_000)
        #expect(more.messages().map(\.isDuplicate) == [true, true, true, true])
    }

    @Test("after SIGKILL, what may have been in flight is sent with DUP, and what cannot have been is not")
    func duplicateAfterKill() {
        var configuration = BrokerConfiguration()
        configuration.limits.inFlight = 3
        let first = Bench(configuration)
        let client = first.connect("s", clean: false, expiry: 1_000)
        client.subscribe("t")
        let publisher = first.connect("p")
        for number in 1...5 { publisher.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        let again = first.afterCrash().connect("s", clean: false, expiry: 1_000)
        var flags: [Bool] = []
        for _ in 0..<5 {
            for message in again.messages() {
                flags.append(message.isDuplicate)
                again.puback(message.packetIdentifier?.rawValue ?? 0)
            }
        }
        #expect(flags == [true, true, true, false, false])
    }

    @Test("what expired while it waited is not delivered after a restart either; what was begun is")
    func expiryAfterRestart() {
        for restarts in [false, true] {
            let first = Bench()
            let client = first.connect("s", clean: false, expiry: 1_000, properties: [.receiveMaximum(1)])
            client.subscribe("t")
            let publisher = first.connect("p")
            for number in 1...3 {
                let expiry: Properties = number == 3 ? .none : [.messageExpiryInterval(10)]
                publisher.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number), properties: expiry)
            }
            client.drop()
            let bench = restarts ? first.afterCrash(milliseconds: 5_000) : first
            bench.advance(milliseconds: 20_000)
            let again = bench.connect("s", clean: false, expiry: 1_000)
            #expect(again.payloads() == ["1", "3"], "restart: \(restarts)")
        }
    }

    @Test("further starts make no session longer, and no message of a client that was not there one that was sent")
    func restartsInARow() {
        let first = Bench()
        first.connect("s", clean: false, expiry: 100).subscribe("t")
        var bench = first
        for _ in 0..<4 {
            bench = bench.afterCrash(milliseconds: 0)
            bench.advance(milliseconds: 20_000)
        }
        let expiry: Properties = [.messageExpiryInterval(5)]
        bench.connect("p").publish("t", "short", qos: .atLeastOnce, id: 1, properties: expiry)
        bench = bench.afterCrash(milliseconds: 0)
        bench.advance(milliseconds: 10_000)
        let peek = Bench(state: bench.stored, now: bench.now)
        let back = peek.connect("s", clean: false, expiry: 100)
        #expect(back.connack?.sessionPresent == true)
        #expect(back.payloads().isEmpty)
        bench = bench.afterCrash(milliseconds: 0)
        bench.advance(milliseconds: 11_000)
        #expect(bench.connect("s", clean: false, expiry: 100).connack?.sessionPresent == false)
    }

    @Test("the order of a queue is the same after a restart, retained messages in it")
    func orderAfterRestart() {
        let first = Bench()
        let publisher = first.connect("p")
        publisher.publish("old", "kept", qos: .atLeastOnce, id: 1, retain: true)
        let client = first.connect("s", clean: false, expiry: 1_000)
        client.subscribe("t")
        publisher.publish("t", "1", qos: .atLeastOnce, id: 1)
        client.subscribe("old")
        publisher.publish("t", "2", qos: .atLeastOnce, id: 1)
        #expect(client.payloads() == ["1", "kept", "2"])
        var state = first.stored
        let name = text("s")
        state.sessions[name]?.queue.sort { $0.delivery.place < $1.delivery.place }
        let bench = Bench(state: state)
        #expect(bench.connect("s", clean: false, expiry: 1_000).payloads() == ["1", "kept", "2"])
        bench.connect("q").publish("t", "3", qos: .atLeastOnce, id: 1)
        let places = bench.stored.sessions[name]?.queue.map(\.delivery.place) ?? []
        #expect(places.count == 4 && places == places.sorted() && Set(places).count == 4)
    }
}
