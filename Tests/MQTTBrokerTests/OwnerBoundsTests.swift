import MQTTBroker
import MQTTCodec
import Testing

/// What one owner makes more of is bounded for that owner first, and nobody else notices: sessions, and how fast it publishes.
struct OwnerBoundsTests {
    /// Connects, and loses the connection; the answer.
    @discardableResult
    private func visit(
        _ bench: Bench, _ name: String, from address: String = "127.0.0.1", will: Will? = nil
    ) -> ReasonCode? {
        let client = bench.dial(from: address)
        client.connect(name, clean: false, expiry: 4_294_967_294, will: will)
        client.takeConnack()
        client.drop()
        // Who was there later left later.
        bench.advance(milliseconds: 1)
        return client.connack?.reason
    }

    private func isKept(_ bench: Bench, _ owner: String?, _ identifier: String) -> Bool {
        bench.stored.sessions[ConnectedClient.session(owner: owner, identifier: text(identifier))] != nil
    }

    // MARK: Sessions

    @Test("an owner with too many sessions loses the one longest without a connection; no other owner does")
    func perOwner() {
        let bench = ownersBench { $0.sessionsPerOwner = 3 }
        visit(bench, "calm-1")
        for number in 1...3 { visit(bench, "loud-\(number)") }
        // Who comes again is not the oldest any more.
        visit(bench, "loud-1")
        #expect(visit(bench, "loud-4") == .success)
        #expect(!isKept(bench, "loud", "loud-2"))
        #expect(["loud-1", "loud-3", "loud-4"].allSatisfy { isKept(bench, "loud", $0) })
        #expect(isKept(bench, "calm", "calm-1"))
        let statistics = bench.core.statistics()
        #expect(statistics.sessions == 4)
        #expect(statistics.counters.sessionsDisplaced == 1)
    }

    @Test("an owner all of whose sessions are connected is told quota exceeded; another comes in")
    func allConnected() {
        let bench = ownersBench { $0.sessionsPerOwner = 2 }
        let held = [bench.connect("loud-1"), bench.connect("loud-2")]
        #expect(bench.connect("loud-3").connack?.reason == .quotaExceeded)
        #expect(bench.connect("loud-3", .v3_1_1).connack?.reason == .serverUnavailable)
        #expect(bench.connect("calm-1").connack?.reason == .success)
        #expect(bench.connect("loud-2").connack?.reason == .success, "who takes its own place needs no other")
        #expect(!held[0].isClosed)
        held[0].disconnect()
        #expect(bench.connect("loud-3").connack?.reason == .success)
    }

