import MQTTBroker
import MQTTCodec
import Testing

/// Connecting, taking over, keeping and ending sessions.
struct SessionTests {
    @Test("session present, and what survives, by clean start and expiry")
    func sessionPresent() {
        let bench = Bench()
        let table: [(clean: Bool, expiry: UInt32, present: Bool)] = [
            (false, 100, false), (false, 100, true), (false, 0, true), (false, 100, false), (true, 100, false),
            (false, 100, true), (true, 0, false), (false, 0, false),
        ]
        for (number, row) in table.enumerated() {
            let client = bench.connect("c", clean: row.clean, expiry: row.expiry)
            #expect(client.connack?.sessionPresent == row.present, "row \(number)")
            client.disconnect()
        }
    }

    @Test("3.1.1: clean session 0 is kept, 1 is not")
    func cleanSession() {
        let bench = Bench()
        for (clean, present) in [(false, false), (false, true), (true, false), (false, false)] {
            let client = bench.connect("c", .v3_1_1, clean: clean)
            #expect(client.connack?.sessionPresent == present)
            client.disconnect()
        }
    }

    @Test("messages of QoS 1 and 2 wait for a kept session, QoS 0 does not")
    func offlineQueue() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c", .v3_1_1, clean: false)
        client.subscribe("t")
        client.disconnect()
        publisher.publish("t", "0")
        publisher.publish("t", "1", qos: .atLeastOnce, id: 1)
        publisher.publish("t", "2", qos: .exactlyOnce, id: 2)
        #expect(bench.connect("c", .v3_1_1, clean: false).payloads() == ["1", "2"])
    }

    @Test("CONNACK waits for the ledger, and says unavailable if it fails")
    func connackAfterCommit() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("c", clean: false, expiry: 10)
        #expect(client.read().isEmpty)
        bench.commitAll()
        #expect(client.read().map(\.type) == [.connack])
        let other = bench.connect("d", clean: false, expiry: 10)
        bench.commit([.failed])
        #expect(other.read() == [.connack(Connack(reason: .serverUnavailable))])
        #expect(other.isClosed)
    }

    @Test("take-over: the old connection hears 0x8E, the session moves, unacknowledged messages follow")
    func takeOver() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let old = bench.connect("c", clean: false, expiry: 100)
        old.subscribe("t")
        publisher.publish("t", "m", qos: .atLeastOnce, id: 1)
        _ = old.read()
        let new = bench.connect("c", clean: false, expiry: 100)
        #expect(old.read() == [.disconnect(Disconnect(reason: .sessionTakenOver))])
        #expect(old.isClosed)
        #expect(new.connack?.sessionPresent == true)
        #expect(new.messages().map(\.isDuplicate) == [true])
        publisher.publish("t", "n", qos: .atLeastOnce, id: 2)
        #expect(new.payloads() == ["n"])
        // What the old connection still says is not heard.
        old.publish("t", "ghost")
        #expect(new.payloads().isEmpty)
    }

    @Test("take-over of a 3.1.1 connection closes it without a word")
    func takeOverOld() {
        let bench = Bench()
        let old = bench.connect("c", .v3_1_1)
        bench.connect("c", .v3_1_1)
        #expect(old.read().isEmpty)
        #expect(old.isClosed)
        #expect(bench.core.statistics().sessions == 1)
    }

    @Test("a kept session ends when its time is over, and the ledger hears it")
    func sessionExpiry() {
        let bench = Bench()
        let publisher = bench.connect("p")
        let client = bench.connect("c", clean: false, expiry: 10)
        client.subscribe("t")
        client.drop()
        publisher.publish("t", qos: .atLeastOnce, id: 1)
        bench.advance(milliseconds: 9_000)
        #expect(bench.core.statistics().sessions == 2)
        bench.advance(milliseconds: 2_000)
        #expect(bench.core.statistics().sessions == 1)
        #expect(bench.core.statistics().subscriptions == 0)
        #expect(bench.stored.sessions.isEmpty)
        #expect(bench.connect("c", clean: false, expiry: 10).connack?.sessionPresent == false)
    }

    @Test("a clock that a test moves ends sessions and lets wills come, and makes no connection old")
    func movedClock() {
        let bench = Bench()
        let watcher = bench.connect("w", keepAlive: 10)
        watcher.subscribe("#")
        bench.connect("c", clean: false, expiry: 86_400).drop()
        bench.connect("d", clean: false, expiry: 86_400, will: will("will", "dead", delay: 3_600)).drop()
        bench.leap(milliseconds: 3_599_000)
        #expect(watcher.payloads().isEmpty && bench.core.statistics().sessions == 3)
        bench.leap(milliseconds: 2_000)
        #expect(watcher.payloads() == ["dead"])
        bench.leap(milliseconds: 86_400_000)
        #expect(bench.core.statistics().sessions == 1 && !watcher.isClosed)
        // Its own time goes on.
        bench.advance(milliseconds: 16_000)
        #expect(watcher.isClosed)
    }

    @Test("session expiry far beyond one turn of the wheel, and never")
    func longExpiry() {
        var configuration = BrokerConfiguration()
        configuration.maximumSessionExpiry = .max
        let bench = Bench(configuration)
        bench.connect("c", clean: false, expiry: 1_000).drop()
        bench.connect("d", clean: false, expiry: .max).drop()
        bench.advance(milliseconds: 999_000)
        #expect(bench.core.statistics().sessions == 2)
        bench.advance(milliseconds: 2_000)
        #expect(bench.core.statistics().sessions == 1)
    }

    @Test("DISCONNECT changes the expiry; from zero it may not")
    func expiryAtDisconnect() {
        let bench = Bench()
        bench.connect("c", clean: false, expiry: 100).disconnect(expiry: 0)
        #expect(bench.core.statistics().sessions == 0)
        bench.connect("c", clean: false, expiry: 5).disconnect(expiry: 50)
        bench.advance(milliseconds: 20_000)
        #expect(bench.core.statistics().sessions == 1)
        let client = bench.connect("d", expiry: 0)
        client.disconnect(expiry: 50)
        #expect(client.read() == [.disconnect(Disconnect(reason: .protocolError))])
    }

    @Test("expiry counts over a crash, from the goodbye if there was one")
    func expiryAfterCrash() {
        let bench = Bench()
        bench.connect("gone", clean: false, expiry: 60).drop()
        bench.connect("there", clean: false, expiry: 60)
        let after = bench.afterCrash(milliseconds: 50_000)
        after.advance(milliseconds: 20_000)
        #expect(Array(after.core.state().sessions.keys) == [text("there")])
        after.advance(milliseconds: 50_000)
        #expect(after.core.state().sessions.isEmpty)
        #expect(after.stored.sessions.isEmpty)
    }

    @Test("keep alive: silence of one and a half times ends the connection, anything at all keeps it")
    func keepAlive() {
        let bench = Bench()
        let client = bench.connect("c", keepAlive: 10)
        for _ in 0..<5 {
            bench.advance(milliseconds: 14_000)
            client.send(.pingreq)
            #expect(client.read() == [.pingresp])
        }
        bench.advance(milliseconds: 14_500)
        #expect(!client.isClosed)
        bench.advance(milliseconds: 1_000)
        #expect(client.read() == [.disconnect(Disconnect(reason: .keepAliveTimeout))])
        #expect(client.isClosed)
        let quiet = bench.connect("q", keepAlive: 0)
        bench.advance(milliseconds: 1_000_000)
        #expect(!quiet.isClosed)
    }

    @Test("a client that only receives, and says nothing, is lost after its keep alive; its will comes")
    func onlyReceives() {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        let client = bench.connect("c", keepAlive: 10, will: will("will", "dead"))
        client.subscribe("t", qos: .atMostOnce)
        let publisher = bench.connect("p")
        for _ in 0..<64 {
            publisher.publish("t")
            bench.advance(milliseconds: 250)
        }
        #expect(client.isClosed)
        #expect(watcher.payloads() == ["dead"])
    }

    @Test("while a client is not read because its network is slow, taking bytes keeps it alive; taking none does not")
    func slowNetwork() {
        var configuration = BrokerConfiguration()
        configuration.limits.unsentBytes = 1_000
        let bench = Bench(configuration)
        let client = bench.connect("c", keepAlive: 10)
        client.subscribe("t", qos: .atMostOnce)
        bench.stall(client.handle, true)
        let publisher = bench.connect("p")
        publisher.publish("t", String(repeating: "x", count: 2_000))
        #expect(client.isReadingPaused)
        for taken in 1...8 {
            bench.advance(milliseconds: 5_000)
            bench.handle(.flushed(unsent: 2_000 - taken * 100, client.handle))
        }
        #expect(!client.isClosed)
        bench.advance(milliseconds: 16_000)
        #expect(client.isClosed)
    }

    @Test("a machine that slept longer than the wheel turns finds everything due", arguments: [300_000, 3_600_000])
    func slept(milliseconds: Int64) {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("will")
        let client = bench.connect("c", keepAlive: 10)
        bench.connect("away", clean: false, expiry: 200, will: will("will", "dead", delay: 100)).drop()
        bench.advance(milliseconds: 5_000)
        bench.sleep(milliseconds: milliseconds)
        #expect(client.isClosed)
        #expect(watcher.payloads() == ["dead"])
        #expect(bench.core.statistics().sessions == 1)
    }

    @Test("server keep alive for 5.0 clients that ask for more, or for none")
    func serverKeepAlive() {
        var configuration = BrokerConfiguration()
        configuration.maximumKeepAlive = 60
        let bench = Bench(configuration)
        let table: [(UInt16, UInt16?)] = [(0, 60), (30, nil), (60, nil), (61, 60), (65_535, 60)]
        for (asked, told) in table {
            #expect(bench.connect("c", keepAlive: asked).connack?.properties.serverKeepAlive == told)
        }
        #expect(bench.connect("c", .v3_1_1, keepAlive: 600).connack?.reason == .success)
    }

    @Test("a connection that says nothing is closed in time")
    func connectTimeout() {
        let bench = Bench()
        let client = bench.dial()
        bench.advance(milliseconds: 9_000)
        #expect(!client.isClosed)
        bench.advance(milliseconds: 1_500)
        #expect(client.isClosed)
        #expect(bench.core.openConnections == 0)
    }

    @Test("an empty identifier is given one: told in 5.0, refused in 3.1.1 with a session to keep")
    func assignedIdentifier() {
        let bench = Bench()
        let one = bench.connect("").connack?.properties.assignedClientIdentifier
        let two = bench.connect("").connack?.properties.assignedClientIdentifier
        #expect(one != nil && two != nil && one != two)
        #expect(bench.connect("", .v3_1_1).connack?.reason == .success)
        #expect(bench.connect("", .v3_1_1, clean: false).connack?.reason == .clientIdentifierNotValid)
    }

    @Test("what CONNECT may be refused for")
    func refusals() {
        let rules = Rules()
        rules.decision = { $0.userName == nil ? .refused(.notAuthorized) : .refused(.badUserNameOrPassword) }
        var configuration = BrokerConfiguration()
        configuration.limits.clientIdentifierBytes = 10
        let bench = Bench(configuration, rules: rules)
        #expect(bench.connect("c").connack?.reason == .notAuthorized)
        #expect(bench.connect("c", .v3_1_1).connack?.reason == .notAuthorized)
        #expect(bench.connect("01234567890").connack?.reason == .clientIdentifierNotValid)
        let method = bench.connect("c", properties: [.authenticationMethod(text("SCRAM"))])
        #expect(method.connack?.reason == .badAuthenticationMethod)
        #expect(method.isClosed)
        #expect(bench.core.statistics().sessions == 0)
    }

    @Test("MQTT 3.1: let in as by its successor, without a word on sessions that are present")
    func oldest() {
        let bench = Bench()
        let watcher = bench.connect("w")
        watcher.subscribe("#")
        let client = bench.connect("a-client-identifier-of-more-than-23-characters", .v3_1, clean: false)
        #expect(client.connack == Connack())
        client.subscribe("t")
        client.publish("t", "one", qos: .atLeastOnce, id: 1)
        let heard = client.read()
        #expect(heard.map(\.type).contains(.puback))
        client.drop()
        bench.connect("p").publish("t", "two", qos: .atLeastOnce, id: 1)
        let again = bench.connect("a-client-identifier-of-more-than-23-characters", .v3_1, clean: false)
        #expect(again.connack == Connack())
        #expect(again.payloads() == ["one", "two"])
        #expect(watcher.payloads() == ["one", "two"])
        #expect(bench.connect("", .v3_1, clean: true).connack?.reason == .success)
        #expect(bench.connect("", .v3_1, clean: false).connack?.reason == .clientIdentifierNotValid)
    }

    @Test("no CONNACK is larger than the packets that the client takes", arguments: 1...60 as ClosedRange<UInt32>)
    func connackTooLarge(most: UInt32) {
        let bench = Bench()
        let client = bench.connect("", properties: [.maximumPacketSize(most)])
        let sent = bench.peers[client.handle]?.total ?? 0
        #expect(sent <= Int(most))
        if most >= 60 { #expect(client.connack?.reason == .success) }
        guard client.connack?.reason != .success else { return }
        #expect(client.isClosed)
        #expect(client.connack?.reason == (most < 5 ? nil : .packetTooLarge))
        #expect(bench.core.statistics().sessions == 0)
    }

    @Test("packets out of place end the connection with a reason")
    func outOfPlace() {
        let bench = Bench()
        let before = bench.dial()
        before.send(.pingreq)
        #expect(before.isClosed)
        let twice = bench.connect("c")
        twice.connect("c")
        #expect(twice.read() == [.disconnect(Disconnect(reason: .protocolError))])
        let auth = bench.connect("d")
        auth.send(.auth(Auth(reason: .reAuthenticate, properties: [.authenticationMethod(text("X"))])))
        #expect(auth.read() == [.disconnect(Disconnect(reason: .badAuthenticationMethod))])
        for packet: Packet in [
            .pingresp, .connack(Connack()), .suback(Suback(packetIdentifier: id(1), reasons: [.success])),
        ] {
            let client = bench.connect("e")
            client.send(packet)
            #expect(client.read() == [.disconnect(Disconnect(reason: .protocolError))])
        }
    }

    @Test("presence: who came, who went, why, with the ledger's entries")
    func presence() {
        let bench = Bench()
        bench.connect("a").disconnect()
        bench.connect("b").drop()
        let c = bench.connect("c", keepAlive: 1)
        bench.connect("c", keepAlive: 1)
        _ = c
        bench.advance(milliseconds: 3_000)
        let causes: [DisconnectCause] = bench.committed.compactMap {
            if case .session(.disconnected(let closing)) = $0 { closing.cause } else { nil }
        }
        #expect(causes == [.clientDisconnected(.success), .connectionLost, .takenOver, .keepAliveTimeout])
    }

    @Test("rights taken away while the client was gone end its subscriptions")
    func revokedWhileAway() {
        let rules = Rules()
        let bench = Bench(rules: rules)
        let publisher = bench.connect("p")
        let client = bench.connect("c", clean: false, expiry: 100)
        #expect(client.subscribe("a", "b") == [.grantedQoS2, .grantedQoS2])
        client.drop()
        rules.forbiddenFilters = ["a"]
        let again = bench.connect("c", clean: false, expiry: 100)
        publisher.publish("a", "a")
        publisher.publish("b", "b")
        #expect(again.payloads() == ["b"])
        #expect(bench.stored.sessions[text("c")]?.subscriptions.keys.map(\.description) == ["b"])
        #expect(again.subscribe("a") == [.notAuthorized])
    }

    @Test("the server ends a connection, and a session if it wants")
    func disconnectedByServer() {
        let bench = Bench()
        let client = bench.connect("c", clean: false, expiry: 100)
        bench.handle(.disconnect(client: text("c"), .administrativeAction, endSession: false))
        #expect(client.read() == [.disconnect(Disconnect(reason: .administrativeAction))])
        #expect(bench.core.statistics().sessions == 1)
        bench.handle(.disconnect(client: text("c"), .administrativeAction, endSession: true))
        #expect(bench.core.statistics().sessions == 0)
        #expect(bench.stored.sessions.isEmpty)
        bench.handle(.disconnect(client: text("nobody"), .administrativeAction, endSession: true))
    }

    @Test("shutting down: 0x8B to 5.0, no wills, sessions stay")
    func shutDown() {
        let bench = Bench()
        let five = bench.connect("five", clean: false, expiry: 100, will: will("w", "dead"))
        let three = bench.connect("three", .v3_1_1, clean: false, will: will("w", "dead"))
        bench.handle(.shutDown)
        #expect(five.read() == [.disconnect(Disconnect(reason: .serverShuttingDown))])
        #expect(three.read().isEmpty)
        #expect(five.isClosed && three.isClosed)
        #expect(bench.committed.compactMap(\.publication).isEmpty)
        #expect(bench.afterCrash().core.statistics().sessions == 2)
    }

    @Test("identifiers that differ only in Unicode form are two clients")
    func unicodeForms() {
        let bench = Bench()
        bench.connect("caf\u{E9}")
        let other = bench.connect("cafe\u{301}")
        #expect(!other.isClosed)
        #expect(bench.core.statistics().sessions == 2)
    }
}
