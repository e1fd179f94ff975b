import MQTTBroker
import MQTTCodec
import Testing

/// A will is a debt: it outlives SIGTERM and SIGKILL, and is paid once.
struct WillRestartTests {
    /// How the server stops.
    enum Stop: CaseIterable { case terminated, killed }

    private func restart(_ bench: Bench, _ stop: Stop, milliseconds: Int64 = 1_000) -> Bench {
        switch stop {
        case .terminated: bench.afterStop(milliseconds: milliseconds)
        case .killed: bench.afterCrash(milliseconds: milliseconds)
        }
    }

    private func watcher(of bench: Bench) -> BenchClient {
        let watcher = bench.connect("watcher")
        watcher.subscribe("will/#")
        return watcher
    }

    @Test(
        "a client that was connected and does not come back within its keep alive and a half is lost",
        arguments: Stop.allCases,
        [
            (keepAlive: UInt16(10), expiry: UInt32(0), delay: UInt32?.none, seconds: Int64(15)), (0, 0, nil, 90),
            (10, 1_000, nil, 15), (10, 1_000, 40, 40), (10, 30, 40, 30), (10, 5, nil, 15), (10, 0, 40, 15),
        ])
    func notBack(stop: Stop, row: (keepAlive: UInt16, expiry: UInt32, delay: UInt32?, seconds: Int64)) {
        let first = Bench()
        first.connect(
            "c", clean: row.expiry == 0, expiry: row.expiry, keepAlive: row.keepAlive,
            will: will("will/c", "dead", retain: true, delay: row.delay))
        let bench = restart(first, stop)
        #expect(bench.core.state().wills.count == 1)
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: row.seconds * 1000 - 500)
        #expect(watcher.payloads().isEmpty)
        bench.advance(milliseconds: 1_000)
        let heard = watcher.messages()
        #expect(heard.map(\.payload) == [Array("dead".utf8)])
        #expect(heard.first?.properties == Properties.none)
        #expect(bench.committed.compactMap(\.publication).map(\.isWill) == [true])
        #expect(bench.stored.retained[topic("will/c")]?.payload == Array("dead".utf8))
        // Not a second time, however often the server is stopped.
        let again = restart(bench, stop)
        #expect(again.stored.wills.isEmpty)
        let next = self.watcher(of: again)
        _ = next.read()
        again.advance(milliseconds: 2_000_000)
        #expect(next.payloads().isEmpty)
    }

    @Test(
        "the will of a client that is back in time goes as if nothing had been", arguments: Stop.allCases,
        [false, true])
    func backInTime(stop: Stop, clean: Bool) {
        let first = Bench()
        first.connect("c", clean: clean, expiry: clean ? 0 : 1_000, keepAlive: 10, will: will("will/c", "old"))
        let bench = restart(first, stop)
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: 14_000)
        let back = bench.connect("c", clean: clean, expiry: clean ? 0 : 1_000, will: will("will/c", "new"))
        #expect(back.connack?.sessionPresent == !clean)
        bench.advance(milliseconds: 100_000)
        #expect(watcher.payloads().isEmpty)
        // It counts for the connection that set it.
        back.drop()
        #expect(watcher.payloads() == ["new"])
        #expect(bench.stored.wills.isEmpty)
    }

    @Test("a client without a session to keep finds none for its will's sake", arguments: Stop.allCases)
    func noSession(stop: Stop) {
        let first = Bench()
        first.connect("c", clean: false, expiry: 0, keepAlive: 10, will: will("will/c", "dead"))
        let bench = restart(first, stop)
        #expect(bench.connect("c", clean: false, expiry: 100).connack?.sessionPresent == false)
    }

    @Test("a delay that was running goes on, the time without a server included", arguments: Stop.allCases)
    func delay(stop: Stop) {
        let first = Bench()
        first.connect("c", clean: false, expiry: 1_000, will: will("will/c", "dead", delay: 60)).drop()
        first.connect("d", clean: false, expiry: 1_000, will: will("will/d", "late", delay: 5)).drop()
        first.connect("e", clean: false, expiry: 1_000, will: will("will/e", "back", delay: 60)).drop()
        first.advance(milliseconds: 1_000)
        let bench = restart(first, stop, milliseconds: 19_000)
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: 500)
        #expect(watcher.payloads() == ["late"])
        bench.connect("e", clean: false, expiry: 1_000)
        bench.advance(milliseconds: 39_000)
        #expect(watcher.payloads().isEmpty)
        bench.advance(milliseconds: 1_000)
        #expect(watcher.payloads() == ["dead"])
        bench.advance(milliseconds: 100_000)
        #expect(watcher.payloads().isEmpty)
        #expect(bench.stored.wills.isEmpty)
    }

    @Test("a delay that was running ends with its session when that begins anew after a restart")
    func delayAndCleanStart() {
        let first = Bench()
        first.connect("c", clean: false, expiry: 1_000, will: will("will/c", "dead", delay: 60)).drop()
        let bench = first.afterCrash()
        let watcher = watcher(of: bench)
        bench.connect("c", clean: true)
        #expect(watcher.payloads() == ["dead"])
    }

    @Test("a clock that was set back while the server was away makes no delay longer")
    func clockSetBack() {
        let first = Bench()
        first.connect("c", clean: false, expiry: 1_000, will: will("will/c", "dead", delay: 60)).drop()
        let bench = Bench(
            state: first.stored, now: Moment(uptime: 5_000, wall: first.now.wall - 86_400_000_000))
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: 61_000)
        #expect(watcher.payloads() == ["dead"])
    }

    @Test("no will is owed after a goodbye, after it was published, nor for one who may not publish it")
    func notOwed() {
        let rules = Rules()
        rules.forbiddenTopics = ["will/forbidden"]
        let bench = Bench(rules: rules)
        bench.connect("a", will: will("will/a", "x")).disconnect()
        bench.connect("b", will: will("will/b", "x")).drop()
        bench.connect("c", will: will("will/forbidden", "x")).drop()
        bench.connect("d", clean: false, expiry: 10, will: will("will/d", "x", delay: 5)).drop()
        bench.advance(milliseconds: 6_000)
        #expect(bench.stored.wills.isEmpty)
        #expect(bench.core.state().wills.isEmpty)
        bench.connect("e", will: will("will/e", "x"))
        bench.connect("e")
        #expect(bench.stored.wills.isEmpty)
    }

    @Test("the rights of a client that has not come back are those of now")
    func standing() {
        let rules = Rules()
        rules.usesRights = true
        let all = ClientRights(publish: [filter("#")], subscribe: [filter("#")])
        rules.decision = { attempt in
            .accepted(AcceptedClient(userName: nil, owner: "\(attempt.clientIdentifier)", rights: all))
        }
        let first = Bench(rules: rules)
        for name in ["gone", "narrowed", "here"] {
            first.connect(name, keepAlive: 10, will: will("will/\(name)", name))
        }
        let bench = first.afterCrash()
        let watcher = watcher(of: bench)
        var asked: [String] = []
        rules.standing = { client in
            asked.append(client.identifierText)
            // A database that cannot be read is asked again.
            if asked.count < 4 { return .notKnown }
            if client.owner == "gone" { return .gone }
            let rights = client.owner == "narrowed" ? ClientRights(publish: [], subscribe: []) : all
            return .accepted(AcceptedClient(userName: nil, owner: client.owner, rights: rights))
        }
        bench.advance(milliseconds: 14_000)
        #expect(asked.isEmpty)
        bench.advance(milliseconds: 5_000)
        #expect(watcher.payloads() == ["here"])
        #expect(asked.count == 6)
        #expect(bench.stored.wills.isEmpty)
    }

    @Test("an owner whose rights are taken away while its will waits after a restart has none")
    func ownerSentAway() {
        let rules = Rules()
        rules.decision = { _ in .accepted(AcceptedClient(userName: nil, owner: "device:1")) }
        let first = Bench(rules: rules)
        first.connect("c", keepAlive: 10, will: will("will/c", "dead"))
        let bench = first.afterCrash()
        bench.handle(.disconnectOwner("device:1", .administrativeAction, endSessions: false, olderThan: .max))
        #expect(bench.stored.wills.isEmpty)
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: 30_000)
        #expect(watcher.payloads().isEmpty)
    }

    @Test("many clients that do not come back are asked about a few at a time, and none is forgotten")
    func many() {
        let first = Bench()
        for number in 0..<200 { first.connect("c\(number)", keepAlive: 10, will: will("will/\(number)", "dead")) }
        let bench = first.afterCrash()
        let watcher = watcher(of: bench)
        bench.advance(milliseconds: 30_000)
        #expect(watcher.payloads().count == 200)
    }

    @Test("a will that the ledger could not store stays owed and is tried again; one that it refuses is not")
    func notStored() {
        let bench = Bench(mode: .manual)
        let watcher = bench.connect("watcher")
        let client = bench.connect("c", will: will("will/c", "dead"))
        let other = bench.connect("d", will: will("will/d", "bad"))
        bench.commitAll()
        watcher.subscribe("will/#")
        bench.commitAll()
        client.drop()
        bench.commit([.committed, .failed])
        #expect(bench.stored.wills.count == 2)
        other.drop()
        bench.commit([.committed, .refused(.payloadFormatInvalid)])
        bench.commitAll()
        #expect(bench.stored.wills.count == 1)
        bench.advance(milliseconds: 2_000)
        bench.commitAll()
        #expect(watcher.payloads() == ["dead"])
        bench.advance(milliseconds: 10_000)
        bench.commitAll()
        #expect(bench.stored.wills.isEmpty)
        #expect(watcher.payloads().isEmpty)
    }

    @Test("a will on the server's own topics is accepted with its client, and goes nowhere when it is due")
    func reserved() {
        let bench = Bench()
        for version in ProtocolVersion.allCases {
            // What a Mosquitto bridge with its default notifications says.
            let state = will("$SYS/broker/connection/hub/state", "0", qos: .atLeastOnce, retain: true)
            let bridge = bench.connect("bridge", version, will: state)
            #expect(bridge.connack?.reason == .success)
            bridge.drop()
        }
        #expect(bench.committed.compactMap(\.publication).isEmpty)
        #expect(bench.stored.wills.isEmpty && bench.stored.retained.isEmpty)
        #expect(bench.core.statistics().counters.messagesRefusedByReason[.topicNameInvalid] == 3)
    }
}
