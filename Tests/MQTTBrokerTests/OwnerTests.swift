import MQTTBroker
import MQTTCodec
import Testing

/// Sessions belong to their owners.
struct OwnerTests {
    private func bench(_ owner: @escaping () -> String?, state: BrokerState = BrokerState()) -> Bench {
        let rules = Rules()
        rules.decision = { _ in .accepted(AcceptedClient(userName: nil, owner: owner())) }
        return Bench(rules: rules, state: state)
    }

    @Test("nobody takes over the session of another owner, connected or kept", arguments: ProtocolVersion.allCases)
    func takeover(version: ProtocolVersion) {
        var owner: String? = "mine"
        let bench = bench { owner }
        let first = bench.connect("c", clean: false, expiry: 100)
        for other in ["theirs", nil] {
            owner = other
            for clean in [false, true] {
                let thief = bench.connect("c", version, clean: clean)
                #expect(thief.connack?.reason == .notAuthorized)
            }
        }
        #expect(!first.isClosed)
        bench.drop(first.handle)
        #expect(bench.connect("c", version, clean: true).connack?.reason == .notAuthorized)
        owner = "mine"
        let again = bench.connect("c", clean: false, expiry: 100)
        #expect(again.connack?.sessionPresent == true)
        #expect(bench.core.statistics().counters.sessionsOfOthersRefused == 5)
        #expect(bench.stored.sessions[text("c")]?.owner == "mine")
        // It is so after a restart as well.
        let later = bench.afterCrash()
        owner = "theirs"
        #expect(later.connect("c", clean: false, expiry: 100).connack?.reason == .notAuthorized)
        owner = "mine"
        #expect(later.connect("c", clean: false, expiry: 100).connack?.sessionPresent == true)
    }

    @Test("a session of nobody's is begun anew for an owner: what waited in it is not handed over")
    func nobodys() {
        var owner: String?
        let bench = bench { owner }
        let open = bench.connect("c", clean: false, expiry: 100)
        open.subscribe("secret")
        bench.drop(open.handle)
        bench.connect("p").publish("secret", qos: .atLeastOnce, id: 1)
        owner = "me"
        let mine = bench.connect("c", clean: false, expiry: 100)
        #expect(mine.connack?.reason == .success)
        #expect(mine.connack?.sessionPresent == false)
        #expect(mine.messages().isEmpty)
        #expect(bench.stored.sessions[text("c")]?.owner == "me")
        #expect(bench.stored.sessions[text("c")]?.queue.isEmpty == true)
        #expect(bench.stored.sessions[text("c")]?.subscriptions.isEmpty == true)
    }

    @Test("all connections of an owner are ended, with their sessions if told so")
    func disconnected() {
        var owner: String? = "gone"
        let bench = bench { owner }
        let one = bench.connect("one", clean: false, expiry: 100)
        let two = bench.connect("two")
        owner = "stays"
        let other = bench.connect("other")
        bench.handle(.disconnectOwner("gone", .notAuthorized, endSessions: false, olderThan: .max))
        #expect(one.read() == [.disconnect(Disconnect(reason: .notAuthorized))])
        #expect(one.isClosed && two.isClosed && !other.isClosed)
        #expect(bench.stored.sessions.count == 1)
        bench.handle(.disconnectOwner("gone", .administrativeAction, endSessions: true, olderThan: .max))
        #expect(bench.stored.sessions.isEmpty)
        #expect(bench.core.statistics().sessions == 1)
    }

    @Test("an owner that is sent away while it is being let in is not let in by what was known before")
    func race() {
        let bench = bench { "device" }
        bench.holdsAuthentications = true
        let early = bench.dial()
        early.connect("c")
        bench.handle(.disconnectOwner("device", .notAuthorized, endSessions: true, olderThan: .max))
        let late = bench.dial()
        late.connect("d")
        bench.authenticate(2)
        early.takeConnack()
        late.takeConnack()
        #expect(early.connack?.reason == .serverUnavailable)
        #expect(late.connack?.reason == .success)
    }

    @Test("a connection that came in knowing of the change stays; one of the same owner from before it ends")
    func revision() {
        let rules = Rules()
        var revision: Int64 = 4
        rules.decision = { _ in
            .accepted(
                AcceptedClient(
                    userName: nil, owner: "device", rights: ClientRights(publish: [], subscribe: [], revision: revision)
                ))
        }
        let bench = Bench(rules: rules)
        let stolen = bench.connect("before")
        revision = 5
        let rightful = bench.connect("after")
        bench.holdsAuthentications = true
        let knocking = bench.dial()
        knocking.connect("third")
        bench.handle(.disconnectOwner("device", .notAuthorized, endSessions: false, olderThan: 5))
        bench.authenticate(1)
        knocking.takeConnack()
        #expect(stolen.isClosed)
        #expect(!rightful.isClosed)
        #expect(knocking.connack?.reason == .success)
    }
}
