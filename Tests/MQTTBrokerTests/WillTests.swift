import MQTTBroker
import MQTTCodec
import Testing

/// The will: when it is published, when it waits, when it does not come at all.
struct WillTests {
    /// How a client with a will leaves.
    enum Leaving: CaseIterable { case goodbye, goodbyeWithWill, lost, keepAlive, violation, taken, takenClean }

    @Test("published for every end but a normal goodbye", arguments: Leaving.allCases, [ProtocolVersion.v3_1_1, .v5_0])
    func published(leaving: Leaving, version: ProtocolVersion) {
        guard leaving != .goodbyeWithWill || version == .v5_0 else { return }
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        let client = bench.connect("c", version, keepAlive: 5, will: will("will", "dead", qos: .atLeastOnce))
        leave(leaving, client, bench)
        #expect(watcher.payloads() == (leaving == .goodbye ? [] : ["dead"]))
        let wills = bench.committed.compactMap(\.publication)
        #expect(wills.map(\.isWill) == (leaving == .goodbye ? [] : [true]))
        #expect(wills.first?.client.identifierText ?? "c" == "c")
    }

    private func leave(_ leaving: Leaving, _ client: BenchClient, _ bench: Bench) {
        switch leaving {
        case .goodbye: client.disconnect()
        case .goodbyeWithWill: client.disconnect(.disconnectWithWill)
        case .lost: client.drop()
        case .keepAlive: bench.advance(milliseconds: 9_000)
        case .violation: client.send(.pingresp)
        case .taken: bench.connect("c", client.version, clean: false)
        case .takenClean: bench.connect("c", client.version, clean: true)
        }
    }

    @Test(
        "delay, session expiry and the time at which the will comes",
        arguments: [
            (delay: UInt32(0), expiry: UInt32(100), comesAfter: Int64(0)), (3, 100, 3), (3, 0, 0), (5, 2, 2),
            (600, 100, 100),
        ])
    func delay(delay: UInt32, expiry: UInt32, comesAfter: Int64) {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        bench.connect("c", clean: false, expiry: expiry, will: will("will", "dead", delay: delay)).drop()
        if comesAfter > 0 {
            bench.advance(milliseconds: comesAfter * 1000 - 500)
            #expect(watcher.payloads().isEmpty)
            bench.advance(milliseconds: 1_000)
        }
        let messages = watcher.messages()
        #expect(messages.count == 1)
        #expect(messages.first?.properties == Properties.none)
        bench.advance(milliseconds: 1_000_000)
        #expect(watcher.messages().isEmpty)
    }

    @Test("a client that comes back before the delay has passed has no will published; one with clean start has")
    func backInTime() {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        bench.connect("c", clean: false, expiry: 100, will: will("will", "1", delay: 10)).drop()
        let back = bench.connect("c", clean: false, expiry: 100, will: will("will", "2", delay: 10))
        bench.advance(milliseconds: 30_000)
        #expect(watcher.payloads().isEmpty)
        back.drop()
        bench.connect("c", clean: true, expiry: 100)
        #expect(watcher.payloads() == ["2"])
        bench.advance(milliseconds: 30_000)
        #expect(watcher.payloads().isEmpty)
    }

    @Test("a take-over with delay keeps the will back; the new connection's goodbye is its own")
    func takeOverWithDelay() {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        bench.connect("c", clean: false, expiry: 100, will: will("will", "old", delay: 10))
        bench.connect("c", clean: false, expiry: 100).disconnect()
        bench.advance(milliseconds: 30_000)
        #expect(watcher.payloads().isEmpty)
    }

    @Test("a retained will stays for later subscribers; a will without the right to publish does not come")
    func retainedAndForbidden() {
        let rules = Rules()
        let bench = Bench(rules: rules)
        bench.connect("c", will: will("status", "offline", retain: true)).drop()
        let watcher = bench.connect("w")
        watcher.subscribe("#")
        #expect(watcher.messages().map(\.retain) == [true])
        let client = bench.connect("c", will: will("secret", "x"))
        rules.forbiddenTopics = ["secret"]
        client.drop()
        #expect(watcher.payloads().isEmpty)
    }

    @Test("no will of a client that was never let in")
    func neverLetIn() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("c", will: will("will", "dead"))
        bench.commit([.failed])
        bench.commitAll()
        #expect(client.isClosed)
        #expect(bench.committed.compactMap(\.publication).isEmpty)
    }
}
