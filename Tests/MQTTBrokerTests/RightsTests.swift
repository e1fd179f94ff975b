import MQTTBroker
import MQTTCodec
import Testing

/// Filters and the filters they cover.
struct CoveringTests {
    @Test(
        "a filter covers another if it matches every topic that the other matches",
        arguments: [
            ("a/b", "a/b", true), ("a/b", "a/c", false), ("a/b", "a", false), ("a", "a/b", false),
            ("a/+", "a/b", true), ("a/+", "a/+", true), ("a/+", "a/#", false), ("a/+", "a", false),
            ("a/+", "a/", true), ("a/#", "a", true), ("a/#", "a/b/c", true), ("a/#", "a/+/c", true),
            ("a/#", "a/#", true), ("a/#", "#", false), ("a/b/#", "a/#", false), ("a/+/#", "a/#", false),
            ("a/+/#", "a/b/#", true), ("a/+/#", "a/+", true), ("a/+/#", "a", false), ("#", "#", true),
            ("#", "+/#", true), ("+/#", "#", true), ("+/+/#", "#", false), ("+", "#", false), ("#", "+", true),
            ("#", "$SYS/x", false), ("+/x", "$SYS/x", false), ("$SYS/#", "$SYS/+", true), ("$SYS/#", "#", false),
            ("+/x", "+/x", true), ("a/+/c", "a/b/+", false), ("+/b", "a/b", true), ("a/b", "+/b", false),
            ("+", "", true), ("/+", "/x", true), ("+/x", "/x", true),
            ("a/#", "$share/g/a/b", true), ("a", "$share/g/b", false), ("$share/g/a/#", "$share/g/a/b", true),
            ("$share/g/a/#", "$share/h/a/b", false), ("$share/g/a/#", "a/b", false),
            ("#", "$share/g/$SYS/x", false), ("#", "$share/g/#", true), ("$share/gg/a", "$share/g/a", false),
        ])
    func covers(granted: String, asked: String, isCovered: Bool) {
        guard !asked.isEmpty else { return }
        #expect(filter(granted).covers(filter(asked)) == isCovered, "\(granted) covers \(asked)")
    }

    @Test("covering agrees with matching, for all filters and topics of up to three levels of a small alphabet")
    func agreesWithMatching() {
        var topics: [TopicName] = []
        var filters: [TopicFilter] = []
        let names = ["a", "b", "", "$s"]
        let words = ["a", "", "$s", "+", "#"]
        func combine(_ parts: [String], _ words: [String], _ take: (String) -> Void) {
            take(parts.joined(separator: "/"))
            guard parts.count < 3, parts.last != "#" else { return }
            for word in words { combine(parts + [word], words, take) }
        }
        for name in names { combine([name], names) { if let topic = try? TopicName($0) { topics.append(topic) } } }
        // A level more than any filter has, so that "#" shows itself.
        topics += topics.compactMap { try? TopicName("\($0)/b/b") }
        for word in words { combine([word], words) { if let one = try? TopicFilter($0) { filters.append(one) } } }
        var covered = 0
        for granted in filters {
            for asked in filters {
                let isCovered = topics.allSatisfy { !asked.matches($0) || granted.matches($0) }
                if granted.covers(asked) != isCovered { Issue.record("\(granted) covers \(asked): \(!isCovered)") }
                covered += isCovered ? 1 : 0
            }
        }
        #expect(covered > filters.count)
    }

    @Test("a client publishes to exact topics and to what a pattern matches, and to nothing else")
    func publishing() {
        let rights = ClientRights(
            publish: [filter("iot/n/7/report"), filter("iot/n/7/answer/+"), filter("$share/g/iot/x")],
            subscribe: [filter("iot/n/7/#")])
        #expect(rights.mayPublish(to: topic("iot/n/7/report")))
        #expect(rights.mayPublish(to: topic("iot/n/7/answer/1")))
        #expect(!rights.mayPublish(to: topic("iot/n/8/report")))
        #expect(!rights.mayPublish(to: topic("iot/n/7/answer/1/2")))
        #expect(!rights.mayPublish(to: topic("iot/x")))
        #expect(rights.maySubscribe(to: filter("iot/n/7/commands")))
        #expect(!rights.maySubscribe(to: filter("iot/n/+/commands")))
        #expect(!rights.maySubscribe(to: filter("#")))
    }
}

