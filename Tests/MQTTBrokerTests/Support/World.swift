import MQTTBroker
import MQTTCodec

/// A history as it is played.
final class World {
    /// A client, which keeps over its connections what a client has to.
    struct Client {
        var name: String
        var connection: BenchClient?
        /// With what it connected last.
        var step: History.Step?
        /// Unanswered messages of the present connection: payload, identifier, QoS.
        var unanswered: [(payload: String, id: UInt16, qos: QoS)] = []
        /// QoS 2 identifiers that the server has not released.
        var unreleased: Set<UInt16> = []
        /// Identifiers whose PUBREL came and was not answered.
        var owed: Set<UInt16> = []
        /// What it has sent at QoS 2 and not released, by identifier.
        var sent: [UInt16: (topic: String, payload: String)] = [:]
        /// Not to come back before.
        var awayUntil: Int64 = 0
    }

    private let history: History
    private let restarts: Bool
    private var bench = Bench()
    private var clients: [Client]
    private var picture = Picture()
    private var known: [String: Set<String>] = [:]
    private var messages = 0
    private var wills = 0
    /// When it began to be played, so that the time of all cores can be told.
    private var elapsed: Int64 = 0
    private(set) var repeated = 0
    private(set) var expired = 0
    /// Payloads that have an expiry interval.
    private var expiring: Set<String> = []
    private var isExpiryOpen = false

    init(_ history: History, restarts: Bool) {
        self.history = history
        self.restarts = restarts
        clients = (0..<History.clients).map { Client(name: "c\($0)") }
        // Hears all wills, and is back at once after every restart.
        clients.append(Client(name: "watcher"))
    }

    func run() -> Picture {
        let watcher = clients.count - 1
        connect(watcher, .connect(client: watcher, clean: false, expiry: .max, receiveMaximum: 100, will: nil))
        clients[watcher].connection?.subscribe("will/#")
        for step in history.steps { play(step) }
        finish()
        return picture
    }

    // MARK: Steps

    private func play(_ step: History.Step) {
        switch step {
        case .connect(let client, _, _, _, _):
            guard elapsed >= clients[client].awayUntil else { return }
            listen(client)
            connect(client, step)
        case .leave(let client, let goodbye):
            guard let connection = clients[client].connection else { return }
            listen(client)
            if goodbye { connection.disconnect() } else { connection.drop() }
            clients[client].connection = nil
        case .publish(let client, let topic, let qos, let retain, let expiry, let id):
            publish(client, History.topics[topic], qos, retain, expiry, id)
        case .repeated(let client, let id):
            guard let connection = clients[client].connection, let message = clients[client].sent[id] else { return }
            connection.publish(message.topic, message.payload, qos: .exactlyOnce, id: id, duplicate: true)
        case .release(let client, let id):
            guard clients[client].sent.removeValue(forKey: id) != nil else { return }
            clients[client].connection?.pubrel(id)
        case .subscribe(let client, let filter, let qos):
            clients[client].connection?.subscribe(History.filters[filter], qos: qos)
        case .unsubscribe(let client, let filter): clients[client].connection?.unsubscribe(History.filters[filter])
        case .answer(let client, let salt):
            listen(client)
            answer(client) { payload in payload.utf8.reduce(salt) { $0 &* 31 &+ UInt64($1) } >> 7 & 1 == 0 }
        case .wait(let seconds): wait(seconds)
        case .restart(let isKilled, let back): restart(isKilled: isKilled, back: back.union([clients.count - 1]))
        }
    }

    private func connect(_ client: Int, _ step: History.Step) {
        guard case .connect(_, let clean, let expiry, let receiveMaximum, let willKind) = step else { return }
        var owed: Will?
        if let willKind {
            wills += 1
            owed = will(
                "will/\(clients[client].name)", "w\(wills)", qos: .atLeastOnce, retain: true,
                delay: [0, 5, 15][willKind])
        }
        let connection = bench.connect(
            clients[client].name, clean: clean, expiry: expiry, keepAlive: 10, will: owed,
            properties: [.receiveMaximum(receiveMaximum)])
        clients[client].connection = connection
        clients[client].step = step
        clients[client].unanswered = []
        clients[client].owed = []
        let isPresent = connection.connack?.sessionPresent == true
        picture.present.append(isPresent)
        guard isPresent else {
            clients[client].unreleased = []
            clients[client].sent = [:]
            return
        }
        for (id, message) in clients[client].sent {
            connection.publish(message.topic, message.payload, qos: .exactlyOnce, id: id, duplicate: true)
        }
    }

    private func publish(
        _ client: Int, _ topic: String, _ qos: QoS, _ retain: Bool, _ expiry: UInt32?, _ id: UInt16
    ) {
        messages += 1
        guard let connection = clients[client].connection, clients[client].sent[id] == nil else { return }
        let payload = "m\(messages)"
        if expiry != nil { expiring.insert(payload) }
        if qos == .exactlyOnce { clients[client].sent[id] = (topic, payload) }
        connection.publish(
            topic, payload, qos: qos, id: qos == .atMostOnce ? 0 : id, retain: retain,
            properties: expiry.map { [.messageExpiryInterval($0)] } ?? .none)
    }

