import MQTTBroker
import MQTTCodec
import Testing

/// Connections that have not been let in have room of their own, and the oldest of them makes way.
struct AdmissionTests {
    private func bench(_ change: (inout BrokerLimits) -> Void) -> Bench {
        var configuration = BrokerConfiguration()
        change(&configuration.limits)
        return Bench(configuration)
    }

    @Test("the oldest silent connection makes way for the newest; clients that are let in do not")
    func oldestGoes() {
        let bench = bench { $0.unadmittedConnections = 3 }
        let admitted = bench.connect("admitted")
        let silent = (0..<5).map { _ in bench.dial() }
        #expect(silent.map(\.isClosed) == [true, true, false, false, false])
        let newcomer = bench.connect("newcomer")
        #expect(newcomer.connack?.reason == .success)
        #expect(silent.map(\.isClosed) == [true, true, true, false, false])
        #expect(!admitted.isClosed)
        #expect(bench.core.statistics().unadmittedConnections == 2)
        #expect(bench.core.statistics().counters.connectionsEvicted == 3)
    }

    @Test("one address has room of its own; of IPv6 the network counts")
    func byAddress() {
        let bench = bench {
            $0.unadmittedConnections = 100
            $0.unadmittedConnectionsPerAddress = 2
            $0.connectionsPerAddress = 1
        }
        let other = bench.dial(from: "192.0.2.1")
        let silent = (1...4).map { bench.dial(from: "2001:db8::\($0)") }
        #expect(silent.map(\.isClosed) == [true, true, false, false])
        #expect(!other.isClosed)
        let one = bench.dial(from: "192.0.2.2")
        let two = bench.dial(from: "192.0.2.2")
        one.connect("one")
        two.connect("two")
        one.takeConnack()
        two.takeConnack()
        #expect(one.connack?.reason == .success)
        #expect(two.connack?.reason == .quotaExceeded)
        bench.drop(one.handle)
        let three = bench.dial(from: "192.0.2.2")
        three.connect("three")
        three.takeConnack()
        #expect(three.connack?.reason == .success)
    }

    @Test("behind a trusted proxy the address counts that the proxy names")
    func proxied() {
        let bench = bench { $0.unadmittedConnectionsPerAddress = 1 }
        var seen: [String] = []
        bench.rules.decision = {
            seen.append($0.remoteAddress)
            return .accepted(userName: nil)
        }
        let one = bench.dial()
        bench.handle(.proxied(origin("2001:db8::7", 55), one.handle))
        let two = bench.dial(from: "192.0.2.1")
        bench.handle(.proxied(origin("2001:db8::8", 56), two.handle))
        #expect(one.isClosed)
        two.connect("c")
        #expect(seen == ["[2001:db8::8]:56"])
        #expect(bench.core.statistics().unadmittedConnections == 0)
    }

    @Test("what is remembered of strangers stays bounded, and is nothing when they are gone")
    func bounded() {
        let bench = bench { $0.unadmittedConnections = 10 }
        let silent = bench.dial()
        for number in 0..<2_000 {
            let client = bench.connect("c\(number)")
            bench.drop(client.handle)
        }
        #expect(!silent.isClosed)
        #expect(bench.core.rememberedStrangers < 100)
        bench.drop(silent.handle)
        #expect(bench.core.statistics().unadmittedConnections == 0)
        #expect(bench.core.statistics().connections == 0)
    }

    @Test("only so many are authenticated at once; the others wait, and those that go meanwhile are not asked about")
    func concurrentAuthentications() {
        let bench = bench { $0.concurrentAuthentications = 2 }
        bench.holdsAuthentications = true
        let clients = (0..<5).map { number in
            let client = bench.dial()
            client.connect("c\(number)")
            return client
        }
        #expect(bench.asked.map(\.connection) == clients[..<2].map(\.handle))
        #expect(bench.core.statistics().awaitingAuthentication == 3)
        bench.drop(clients[2].handle)
        bench.drop(clients[0].handle)
        // The answer about one that has gone makes room for the next all the same.
        bench.authenticate()
        #expect(bench.asked.map(\.connection) == [clients[1].handle, clients[3].handle])
        bench.authenticate(2)
        bench.authenticate()
        #expect(bench.core.statistics().authenticating == 0)
        clients[4].takeConnack()
        #expect(clients[4].connack?.reason == .success)
    }

    @Test("who waits for the authenticator waits within its time to connect")
    func waitEnds() {
        let bench = bench { $0.concurrentAuthentications = 1 }
        bench.holdsAuthentications = true
        let first = bench.dial()
        first.connect("a")
        let second = bench.dial()
        second.connect("b")
        bench.advance(milliseconds: 11_000)
        #expect(first.isClosed && second.isClosed)
        #expect(bench.core.statistics().counters.connectTimeouts == 2)
    }
}