/// What clients with owners and rights may do at the broker.
struct RightsTests {
    private func rules(_ rights: @escaping (String) -> ClientRights?) -> Rules {
        let rules = Rules()
        rules.usesRights = true
        rules.decision = { attempt in
            let name = attempt.clientIdentifier.description
            return .accepted(AcceptedClient(userName: name, owner: name, rights: rights(name)))
        }
        return rules
    }

    @Test("a publish without right: 5.0 hears why, nobody receives it, and it is counted by reason")
    func refusedPublish() {
        let bench = Bench(
            rules: rules { ClientRights(publish: [filter("\($0)/out")], subscribe: [filter("\($0)/#")]) })
        let one = bench.connect("one")
        let two = bench.connect("two")
        #expect(two.subscribe("two/in", "one/#", "#").map(\.isFailure) == [false, true, true])
        for number: UInt16 in 1...2 { one.publish("two/in", qos: .atLeastOnce, id: number) }
        #expect(one.read() == [1, 2].map { .puback(answer($0, .notAuthorized)) })
        one.publish("one/out", qos: .atLeastOnce, id: 3)
        one.publish("one/out", qos: .atLeastOnce, id: 4)
        one.publish("one/out2", qos: .atLeastOnce, id: 5)
        #expect(one.read() == [.puback(answer(3)), .puback(answer(4)), .puback(answer(5, .notAuthorized))])
        #expect(two.messages().isEmpty)
        let counters = bench.core.statistics().counters
        #expect(counters.messagesRefusedByReason == [.notAuthorized: 3])
        #expect(counters.subscriptionsRefusedByReason == [.notAuthorized: 2])
        // Granted for a message is not granted for one that stays.
        bench.rules.forbidsRetained = true
        one.publish("one/out", qos: .atLeastOnce, id: 6, retain: true)
        #expect(one.read() == [.puback(answer(6, .notAuthorized))])
    }

    @Test("a will and stored subscriptions obey the rights of their client")
    func willAndStored() {
        var mayListen = true
        let bench = Bench(
            rules: rules { _ in
                ClientRights(publish: [filter("good")], subscribe: mayListen ? [filter("good"), filter("bad")] : [])
            })
        let listener = bench.connect("listener", clean: false, expiry: 100)
        listener.subscribe("good", "bad")
        let good = bench.connect("a", will: will("good", "w"))
        let bad = bench.connect("b", will: will("bad", "w"))
        bench.drop(good.handle)
        bench.drop(bad.handle)
        #expect(listener.messages().map { $0.topic?.description } == ["good"])
        bench.drop(listener.handle)
        mayListen = false
        let again = bench.connect("listener", clean: false, expiry: 100)
        #expect(again.connack?.sessionPresent == true)
        #expect(bench.core.statistics().subscriptions == 0)
    }

    @Test("what is set aside goes to the ledger only: acknowledged, not routed, not retained; its will is dropped")
    func setAside() throws {
        let bench = Bench(
            rules: rules { name in
                ClientRights(publish: [], subscribe: [filter("#")], isSetAside: name == "pending")
            })
        let listener = bench.connect("listener")
        listener.subscribe("#")
        let pending = bench.connect("pending", clean: false, expiry: 60, will: will("t", "gone"))
        pending.publish("t", "hello", qos: .atLeastOnce, id: 1, retain: true)
        pending.publish("u", "hello", qos: .exactlyOnce, id: 2)
        #expect(pending.read() == [.puback(answer(1)), .pubrec(answer(2))])
        let entries = bench.committed.compactMap(\.publication)
        #expect(entries.count == 2)
        #expect(entries.allSatisfy { $0.isSetAside && $0.targets.isEmpty && !$0.message.retain })
        #expect(entries.map(\.exactlyOnceIdentifier) == [nil, id(2)])
        bench.drop(pending.handle)
        #expect(listener.messages().isEmpty)
        #expect(bench.core.statistics().retainedMessages == 0)
        #expect(bench.stored.retained.isEmpty)
        #expect(bench.core.statistics().counters.messagesSetAside == 2)
        #expect(bench.committed.compactMap(\.publication).count == 2)
    }

    @Test("rights set limits of their own: subscriptions of the session")
    func ownLimits() {
        let bench = Bench(
            rules: rules { _ in ClientRights(publish: [], subscribe: [filter("#")], subscriptions: 2) })
        #expect(bench.connect("c").subscribe("a", "b", "c").last == .quotaExceeded)
    }
}
