import MQTTBroker
import MQTTCodec

/// Random but possible histories of a few clients.
struct Story {
    private var state: UInt64
    private var messages: UInt64 = 0
    private var places: Int64 = 0
    private var time: Int64 = 1_763_690_000_000_000
    private let names = ["a", "b", "c"]
    private let topics = ["t/x", "t/y", "u"]

    init(seed: UInt64) {
        state = seed
    }

    /// A function that makes the next entry when its turn comes.
    func next(_ model: BrokerState) -> (inout Story, BrokerState) -> BrokerLedgerEntry {
        { story, model in story.entry(model) }
    }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    private mutating func entry(_ model: BrokerState) -> BrokerLedgerEntry {
        time += 1_000
        let client = client()
        let session = model.sessions[client.identifier]
        switch random(14) {
        case 0, 1:
            return .session(
                .connected(
                    SessionOpening(
                        client: client, isResumed: session != nil && random(2) == 0,
                        expiryInterval: random(3) == 0 ? 0 : 3_600,
                        keepAlive: UInt16(random(60)), will: random(2) == 0 ? will() : nil,
                        inFlight: random(2) == 0 ? UInt16(random(100)) : nil, at: time)))
        case 2:
            return .session(
                .disconnected(
                    SessionClosing(
                        client: client, cause: .connectionLost, expiryInterval: random(3) == 0 ? 0 : 600,
                        will: [.unchanged, .discarded, .due(at: time + 7)][random(3)],
                        sent: (0..<random(4)).map { _ in identifier(6) }, at: time)))
        case 3:
            return .session(.subscribed(client: client.identifier, [subscription(), subscription()]))
        case 4:
            return .session(.unsubscribed(client: client.identifier, [subscription().subscription.filter]))
        case 5:
            return .session(.inboundReleased(client: client.identifier, identifier(6)))
        case 6, 7:
            let waiting = session?.queue.first?.delivery.packetIdentifier ?? identifier(6)
            return .session(
                random(2) == 0
                    ? .outboundReceived(client: client.identifier, waiting)
                    : .outboundCompleted(client: client.identifier, waiting))
        case 13:
            return .session(
                .absent(client: client.identifier, since: time, sent: (0..<random(4)).map { _ in identifier(6) }))
        case 12: return .session(.willDropped(client: client.identifier))
        case 8:
            return .serverPublication(ServerPublication(message: message(), targets: targets(model)))
        default:
            return .publication(
                InboundPublication(
                    client: client, message: message(), exactlyOnceIdentifier: random(2) == 0 ? identifier(6) : nil,
                    targets: targets(model), isWill: random(4) == 0))
        }
    }

    private mutating func client() -> ConnectedClient {
        ConnectedClient(
            identifier: text(names[random(names.count)]), userName: nil, remoteAddress: "127.0.0.1:1", version: .v5_0,
            quotaAddress: random(2) == 0 ? "192.0.2.\(random(3))" : nil)
    }

    private func text(_ string: String) -> MQTTString {
        (try? MQTTString(string)) ?? .empty
    }

    private mutating func identifier(_ bound: Int) -> PacketIdentifier {
        PacketIdentifier(UInt16(random(bound) + 1)) ?? .first
    }

    private mutating func subscription() -> StoredSubscription {
        let filters = ["t/+", "#", "u", "$share/g/t/x"]
        guard let filter = try? TopicFilter(filters[random(filters.count)]) else {
            preconditionFailure("a filter of the list")
        }
        return StoredSubscription(
            subscription: Subscription(
                filter: filter, maximumQoS: QoS(rawValue: UInt8(random(3))) ?? .atMostOnce, noLocal: random(2) == 0,
                retainAsPublished: random(2) == 0,
                retainHandling: RetainHandling(rawValue: UInt8(random(3))) ?? .doNotSend),
            identifier: random(2) == 0 ? UInt32(random(1_000) + 1) : nil)
    }

    private mutating func will() -> Will {
        guard let topic = try? TopicName(topics[random(topics.count)]) else {
            preconditionFailure("a topic of the list")
        }
        return Will(
            topic: topic, payload: (0..<random(4)).map { UInt8($0) },
            qos: QoS(rawValue: UInt8(random(3))) ?? .atMostOnce, retain: random(2) == 0,
            properties: random(2) == 0 ? [.contentType(text("x")), .willDelayInterval(UInt32(random(9) + 1))] : .none)
    }

    private mutating func message() -> Message {
        messages += 1
        guard let topic = try? TopicName(topics[random(topics.count)]) else {
            preconditionFailure("a topic of the list")
        }
        return Message(
            id: messages, topic: topic, payload: (0..<random(4)).map { UInt8($0) },
            qos: QoS(rawValue: UInt8(random(3))) ?? .atMostOnce,
            retain: random(3) == 0,
            properties: random(2) == 0 ? [.messageExpiryInterval(30), .contentType(text("x"))] : .none,
            receivedAt: time, publisher: random(2) == 0 ? "device:x" : nil)
    }

    /// Places in the queues of some of the kept sessions, with identifiers that are free there.
    private mutating func targets(_ model: BrokerState) -> [QueuedDelivery] {
        var targets: [QueuedDelivery] = []
        for name in names {
            guard let session = model.sessions[text(name)], random(2) == 0 else { continue }
            let taken = Set(session.queue.map(\.delivery.packetIdentifier))
            guard
                let free = (1...60_000).lazy.compactMap({ PacketIdentifier($0) }).first(where: { !taken.contains($0) })
            else { continue }
            places += 1
            targets.append(
                QueuedDelivery(
                    client: text(name), packetIdentifier: free, qos: random(2) == 0 ? .atLeastOnce : .exactlyOnce,
                    retain: random(2) == 0, subscriptionIdentifiers: (0..<random(3)).map { UInt32($0 + 1) },
                    place: places))
        }
        return targets
    }
}