    @Test("a full table makes room among the sessions of whoever has the most, and never keeps another owner out")
    func inAll() {
        let bench = ownersBench {
            $0.sessions = 10
            $0.sessionsPerOwner = 100
        }
        for number in 1...2 { visit(bench, "calm-\(number)") }
        for number in 1...50 { #expect(visit(bench, "loud-\(number)") == .success) }
        #expect(bench.core.statistics().sessions == 10)
        #expect(isKept(bench, "calm", "calm-1") && isKept(bench, "calm", "calm-2"))
        for number in 1...4 { #expect(bench.connect("new\(number)-1").connack?.reason == .success) }
        #expect(isKept(bench, "calm", "calm-1") && isKept(bench, "calm", "calm-2"))
        #expect((47...50).allSatisfy { isKept(bench, "loud", "loud-\($0)") })
        #expect(bench.stored.sessions.count == 6)
    }

    @Test("what was kept counts after a restart, in the order in which connections were lost")
    func restart() {
        let bench = ownersBench { $0.sessionsPerOwner = 3 }
        for number in [2, 1, 3] {
            bench.advance(milliseconds: 1_000)
            visit(bench, "loud-\(number)")
        }
        let later = bench.afterCrash()
        #expect(later.connect("loud-4", clean: false, expiry: 100).connack?.reason == .success)
        #expect(!isKept(later, "loud", "loud-2"))
        #expect(["loud-1", "loud-3", "loud-4"].allSatisfy { isKept(later, "loud", $0) })
    }

    @Test(
        "those who show nothing count by their address, of IPv6 by its network, also after a restart",
        arguments: ["", "keyless-"])
    func byAddress(prefix: String) {
        let bench = ownersBench {
            $0.sessionsPerAddress = 2
            $0.sessionsPerOwner = 1
        }
        let owner = prefix.isEmpty ? nil : "keyless"
        for number in 1...3 { visit(bench, "\(prefix)a\(number)", from: "2001:db8::\(number)") }
        for number in 1...2 { visit(bench, "\(prefix)b\(number)", from: "192.0.2.\(number)") }
        #expect(!isKept(bench, owner, "\(prefix)a1"))
        #expect(bench.stored.sessions.count == 4)
        let later = bench.afterCrash()
        visit(later, "\(prefix)a4", from: "2001:db8::9")
        #expect(!isKept(later, owner, "\(prefix)a2"))
        #expect(isKept(later, owner, "\(prefix)b1") && isKept(later, owner, "\(prefix)b2"))
        // A session counts for where its client is now.
        visit(later, "\(prefix)b1", from: "2001:db8::5")
        #expect(!isKept(later, owner, "\(prefix)a3"))
        #expect(isKept(later, owner, "\(prefix)b1") && isKept(later, owner, "\(prefix)a4"))
    }

    @Test("a bound that was lowered is reached again as clients come")
    func lowered() {
        let bench = ownersBench { $0.sessionsPerOwner = 100 }
        for number in 1...50 { visit(bench, "loud-\(number)") }
        var configuration = bench.configuration
        configuration.limits.sessionsPerOwner = 5
        let later = Bench(configuration, rules: bench.rules, state: bench.stored)
        for _ in 0..<3 { later.connect("loud-new") }
        #expect(later.core.statistics().sessions == 19)
        later.connect("loud-newer")
        #expect(later.core.statistics().sessions == 5)
    }

    @Test("ten thousand sessions that come and go leave no count behind")
    func nothingLeft() {
        let bench = ownersBench { $0.messageRate = MessageRate(perSecond: 100, burst: 10) }
        for round in 0..<20 {
            let clients = (0..<100).map {
                bench.connect("o\($0 % 7)-\($0)", expiry: $0 % 2 == 0 ? 1 : nil, will: will("w", "bye"))
            }
            for client in clients {
                client.subscribe("a/\(round)/+", "$share/g/x", "b")
                client.publish("t", qos: .exactlyOnce, id: 1)
                client.publish("b", qos: .atLeastOnce, id: 2)
            }
            for client in clients { if round % 3 == 0 { client.disconnect() } else { client.drop() } }
            bench.advance(milliseconds: 2_000)
        }
        bench.advance(milliseconds: 5_000)
        let statistics = bench.core.statistics()
        #expect(statistics.sessions == 0)
        #expect(statistics.owners == 0)
        #expect(statistics.rememberedBytes == 0)
        #expect(statistics.queuedBytes == 0)
        #expect(statistics.unreleasedIdentifiers == 0)
    }

    // MARK: Rates

    @Test("the rate is the owner's: it outlives connections and is shared by them; nobody else's is touched")
    func rate() {
        let bench = ownersBench { $0.messageRate = MessageRate(perSecond: 4, burst: 3) }
        var taken = 0
        for round in 0..<10 {
            let client = bench.connect("loud-\(round % 2)")
            for number: UInt16 in 1...3 { client.publish("t", qos: .atLeastOnce, id: number) }
            for case .puback(let answer) in client.read() where !answer.reason.isFailure { taken += 1 }
            client.drop()
        }
        #expect(taken == 3)
        let calm = bench.connect("calm-1")
        calm.publish("t", qos: .atLeastOnce, id: 1)
        #expect(calm.read() == [.puback(answer(1))])
        calm.drop()
        bench.advance(milliseconds: 500)
        #expect(bench.core.statistics().owners == 1, "of who has no session only what is used up is remembered")
        let client = bench.connect("loud-1")
        for number: UInt16 in 1...3 { client.publish("t", qos: .atLeastOnce, id: number) }
        #expect(client.read() == [.puback(answer(1)), .puback(answer(2)), .puback(answer(3, .quotaExceeded))])
        client.drop()
        bench.advance(milliseconds: 1_500)
        #expect(bench.core.statistics().owners == 0)
    }

    @Test("old clients of one owner are paused together, and read on when what was too much is made up for")
    func pausedTogether() {
        let bench = ownersBench { $0.messageRate = MessageRate(perSecond: 4, burst: 2) }
        let (one, two) = (bench.connect("loud-1", .v3_1_1), bench.connect("loud-2", .v3_1_1))
        for number: UInt16 in 1...3 { one.publish("t", qos: .atLeastOnce, id: number) }
        two.publish("t", qos: .atLeastOnce, id: 1)
        #expect(one.isReadingPaused && two.isReadingPaused)
        bench.advance(milliseconds: 500)
        #expect(one.isReadingPaused && two.isReadingPaused)
        bench.advance(milliseconds: 250)
        #expect(!one.isReadingPaused && !two.isReadingPaused)
        #expect(one.read().count == 3 && two.read().count == 1)
    }

    @Test("those who show nothing have the rate of their connection, and one of their address that outlives it")
    func rateOfAddress() {
        let bench = ownersBench {
            $0.messageRate = MessageRate(perSecond: 4, burst: 3)
            $0.addressMessageRate = MessageRate(perSecond: 4, burst: 5)
        }
        func taken(_ name: String, from address: String) -> Int {
            let client = bench.dial(from: address)
            client.connect(name)
            client.takeConnack()
            for number: UInt16 in 1...4 { client.publish("t", qos: .atLeastOnce, id: number) }
            defer { client.drop() }
            return client.read().count { if case .puback(let answer) = $0 { !answer.reason.isFailure } else { false } }
        }
        #expect(taken("a", from: "192.0.2.1") == 3)
        #expect(taken("b", from: "192.0.2.1") == 2)
        #expect(taken("c", from: "192.0.2.1") == 0)
        #expect(taken("keyless-d", from: "192.0.2.1") == 0)
        #expect(taken("e", from: "192.0.2.2") == 3)
    }

    // MARK: The end of an owner

    @Test("an owner whose sessions are ended leaves nothing: no queue, no will, no count, nothing kept")
    func ended() {
        let bench = ownersBench { _ in }
        for number in 1...3 {
            let client = bench.connect(
                "gone-\(number)", clean: false, expiry: 4_294_967_294, will: will("w", "open the door", delay: 100))
            client.subscribe("t")
            if number > 1 { client.drop() }
        }
        bench.connect("p").publish("t", qos: .atLeastOnce, id: 1)
        bench.handle(.disconnectOwner("gone", .notAuthorized, endSessions: true, olderThan: .max))
        bench.advance(milliseconds: 200_000)
        #expect(bench.stored.sessions.isEmpty)
        #expect(bench.core.statistics().counters.willsPublished == 0)
        #expect(bench.core.statistics().rememberedBytes == 0)
        #expect(bench.core.statistics().queuedBytes == 0)
        #expect(bench.core.statistics().sessions == 1)
    }
}
