import MQTTBroker
import MQTTCodec
import Testing

/// How fast a client may publish.
struct RateTests {
    private func bench(_ perSecond: Int, _ burst: Int, mode: Bench.LedgerMode = .immediate) -> Bench {
        var configuration = BrokerConfiguration()
        configuration.limits.messageRate = MessageRate(perSecond: perSecond, burst: burst)
        return Bench(configuration, mode: mode)
    }

    @Test("5.0 above the rate: QoS 1 and 2 are answered quota exceeded, QoS 0 is dropped, all are counted")
    func fiveOh() {
        let bench = bench(4, 3)
        let listener = bench.connect("listener")
        listener.subscribe("t")
        let client = bench.connect("c")
        for number: UInt16 in 1...4 { client.publish("t", "\(number)", qos: .atLeastOnce, id: number) }
        client.publish("t", "5", qos: .exactlyOnce, id: 5)
        client.publish("t", "6")
        #expect(
            client.read() == (1...3).map { .puback(answer($0)) } + [
                .puback(answer(4, .quotaExceeded)), .pubrec(answer(5, .quotaExceeded)),
            ])
        #expect(listener.payloads() == ["1", "2", "3"])
        let counters = bench.core.statistics().counters
        #expect(counters.messagesTooFast == 3)
        #expect(counters.messagesRefusedByReason == [.quotaExceeded: 3])
        // A message a quarter of a second, exactly.
        bench.advance(milliseconds: 250)
        for number: UInt16 in 6...7 { client.publish("t", "\(number)", qos: .atLeastOnce, id: number) }
        #expect(client.read() == [.puback(answer(6)), .puback(answer(7, .quotaExceeded))])
    }

    @Test("3.1.1 above the rate: QoS 1 is taken, and nothing is read until it is made up for; QoS 0 is dropped")
    func threeOneOne() {
        let bench = bench(4, 2)
        let client = bench.connect("c", .v3_1_1, keepAlive: 1)
        for number: UInt16 in 1...4 { client.publish("t", qos: .atLeastOnce, id: number) }
        #expect(client.read() == (1...4).map { .puback(answer($0)) })
        #expect(client.isReadingPaused)
        client.publish("t")
        #expect(bench.core.statistics().counters.messagesTooFast == 1)
        // Two messages are owed, and a third has to be there: three quarters of a second. The client is not taken for
        // dead meanwhile, though it cannot be heard.
        bench.advance(milliseconds: 500)
        #expect(client.isReadingPaused)
        bench.advance(milliseconds: 250)
        #expect(!client.isReadingPaused)
        #expect(bench.core.statistics().counters.readingThrottled == 1)
        for number: UInt16 in 1...41 { client.publish("t", qos: .atLeastOnce, id: number) }
        bench.advance(milliseconds: 5_000)
        #expect(!client.isClosed)
        #expect(bench.core.statistics().throttledConnections == 1)
    }

    @Test("the rate holds over time, and rest fills no more than the burst")
    func overTime() {
        let bench = bench(10, 5)
        let client = bench.connect("c")
        var taken = 0
        for _ in 0..<400 {
            client.publish("t", qos: .atLeastOnce, id: 1)
            if client.read() == [.puback(answer(1))] { taken += 1 }
            bench.advance(milliseconds: 25)
        }
        // Ten seconds at ten a second, and the burst.
        #expect((104...106).contains(taken))
        bench.advance(milliseconds: 3_600_000)
        taken = 0
        for _ in 0..<100 {
            client.publish("t", qos: .atLeastOnce, id: 1)
            if client.read() == [.puback(answer(1))] { taken += 1 }
        }
        #expect(taken == 5)
    }

    @Test("the rights of a client may set its rate, and lift it")
    func ownRate() {
        let bench = bench(1, 1)
        bench.rules.decision = { _ in
            .accepted(
                AcceptedClient(
                    userName: nil, rights: ClientRights(publish: [], subscribe: [], messageRate: .unlimited)))
        }
        let client = bench.connect("c")
        for _ in 0..<100 { client.publish("t") }
        #expect(bench.core.statistics().counters.messagesTooFast == 0)
    }

    @Test(
        "a will costs its owner a message: each comes, and whoever owes some brings no other until they are made up for",
        arguments: [ProtocolVersion.v3_1_1, .v5_0], [true, false])
    func wills(version: ProtocolVersion, isByAddress: Bool) {
        let bench = bench(4, 2)
        if isByAddress {
            // Each connection of an address has the rate of a device besides.
            var configuration = BrokerConfiguration()
            configuration.limits.addressMessageRate = MessageRate(perSecond: 4, burst: 2)
            check(version, Bench(configuration))
        } else {
            bench.rules.decision = {
                let name = $0.clientIdentifier.description.prefix(1)
                return .accepted(AcceptedClient(userName: nil, owner: "device:\(name)"))
            }
            check(version, bench)
        }
    }

    private func check(_ version: ProtocolVersion, _ bench: Bench) {
        let watcher = bench.dial(.v5_0, from: "10.0.0.9")
        watcher.connect("w")
        watcher.takeConnack()
        watcher.subscribe("will")
        func come(_ identifier: String, withWill: Bool = true, from address: String = "10.0.0.1") -> BenchClient {
            let client = bench.dial(version, from: address)
            client.connect(identifier, will: withWill ? will("will", identifier) : nil)
            client.takeConnack()
            return client
        }
        // All die at once: not one is missed, though only two are within the rate.
        let clients = (1...4).map { come("d\($0)") }
        #expect(clients.map(\.connack?.reason) == Array(repeating: .success, count: 4))
        for client in clients { client.drop() }
        #expect(watcher.payloads() == ["d1", "d2", "d3", "d4"])
        let refused = come("d5")
        #expect(refused.connack?.reason == (version == .v5_0 ? .quotaExceeded : .serverUnavailable))
        #expect(refused.isClosed)
        #expect(come("d5", withWill: false).connack?.reason == .success)
        #expect(come("o1", from: "10.0.0.2").connack?.reason == .success)
        // Two messages are owed, and a third has to be there: three quarters of a second.
        bench.advance(milliseconds: 500)
        #expect(come("d6").connack?.reason != .success)
        bench.advance(milliseconds: 250)
        let last = come("d6")
        #expect(last.connack?.reason == .success)
        last.drop()
        #expect(watcher.payloads() == ["d6"])
        #expect(come("d7").connack?.reason != .success)
    }

    @Test("a will that could not be stored at once is counted once")
    func willTriedAgain() {
        let bench = bench(1, 4, mode: .manual)
        bench.rules.decision = { _ in .accepted(AcceptedClient(userName: nil, owner: "device:d")) }
        func come(_ identifier: String) -> BenchClient {
            let client = bench.connect(identifier, will: will("will", identifier))
            bench.commitAll()
            client.takeConnack()
            return client
        }
        let clients = (1...4).map { come("d\($0)") }
        for client in clients { client.drop() }
        // The ends of the connections are stored, the wills are not.
        for _ in clients { bench.commit([.committed, .failed]) }
        #expect(bench.uncommitted.isEmpty)
        bench.advance(milliseconds: 1_250)
        #expect(!bench.uncommitted.isEmpty)
        bench.commitAll()
        // Of the four that were there, each took one; another has come since.
        let next = come("d5")
        #expect(next.connack?.reason == .success)
        next.drop()
        bench.commitAll()
        #expect(come("d6").connack?.reason == .quotaExceeded)
    }

    @Test("a client that is paused for two reasons is read again when both are over")
    func bothReasons() {
        var configuration = BrokerConfiguration()
        configuration.limits.messageRate = MessageRate(perSecond: 4, burst: 1)
        configuration.limits.unsentBytes = 100
        let bench = Bench(configuration)
        let client = bench.connect("c", .v3_1_1)
        client.subscribe("t")
        let other = bench.connect("other")
        bench.stall(client.handle, true)
        other.publish("t", String(repeating: "x", count: 200))
        #expect(client.isReadingPaused)
        for number: UInt16 in 1...4 { client.publish("u", qos: .atLeastOnce, id: number) }
        bench.stall(client.handle, false)
        #expect(client.isReadingPaused)
        bench.advance(milliseconds: 1_000)
        #expect(!client.isReadingPaused)
    }
}
