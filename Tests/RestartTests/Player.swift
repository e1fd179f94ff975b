import Foundation
import HubModel
import MQTTBroker
import MQTTCodec

/// The device of one story: a node with a spot, whose MQTT client has a session that is kept, a will, both or neither.
struct Player {
    let number: Int
    let node: String
    /// Half of those with a kept session and half of those without speak the older one.
    let version: ProtocolVersion
    /// Whether its session outlives its connection.
    let isKept: Bool
    /// Whether it has a will. A hub that was away gives it time to come back, one that was there does not: until the will is
    /// due it stays away, so that both come to the same.
    let hasWill: Bool
    var connection: ConnectionHandle?
    var withholds = false
    /// Commands it knows and has not answered.
    var commands: [String] = []
    /// What a person was told who gave it commands.
    var asked: [String] = []
    /// Messages of other stories, in the order in which they came first.
    private(set) var heard: [String] = []
    /// Commands, in the order in which they came first.
    private(set) var given: [String] = []
    private var unacknowledged: [Packet] = []
    private var received: Set<UInt16> = []
    private var lastIdentifier: UInt16 = 0
    private var awayUntil: Timestamp?

    static let keepAlive: UInt16 = 20

    init(number: Int) {
        self.number = number
        node = "n\(number)"
        version = number % 4 < 2 ? .v5_0 : .v3_1_1
        isKept = number % 2 == 0
        hasWill = number % 3 == 0
    }

    var hello: Connect {
        var properties = Properties.none
        if isKept, version == .v5_0 { properties.append(.sessionExpiryInterval(3_600)) }
        guard let name = try? MQTTString("board-\(number)"), let topic = try? TopicName("iot/node/\(node)/status")
        else {
            fatalError("a name and a topic")
        }
        return Connect(
            version: version, clientIdentifier: name, cleanStart: !isKept, keepAlive: Player.keepAlive,
            will: hasWill ? Will(topic: topic, payload: Array("offline".utf8), qos: .atLeastOnce) : nil,
            properties: properties)
    }

    var subscriptions: Subscribe {
        guard let packet = try? subscribe(to: ["iot/node/\(node)/command", "to/\(number)"], qos: .exactlyOnce) else {
            fatalError("two filters")
        }
        return packet
    }

    mutating func nextIdentifier() -> PacketIdentifier? {
        lastIdentifier = lastIdentifier % 60_000 + 1
        return PacketIdentifier(lastIdentifier)
    }

    /// Its connection is over, and it did not end it.
    mutating func lose(at now: Timestamp) {
        guard connection != nil else { return }
        leave()
        if hasWill { awayUntil = now.advanced(bySeconds: Int64(Player.keepAlive) * 2) }
    }

    /// The hub has started, and its will is owed: it has the whole time to come back again.
    mutating func wait(from now: Timestamp) {
        awayUntil = now.advanced(bySeconds: Int64(Player.keepAlive) * 2)
    }

    mutating func leave() {
        connection = nil
        unacknowledged = []
        // QoS 2: what was received and not released stays known while the session lives.
        if !isKept { received = [] }
    }

    func mayReturn(at now: Timestamp) -> Bool { awayUntil.map { now > $0 } ?? true }

    /// Takes a packet; what it answers at once.
    mutating func hear(_ packet: Packet) -> [Packet] {
        switch packet {
        case .publish(let publish):
            if let answer = take(publish) { unacknowledged.append(answer) }
            return []
        case .pubrec(let answer): return [.pubrel(PublishAnswer(packetIdentifier: answer.packetIdentifier))]
        case .pubrel(let answer):
            received.remove(answer.packetIdentifier.rawValue)
            return [.pubcomp(PublishAnswer(packetIdentifier: answer.packetIdentifier))]
        default: return []
        }
    }

    /// What it owes and gives now.
    mutating func owed() -> [Packet] {
        guard !withholds else { return [] }
        defer { unacknowledged = [] }
        return unacknowledged
    }

    private mutating func take(_ publish: Publish) -> Packet? {
        let isNew = publish.qos != .exactlyOnce || received.insert(publish.packetIdentifier?.rawValue ?? 0).inserted
        let text = String(decoding: publish.payload, as: UTF8.self)
        if publish.topic?.description == "to/\(number)" {
            if isNew, !heard.contains(text) { heard.append(text) }
        } else if isNew, let match = text.firstMatch(of: /"command_id":"([0-9a-z]+)"/) {
            let id = String(match.1)
            if !given.contains(id) {
                given.append(id)
                commands.append(id)
            }
        }
        guard let identifier = publish.packetIdentifier else { return nil }
        let answer = PublishAnswer(packetIdentifier: identifier)
        return publish.qos == .atLeastOnce ? .puback(answer) : .pubrec(answer)
    }
}
