import MQTTClient
import MQTTCodec
import Testing

/// A server as a value: it remembers its session over connections, acknowledges, and counts what it was given.
private struct ModelServer {
    var version: ProtocolVersion
    var unreleased: Set<PacketIdentifier> = []
    var counts: [UInt8: Int] = [:]
    var hasSession = false

    mutating func receive(_ packet: Packet) -> [Packet] {
        switch packet {
        case .connect(let connect):
            let present = hasSession && !connect.cleanStart
            if !present { unreleased = [] }
            hasSession = true
            return [.connack(Connack(sessionPresent: present))]
        case .publish(let publish):
            guard let identifier = publish.packetIdentifier else { return [] }
            let isNew = publish.qos == .atLeastOnce || unreleased.insert(identifier).inserted
            if isNew { counts[publish.payload[0], default: 0] += 1 }
            let answer = PublishAnswer(packetIdentifier: identifier)
            return [publish.qos == .atLeastOnce ? .puback(answer) : .pubrec(answer)]
        case .pubrel(let answer):
            unreleased.remove(answer.packetIdentifier)
            return [.pubcomp(PublishAnswer(packetIdentifier: answer.packetIdentifier))]
        default: return []
        }
    }
}

private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("Session: loss")
struct LossTests {
    /// Both directions of one connection; what is in them when it breaks is gone.
    private struct Wires {
        var toServer: [Packet] = []
        var toClient: [Packet] = []
    }

    @Test("Whatever is lost, QoS 1 arrives at least once and QoS 2 exactly once", arguments: ProtocolVersion.allCases)
    func accounting(version: ProtocolVersion) throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var generator = SeededGenerator(state: seed)
            var server = ModelServer(version: version)
            var client = try SessionHarness(version) {
                $0.cleanStart = false
                $0.sessionExpiry = 600
                $0.maximumInFlight = Int.random(in: 1...8, using: &generator)
            }
            var wires = Wires()
            var done: [UInt64: MQTTClientError?] = [:]
            func take(_ actions: [ClientAction]) {
                wires.toServer += actions.packets
                for case .published(let ticket, let error) in actions {
                    #expect(done.updateValue(error, forKey: ticket) == nil, "seed \(seed): done twice")
                }
            }
            var published: UInt8 = 0
            var steps = 0
            while done.count < 40 {
                steps += 1
                try #require(steps < 20_000, "seed \(seed): stuck")
                switch Int.random(in: 0...20, using: &generator) {
                case 0 where steps < 4_000:
                    client.lose()
                    wires = Wires()
                case 1...4 where published < 40:
                    take(try client.publish(published, published.isMultiple(of: 2) ? .exactlyOnce : .atLeastOnce))
                    published += 1
                case 5...12:
                    if client.session.phase == .offline {
                        var actions: [ClientAction] = []
                        client.session.transportConnected(&actions)
                        take(actions)
                    } else if !wires.toServer.isEmpty {
                        wires.toClient += server.receive(wires.toServer.removeFirst())
                    }
                default:
                    if !wires.toClient.isEmpty { take(client.receive(wires.toClient.removeFirst())) }
                }
            }
            #expect(done.values.allSatisfy { $0 == nil }, "seed \(seed)")
            for payload in 0..<40 as Range<UInt8> {
                let count = server.counts[payload] ?? 0
                #expect(
                    payload.isMultiple(of: 2) ? count == 1 : count >= 1, "seed \(seed): \(payload) came \(count) times")
            }
            #expect(client.session.onTheirWay == 0 && client.session.queued == 0)
        }
    }
}
