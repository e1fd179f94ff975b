import MQTTBroker
import MQTTCodec
import Testing

/// The broker is killed at random moments. Nothing acknowledged is lost; nothing of QoS 2 comes twice.
struct CrashTests {
    @Test("what the core holds is what the ledger was told, after any history", arguments: 0..<20)
    func restoredEqualsBefore(seed: Int) {
        var random = Lehmer(seed: UInt64(seed))
        let bench = Bench()
        let names = (0..<5).map { "c\($0)" }
        var clients = names.map { bench.connect($0, clean: false, expiry: 1000) }
        for step in 0..<300 {
            let index = Int.random(in: 0..<clients.count, using: &random)
            let client = clients[index]
            switch Int.random(in: 0..<9, using: &random) {
            case 0: client.subscribe(["t/#", "t/1", "t/+"].randomElement(using: &random) ?? "t/1")
            case 1: client.unsubscribe("t/+")
            case 2, 3:
                client.publish(
                    "t/\(step % 3)", "\(step)", qos: .exactlyOnce, id: UInt16(step % 20 + 1),
                    retain: step % 4 == 0)
            case 4: client.publish("t/\(step % 3)", "\(step)", qos: .atLeastOnce, id: 1)
            case 5: client.pubrel(UInt16(step % 20 + 1))
            case 6:
                client.drop()
                clients[index] = bench.connect(names[index], clean: Bool.random(using: &random), expiry: 1000)
            default:
                for packet in client.read() {
                    guard Bool.random(using: &random) else { continue }
                    switch packet {
                    case .publish(let message):
                        let number = message.packetIdentifier?.rawValue ?? 0
                        if message.qos == .atLeastOnce { client.puback(number) }
                        if message.qos == .exactlyOnce { client.pubrec(number) }
                    case .pubrel(let release): client.pubcomp(release.packetIdentifier.rawValue)
                    default: break
                    }
                }
            }
        }
        let live = bench.core.state()
        let after = bench.afterCrash().core.state()
        #expect(Summary(live) == Summary(bench.stored))
        #expect(Summary(after) == Summary(bench.stored))
    }

