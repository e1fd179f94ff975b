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

    @Test("two owners use one client identifier and never meet", arguments: ProtocolVersion.allCases)
    func sameIdentifier(version: ProtocolVersion) {
        var owner: String? = "mine"
        let bench = bench { owner }
        let first = bench.connect("c", clean: false, expiry: 100)
        first.subscribe("mine", qos: .exactlyOnce)
        owner = "theirs"
        for clean in [false, true] {
            let other = bench.connect("c", version, clean: clean, expiry: version == .v5_0 ? 100 : nil)
            #expect(other.connack?.reason == .success)
            #expect(other.connack?.sessionPresent == false)
            other.drop()
        }
        #expect(!first.isClosed)
        bench.drop(first.handle)
        // Not even while its owner is away: what waits for it stays, and stays its own.
        let other = bench.connect("c", version, clean: true)
        other.subscribe("theirs")
        other.publish("mine", "for me", qos: .exactlyOnce, id: 7)
        #expect(other.messages().isEmpty)
        let later = bench.afterCrash()
        owner = "mine"
        let again = later.connect("c", clean: false, expiry: 100)
        #expect(again.connack?.sessionPresent == true)
        #expect(again.payloads() == ["for me"])
        let name = ConnectedClient.session(owner: "mine", identifier: text("c"))
        #expect(later.stored.sessions[name]?.owner == "mine")
        #expect(again.connack?.reason == .success)
        // Within one owner the newcomer takes over, as ever.
        _ = later.connect("c", clean: false, expiry: 100)
        #expect(again.isClosed)
    }

    @Test("what is exactly once is so for each owner: an identifier of one is not a repetition of the other's")
    func exactlyOnce() {
        var owner: String? = "a"
        let bench = bench { owner }
        let watcher = bench.connect("w")
        watcher.subscribe("t")
        for name in ["a", "b"] {
            owner = name
            bench.connect("c", clean: false, expiry: 100).publish("t", name, qos: .exactlyOnce, id: 5)
        }
        #expect(watcher.payloads() == ["a", "b"])
        let names = ["a", "b"].map { ConnectedClient.session(owner: $0, identifier: text("c")) }
        #expect(names.map { bench.stored.sessions[$0]?.inboundIdentifiers } == [[id(5)], [id(5)]])
    }

    @Test("a session may belong to another owner than the connection: who follows goes on, with its own rights")
    func sessionOwner() {
        let rules = Rules()
        rules.usesRights = true
        var (token, filters) = ("one", ["open", "secret"])
        rules.decision = { _ in
            .accepted(
                AcceptedClient(
                    userName: nil, owner: token, sessionOwner: "anna",
                    rights: ClientRights(publish: [filter("#")], subscribe: filters.map(filter))))
        }
        let bench = Bench(rules: rules)
        let first = bench.connect("c", .v3_1_1, clean: false)
        #expect(first.subscribe("open", "secret", qos: .atLeastOnce).allSatisfy { !$0.isFailure })
        bench.handle(.disconnectOwner("one", .notAuthorized, endSessions: false, olderThan: .max))
        #expect(first.isClosed)
        (token, filters) = ("two", ["open"])
        let publisher = bench.connect("p")
        publisher.publish("secret", "no", qos: .atLeastOnce, id: 1)
        publisher.publish("open", "yes", qos: .atLeastOnce, id: 2)
        let second = bench.connect("c", .v3_1_1, clean: false)
        #expect(second.connack?.sessionPresent == true)
        #expect(second.payloads() == ["yes"], "what waited for a filter that is not granted any more is dropped")
        publisher.publish("secret", "no", qos: .atLeastOnce, id: 3)
        #expect(second.messages().isEmpty)
        let name = ConnectedClient.session(owner: "anna", identifier: text("c"))
        #expect(bench.stored.sessions[name]?.queue.count == 1)
        #expect(bench.stored.sessions[name]?.subscriptions.count == 1)
        // The first owner is nobody to this connection.
        bench.handle(.disconnectOwner("one", .notAuthorized, endSessions: false, olderThan: .max))
        #expect(!second.isClosed)
        bench.handle(.disconnectOwner("two", .notAuthorized, endSessions: false, olderThan: .max))
        #expect(second.isClosed)
    }

    @Test(
        "who comes by a name that another had before gets nothing of that one's session, nor is its will published",
        arguments: ProtocolVersion.allCases, [true, false])
    func anotherOfTheName(version: ProtocolVersion, isRestarted: Bool) {
        var generation: Int64? = 1
        let rules = Rules()
        rules.decision = { _ in .accepted(AcceptedClient(userName: nil, owner: "device", generation: generation)) }
        rules.standing = { .accepted(AcceptedClient(userName: nil, owner: $0.owner, generation: generation)) }
        let bench = Bench(rules: rules)
        func come(_ bench: Bench, will: Will? = nil) -> BenchClient {
            bench.connect("c", version, clean: false, expiry: version == .v5_0 ? 100 : nil, will: will)
        }
        come(bench, will: will("will", "dead")).subscribe("t", "will", qos: .atLeastOnce)
        let later = isRestarted ? bench.afterCrash() : bench
        generation = 2
        rules.decision = {
            let isTheirs = $0.clientIdentifier.description == "c"
            return .accepted(
                AcceptedClient(
                    userName: nil, owner: isTheirs ? "device" : "other", generation: isTheirs ? generation : nil))
        }
        let other = later.connect("o")
        other.subscribe("will")
        other.publish("t", "for the first", qos: .atLeastOnce, id: 1)
        _ = other.read()
        let next = come(later)
        #expect(next.connack?.reason == .success)
        #expect(next.connack?.sessionPresent == false)
        #expect(next.messages().isEmpty)
        // Its own it finds again.
        next.subscribe("t", qos: .atLeastOnce)
        next.drop()
        other.publish("t", "for the second", qos: .atLeastOnce, id: 2)
        let restarted = later.afterCrash()
        let back = come(restarted)
        if version != .v3_1 { #expect(back.connack?.sessionPresent == true) }
        #expect(back.payloads() == ["for the second"])
        restarted.advance(milliseconds: 200_000)
        #expect(other.messages().isEmpty)
        #expect(restarted.stored.wills.isEmpty)
    }

    @Test("what is kept from before names had generations goes on")
    func unknownGeneration() {
        var generation: Int64?
        let rules = Rules()
        rules.decision = { _ in .accepted(AcceptedClient(userName: nil, owner: "device", generation: generation)) }
        let bench = Bench(rules: rules)
        bench.connect("c", clean: false, expiry: 100).drop()
        for number: Int64 in [0, 0, 7] {
            generation = number
            let client = bench.connect("c", clean: false, expiry: 100)
            #expect(client.connack?.sessionPresent == (number == 0))
            client.drop()
        }
    }

    @Test("a will of one who had the name before is dropped when its client is asked about after a restart")
    func willOfAnother() {
        var generation: Int64 = 1
        let rules = Rules()
        rules.decision = {
            let isTheirs = $0.clientIdentifier.description == "c"
            return .accepted(
                AcceptedClient(
                    userName: nil, owner: isTheirs ? "device" : "other", generation: isTheirs ? generation : nil))
        }
        rules.standing = { .accepted(AcceptedClient(userName: nil, owner: $0.owner, generation: generation)) }
        for next: Int64 in [1, 2] {
            generation = 1
            let bench = Bench(rules: rules)
            bench.connect("c", keepAlive: 2, will: will("will", "dead"))
            generation = next
            let later = bench.afterCrash()
            let watcher = later.connect("w")
            watcher.subscribe("will")
            later.advance(milliseconds: 10_000)
            #expect(watcher.payloads() == (next == 1 ? ["dead"] : []))
            #expect(later.stored.wills.isEmpty)
        }
    }

    @Test("rights may say how long a session is kept", arguments: ProtocolVersion.allCases)
    func sessionExpiry(version: ProtocolVersion) {
        let rules = Rules()
        rules.decision = { _ in
            .accepted(
                AcceptedClient(
                    userName: nil, owner: "waits", rights: ClientRights(publish: [], subscribe: [], sessionExpiry: 0)))
        }
        let bench = Bench(rules: rules)
        let client = bench.connect("c", version, clean: false, expiry: version == .v5_0 ? 86_400 : nil)
        #expect(client.connack?.reason == .success)
        if version == .v5_0 { #expect(client.connack?.properties.sessionExpiryInterval == 0) }
        client.drop()
        #expect(bench.stored.sessions.isEmpty)
        #expect(bench.core.statistics().sessions == 0)
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
        #expect(bench.stored.sessions[text("c")] == nil)
        let session = bench.stored.sessions[ConnectedClient.session(owner: "me", identifier: text("c"))]
        #expect(session?.owner == "me")
        #expect(session?.queue.isEmpty == true)
        #expect(session?.subscriptions.isEmpty == true)
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

    @Test(
        "the will of an owner that is sent away is published only if its rights of now allow it",
        arguments: [UInt32(0), 30])
    func wills(delay: UInt32) {
        let delay = delay == 0 ? nil : delay
        let bench = bench { "device" }
        let rights = ClientRights(publish: [filter("mine")], subscribe: [filter("#")], revision: 9)
        for (topic, rights, isHeard) in [
            ("mine", nil, false), ("theirs", rights, false), ("mine", rights, true),
        ] as [(String, ClientRights?, Bool)] {
            for isGone in [false, true] where !isGone || delay != nil {
                let client = bench.connect(
                    "c", clean: true, expiry: 100, will: will(topic, "open the door", delay: delay))
                if isGone { client.drop() }
                bench.handle(
                    .disconnectOwner(
                        "device", .notAuthorized, endSessions: false, olderThan: .max, rights: rights))
                bench.advance(milliseconds: 40_000)
                #expect(bench.committed.compactMap(\.publication).count { $0.isWill } == (isHeard ? 1 : 0))
                #expect(bench.core.statistics().counters.willsPublished == (isHeard ? 1 : 0))
                guard !isHeard else { return }
            }
        }
    }
}
