import MQTTBroker
import MQTTCodec
import Testing
import Transport

/// A client on the bench: says packets, reads packets.
final class BenchClient {
    let bench: Bench
    let handle: ConnectionHandle
    let version: ProtocolVersion
    var connack: Connack?

    init(bench: Bench, handle: ConnectionHandle, version: ProtocolVersion) {
        self.bench = bench
        self.handle = handle
        self.version = version
    }

    // MARK: Saying

    func send(_ packet: Packet) { bench.handle(.packet(packet, handle)) }

    func connect(
        _ identifier: String, clean: Bool = true, expiry: UInt32? = nil, keepAlive: UInt16 = 0, will: Will? = nil,
        properties: Properties = .none, isBridge: Bool = false
    ) {
        var properties = properties
        if let expiry { properties.append(.sessionExpiryInterval(expiry)) }
        send(
            .connect(
                Connect(
                    version: version, clientIdentifier: text(identifier), cleanStart: clean, keepAlive: keepAlive,
                    will: will, properties: properties, isBridge: isBridge)))
    }

    func publish(
        _ topicName: String, _ payload: String = "x", qos: QoS = .atMostOnce, id: UInt16 = 0, retain: Bool = false,
        duplicate: Bool = false, properties: Properties = .none
    ) {
        send(
            .publish(
                Publish(
                    topic: topicName.isEmpty ? nil : topic(topicName), payload: Array(payload.utf8), qos: qos,
                    retain: retain, isDuplicate: duplicate, packetIdentifier: PacketIdentifier(id),
                    properties: properties)))
    }

    /// Subscribes and reads off SUBACK; the retained messages stay to be read.
    @discardableResult
    func subscribe(
        _ filters: String..., qos: QoS = .exactlyOnce, noLocal: Bool = false, retainAsPublished: Bool = false,
        handling: RetainHandling = .sendAtSubscribe, identifier: UInt32? = nil
    ) -> [ReasonCode] {
        let list = filters.map {
            Subscription(
                filter: filter($0), maximumQoS: qos, noLocal: noLocal, retainAsPublished: retainAsPublished,
                retainHandling: handling)
        }
        let before = read()
        send(
            .subscribe(
                Subscribe(
                    packetIdentifier: id(9_999), subscriptions: list,
                    properties: identifier.map { [.subscriptionIdentifier($0)] } ?? .none)))
        unread = before
        let answer = read()
        guard let index = answer.firstIndex(where: { $0.type == .suback }), case .suback(let suback) = answer[index]
        else {
            unread = answer
            return []
        }
        unread = answer.enumerated().filter { $0.offset != index }.map(\.element)
        return suback.reasons
    }

    func unsubscribe(_ filters: String...) {
        send(.unsubscribe(Unsubscribe(packetIdentifier: id(9_998), filters: filters.map(filter))))
    }

    func puback(_ number: UInt16, _ reason: ReasonCode = .success) { say(number, reason) { .puback($0) } }
    func pubrec(_ number: UInt16, _ reason: ReasonCode = .success) { say(number, reason) { .pubrec($0) } }
    func pubrel(_ number: UInt16) { say(number, .success) { .pubrel($0) } }
    func pubcomp(_ number: UInt16) { say(number, .success) { .pubcomp($0) } }

    private func say(_ number: UInt16, _ reason: ReasonCode, _ packet: (PublishAnswer) -> Packet) {
        guard let identifier = PacketIdentifier(number) else {
            Issue.record("there was no message to answer")
            return
        }
        send(packet(PublishAnswer(packetIdentifier: identifier, reason: reason)))
    }

    func disconnect(_ reason: ReasonCode = .normalDisconnection, expiry: UInt32? = nil) {
        send(
            .disconnect(
                Disconnect(reason: reason, properties: expiry.map { [.sessionExpiryInterval($0)] } ?? .none)))
    }

    /// The network breaks.
    func drop() { bench.drop(handle) }

    // MARK: Hearing

    private var unread: [Packet] = []

    /// Reads CONNACK off; what came with it stays to be read.
    func takeConnack() {
        unread = bench.read(handle)
        guard case .connack(let connack)? = unread.first else { return }
        self.connack = connack
        unread.removeFirst()
    }

    /// Everything heard since the last time.
    func read() -> [Packet] {
        defer { unread = [] }
        return unread + bench.read(handle)
    }

    /// Reads; the messages among what was heard.
    func messages() -> [Publish] {
        read().compactMap { if case .publish(let publish) = $0 { publish } else { nil } }
    }

    /// Reads; the payloads of the messages.
    func payloads() -> [String] { messages().map { String(decoding: $0.payload, as: UTF8.self) } }

    var isClosed: Bool { bench.peers[handle]?.isClosed == true }
    var isReadingPaused: Bool { bench.peers[handle]?.isReadingPaused == true }
}

func topic(_ name: String) -> TopicName {
    guard let topic = try? TopicName(name) else { fatalError("not a topic: \(name)") }
    return topic
}

func filter(_ text: String) -> TopicFilter {
    guard let filter = try? TopicFilter(text) else { fatalError("not a filter: \(text)") }
    return filter
}

func text(_ string: String) -> MQTTString {
    guard let text = try? MQTTString(string) else { fatalError("not a text: \(string)") }
    return text
}

func origin(_ address: String, _ port: Int) -> ConnectionOrigin {
    guard let address = IPAddress(address) else { fatalError("not an address: \(address)") }
    return ConnectionOrigin(address: address, port: port)
}

func id(_ number: UInt16) -> PacketIdentifier {
    guard let identifier = PacketIdentifier(number) else { fatalError("not an identifier: \(number)") }
    return identifier
}

func answer(_ number: UInt16, _ reason: ReasonCode = .success) -> PublishAnswer {
    PublishAnswer(packetIdentifier: id(number), reason: reason)
}

func will(
    _ topicName: String, _ payload: String, qos: QoS = .atMostOnce, retain: Bool = false, delay: UInt32? = nil
) -> Will {
    Will(
        topic: topic(topicName), payload: Array(payload.utf8), qos: qos, retain: retain,
        properties: delay.map { [.willDelayInterval($0)] } ?? .none)
}

extension BrokerLedgerEntry {
    var publication: InboundPublication? {
        if case .publication(let publication) = self { publication } else { nil }
    }
}