    @Test("identifiers of what was restored are not given again, whatever order the ledger restores in")
    func restoredIdentifiersStayTaken() {
        let bench = Bench()
        bench.connect("writer").publish("t/old", "kept", qos: .atLeastOnce, id: 1, retain: true)
        let reader = bench.connect("reader", clean: false, expiry: 1000)
        reader.subscribe("live/#")
        let writer = bench.connect("writer")
        for number in 1...2 { writer.publish("live/x", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        // The retained message is older than those before it in the queue.
        reader.subscribe("t/#")
        var state = bench.stored
        let name = state.sessions.keys.first { $0.description == "reader" }
        guard let name, var queue = state.sessions[name]?.queue else { return #expect(Bool(false), "no session") }
        #expect(queue.count == 3)
        // The ledger on a database restores by message.
        queue.sort { $0.message.id < $1.message.id }
        state.sessions[name]?.queue = queue
        let after = Bench(state: state)
        let again = after.connect("writer")
        for number in 1...3 { again.publish("live/x", "after \(number)", qos: .atLeastOnce, id: UInt16(number)) }
        let identifiers = after.stored.sessions[name]?.queue.map(\.delivery.packetIdentifier.rawValue) ?? []
        #expect(identifiers.count == 6)
        #expect(Set(identifiers).count == 6)
    }

    @Test("identifiers of what was restored are passed over, one after the other")
    func restoredIdentifiersArePassedOver() {
        let bench = Bench()
        bench.connect("reader", clean: false, expiry: 1000).subscribe("t")
        let writer = bench.connect("writer")
        for number in 1...7 { writer.publish("t", "\(number)", qos: .atLeastOnce, id: UInt16(number)) }
        var state = bench.stored
        let name = text("reader")
        let queue = state.sessions[name]?.queue ?? []
        #expect(queue.map(\.delivery.packetIdentifier.rawValue) == Array(1...7))
        state.sessions[name]?.queue = [4, 5, 6, 3].map { queue[$0] }
        let after = Bench(state: state)
        after.connect("writer").publish("t", "new", qos: .atLeastOnce, id: 1)
        #expect(after.stored.sessions[name]?.queue.last?.delivery.packetIdentifier.rawValue == 8)
    }

    @Test("a clock that was set back while the server was away makes no session and no message end early or late")
    func clockSetBack() {
        let bench = Bench()
        let client = bench.connect("c", clean: false, expiry: 100)
        client.subscribe("t")
        client.drop()
        bench.connect("p").publish(
            "t", "short", qos: .atLeastOnce, id: 1, properties: [.messageExpiryInterval(50)])
        let day: Int64 = 86_400_000_000
        for seconds: Int64 in [49, 51, 99] {
            let after = Bench(state: bench.stored, now: Moment(uptime: 5_000, wall: bench.now.wall - day))
            after.advance(milliseconds: seconds * 1000)
            let back = after.connect("c", clean: false, expiry: 100)
            #expect(back.connack?.sessionPresent == true)
            #expect(back.payloads() == (seconds < 50 ? ["short"] : []))
        }
        let after = Bench(state: bench.stored, now: Moment(uptime: 5_000, wall: bench.now.wall - day))
        after.advance(milliseconds: 101_000)
        #expect(after.connect("c", clean: false, expiry: 100).connack?.sessionPresent == false)
    }

    @Test("a QoS 2 message that comes again while its release is being stored is answered and not taken again")
    func repeatedWhileReleasing() {
        let bench = Bench(mode: .manual)
        let client = bench.connect("a", clean: false, expiry: 100)
        bench.commitAll()
        client.publish("t", qos: .exactlyOnce, id: 5)
        bench.commitAll()
        client.pubrel(5)
        _ = client.read()
        client.publish("t", qos: .exactlyOnce, id: 5, duplicate: true)
        #expect(client.read() == [.pubrec(answer(5))])
        bench.commitAll()
        #expect(client.read() == [.pubcomp(answer(5))])
        #expect(bench.committed.compactMap(\.publication).count == 1)
    }

    /// A state in a form that can be compared.
    private struct Summary: Equatable {
        let sessions: [String: [String]]
        let retained: [String: [UInt8]]

        init(_ state: BrokerState) {
            var sessions: [String: [String]] = [:]
            for (client, session) in state.sessions {
                sessions[client.description] =
                    session.subscriptions.values.map { "\($0)" }.sorted()
                    + session.queue.map {
                        "\($0.message.id) \($0.delivery) \($0.isReceived)"
                    }
                    + session.inboundIdentifiers.map(\.rawValue).sorted().map(String.init)
            }
            self.sessions = sessions
            retained = Dictionary(
                uniqueKeysWithValues: state.retained.map { ($0.key.description, $0.value.payload) })
        }
    }

    @Test("publisher to subscriber over QoS 2 with kills in between: every message once, in order", arguments: 0..<25)
    func exactlyOnceOverCrashes(seed: Int) {
        var random = Lehmer(seed: UInt64(seed) &+ 1000)
        var bench = Bench(mode: .manual)
        var sender = ReliableSender(name: "sender")
        var receiver = ReliableReceiver(name: "receiver")
        receiver.attach(to: bench)
        bench.commitAll()
        receiver.step()
        bench.commitAll()
        sender.attach(to: bench)
        var steps = 0
        while receiver.received.count < 60, steps < 20_000 {
            steps += 1
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<2:
                // SIGKILL: what is not committed never was.
                bench = bench.afterCrash()
                sender.attach(to: bench)
                receiver.attach(to: bench)
            case 2..<5:
                sender.client?.drop()
                sender.attach(to: bench)
            case 5..<8:
                receiver.client?.drop()
                receiver.attach(to: bench)
            case 8..<60:
                let count = min(bench.uncommitted.count, Int.random(in: 1...3, using: &random))
                bench.commit(Array(repeating: .committed, count: count))
            case 60..<62:
                // What is not stored is sent again, behind what came after it: order is checked where nothing fails.
                if seed % 2 == 1, !bench.uncommitted.isEmpty { bench.commit([.failed]) }
                if sender.client?.isClosed == true { sender.attach(to: bench) }
                if receiver.client?.isClosed == true { receiver.attach(to: bench) }
            case 62..<80: sender.step(limit: 60)
            default: receiver.step()
            }
        }
        let received = receiver.received.compactMap { Int($0) }
        #expect((seed % 2 == 0 ? received : received.sorted()) == Array(0..<60))
        #expect(bench.stored.lastMessageID >= 60)
    }
}

/// A QoS 2 publisher that keeps its own state over connections, as a client must.
private struct ReliableSender {
    let name: String
    var client: BenchClient?
    /// Identifier, payload, and whether PUBREC has come.
    private var inFlight: [(id: UInt16, payload: String, released: Bool)] = []
    private var next = 0

    init(name: String) { self.name = name }

    mutating func attach(to bench: Bench) {
        client = bench.connect(name, clean: false, expiry: 10_000)
        isReady = false
    }

    private var isReady = false

    mutating func step(limit: Int) {
        guard let client else { return }
        for packet in client.read() {
            switch packet {
            case .connack:
                isReady = true
                for item in inFlight {
                    if item.released {
                        client.pubrel(item.id)
                    } else {
                        client.publish("line", item.payload, qos: .exactlyOnce, id: item.id, duplicate: true)
                    }
                }
            case .pubrec(let answer):
                guard let index = inFlight.firstIndex(where: { $0.id == answer.packetIdentifier.rawValue }) else {
                    continue
                }
                inFlight[index].released = true
                client.pubrel(answer.packetIdentifier.rawValue)
            case .pubcomp(let answer):
                inFlight.removeAll { $0.id == answer.packetIdentifier.rawValue }
            default: break
            }
        }
        guard isReady, inFlight.count < 4, next < limit else { return }
        let identifier = UInt16(next % 7 + 1)
        guard !inFlight.contains(where: { $0.id == identifier }) else { return }
        inFlight.append((identifier, "\(next)", false))
        client.publish("line", "\(next)", qos: .exactlyOnce, id: identifier)
        next += 1
    }
}

/// A QoS 2 subscriber that remembers the identifiers it has not seen released, as a client must.
private struct ReliableReceiver {
    let name: String
    var client: BenchClient?
    private(set) var received: [String] = []
    private var open: Set<PacketIdentifier> = []

    init(name: String) { self.name = name }

    mutating func attach(to bench: Bench) { client = bench.connect(name, clean: false, expiry: 10_000) }

    mutating func step() {
        guard let client else { return }
        for packet in client.read() {
            switch packet {
            case .connack(let connack):
                if !connack.sessionPresent {
                    open = []
                    client.send(
                        .subscribe(
                            Subscribe(
                                packetIdentifier: id(1),
                                subscriptions: [Subscription(filter: filter("line"), maximumQoS: .exactlyOnce)])))
                }
            case .publish(let publish):
                guard let identifier = publish.packetIdentifier else { continue }
                if open.insert(identifier).inserted {
                    received.append(String(decoding: publish.payload, as: UTF8.self))
                }
                client.pubrec(identifier.rawValue)
            case .pubrel(let answer):
                open.remove(answer.packetIdentifier)
                client.pubcomp(answer.packetIdentifier.rawValue)
            default: break
            }
        }
    }
}