    private func wait(_ seconds: Int64) {
        for client in clients.indices { clients[client].connection?.send(.pingreq) }
        bench.advance(milliseconds: seconds * 1000)
        elapsed += seconds
        if let watcher = clients.indices.last {
            listen(watcher)
            answer(watcher) { _ in true }
        }
    }

    /// In one world the server stops, in the other the same clients go: those that come back say goodbye, the others are
    /// lost. Time in which nobody is there is not in the history; waits are.
    private func restart(isKilled: Bool, back: Set<Int>) {
        for client in clients.indices { listen(client) }
        let connected = clients.indices.filter { clients[$0].connection != nil }
        if restarts {
            if isKilled {
                noteOpen(connected)
                expired += Int(bench.core.statistics().counters.messagesExpired)
                bench = bench.afterCrash(milliseconds: 0)
            } else {
                expired += Int(bench.core.statistics().counters.messagesExpired)
                bench = bench.afterStop(milliseconds: 0)
            }
        } else {
            for client in connected {
                if back.contains(client) {
                    clients[client].connection?.disconnect()
                } else {
                    clients[client].connection?.drop()
                }
            }
        }
        for client in clients.indices {
            let wasConnected = connected.contains(client)
            clients[client].connection = nil
            if wasConnected, back.contains(client), let step = clients[client].step {
                connect(client, step)
            } else if wasConnected || clients[client].awayUntil > elapsed {
                // Until its will has come in either world.
                clients[client].awayUntil = elapsed + 40
            }
        }
    }

    /// If a message was waiting that may expire, it is not known after SIGKILL whether it was sent; what then takes a place
    /// in the window may keep others waiting until they expire.
    private func noteOpen(_ connected: [Int]) {
        for client in connected {
            let queue = bench.stored.sessions[text(clients[client].name)]?.queue ?? []
            if queue.contains(where: { expiring.contains(String(decoding: $0.message.payload, as: UTF8.self)) }) {
                isExpiryOpen = true
            }
        }
    }

    // MARK: Clients

    /// Reads what has come.
    private func listen(_ client: Int) {
        guard let connection = clients[client].connection else { return }
        for packet in connection.read() {
            switch packet {
            case .publish(let message): take(message, client)
            case .pubrel(let release):
                clients[client].unreleased.remove(release.packetIdentifier.rawValue)
                clients[client].owed.insert(release.packetIdentifier.rawValue)
            default: break
            }
        }
    }

    private func take(_ message: Publish, _ client: Int) {
        let payload = String(decoding: message.payload, as: UTF8.self)
        let id = message.packetIdentifier?.rawValue ?? 0
        if message.isDuplicate { repeated += 1 }
        if message.qos > .atMostOnce { clients[client].unanswered.append((payload, id, message.qos)) }
        if message.qos == .exactlyOnce, !clients[client].unreleased.insert(id).inserted { return }
        let topic = message.topic?.description ?? ""
        guard !topic.hasPrefix("will/") else {
            if client == clients.count - 1, known["wills", default: []].insert(payload).inserted {
                picture.wills.append(payload)
            }
            return
        }
        // Live and retained copies are two messages.
        let key = "\(clients[client].name) \(topic) \(message.qos)\(message.retain ? " retained" : "")"
        if message.qos == .exactlyOnce, !message.retain, known[key]?.contains(payload) == true {
            picture.twice.append("\(key) \(payload)")
        }
        guard message.qos == .atMostOnce || known[key, default: []].insert(payload).inserted else { return }
        picture.received[key, default: []].append(payload)
    }

    /// Answers what was received, where `chooses` says so; and every PUBREL.
    private func answer(_ client: Int, _ chooses: (String) -> Bool) {
        guard let connection = clients[client].connection else { return }
        let all = clients[client].unanswered
        clients[client].unanswered = all.filter { !chooses($0.payload) }
        for message in all where chooses(message.payload) {
            if message.qos == .atLeastOnce { connection.puback(message.id) } else { connection.pubrec(message.id) }
        }
        listen(client)
        for id in clients[client].owed.sorted() { connection.pubcomp(id) }
        clients[client].owed = []
    }

    // MARK: The end

    /// All wills have come; everybody is back, without a new session, and takes all there is.
    private func finish() {
        wait(60)
        for client in clients.indices {
            listen(client)
            if clients[client].connection?.isClosed != false {
                clients[client].awayUntil = 0
                connect(client, .connect(client: client, clean: false, expiry: 1_000, receiveMaximum: 10, will: nil))
            }
        }
        for _ in 0..<200 {
            for client in clients.indices {
                listen(client)
                answer(client) { _ in true }
            }
            if clients.allSatisfy({ $0.unanswered.isEmpty && $0.owed.isEmpty }) { break }
        }
        let reader = bench.connect("reader")
        reader.subscribe("#", qos: .atMostOnce)
        picture.retained = reader.messages().map { message in
            "\(message.topic?.description ?? "") \(String(decoding: message.payload, as: UTF8.self))"
        }.sorted()
        picture.wills.sort()
        if isExpiryOpen { picture.open = expiring }
        expired += Int(bench.core.statistics().counters.messagesExpired)
    }
}
