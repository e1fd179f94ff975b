import MQTTCodec

/// What happens, in an order that a seed gives. Who it happens to is in the steps; whether it can happen is seen when it
/// is played.
struct History {
    enum Step {
        case connect(client: Int, clean: Bool, expiry: UInt32, receiveMaximum: UInt16, will: Int?)
        case leave(client: Int, goodbye: Bool)
        case publish(client: Int, topic: Int, qos: QoS, retain: Bool, expiry: UInt32?, id: UInt16)
        /// A client sends a QoS 2 message again that it has not released.
        case repeated(client: Int, id: UInt16)
        case release(client: Int, id: UInt16)
        case subscribe(client: Int, filter: Int, qos: QoS)
        case unsubscribe(client: Int, filter: Int)
        /// A client answers some of what it was sent.
        case answer(client: Int, salt: UInt64)
        case wait(seconds: Int64)
        /// The server stops, by SIGTERM or SIGKILL; these of its clients come back at once.
        case restart(isKilled: Bool, back: Set<Int>)
    }

    static let clients = 4
    static let topics = ["t/a", "t/b", "u"]
    static let filters = ["t/+", "t/a", "t/#", "u"]
    let steps: [Step]

    init(seed: UInt64) {
        var random = Lehmer(seed: seed)
        func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        var steps: [Step] = []
        for client in 0..<Self.clients {
            steps.append(Self.connect(client, &random))
            steps.append(.subscribe(client: client, filter: number(Self.filters.count), qos: .exactlyOnce))
        }
        let count = 30 + number(40)
        for _ in 0..<count {
            let client = number(Self.clients)
            let id = UInt16(number(4) + 1)
            switch number(26) {
            case 0..<4: steps.append(Self.connect(client, &random))
            case 4: steps.append(.leave(client: client, goodbye: number(2) == 0))
            case 5..<13:
                // Retained messages that expire are of QoS 0: in which order the others come is not said, and with a small
                // window the order decides which of them expire.
                let (retain, expires) = (number(3) == 0, number(4) == 0)
                let qos = retain && expires ? .atMostOnce : QoS(rawValue: UInt8(number(3))) ?? .atMostOnce
                steps.append(
                    .publish(
                        client: client, topic: number(Self.topics.count), qos: qos, retain: retain,
                        expiry: expires ? UInt32(number(12) + 1) : nil, id: id))
            case 13: steps.append(.repeated(client: client, id: id))
            case 14, 15: steps.append(.release(client: client, id: id))
            case 16:
                steps.append(
                    .subscribe(
                        client: client, filter: number(Self.filters.count),
                        qos: QoS(rawValue: UInt8(number(3))) ?? .atMostOnce))
            case 17: steps.append(.unsubscribe(client: client, filter: number(Self.filters.count)))
            case 18..<21: steps.append(.answer(client: client, salt: random.next()))
            case 21..<23: steps.append(.wait(seconds: Int64(number(8) + 1)))
            default:
                let back = Set((0..<Self.clients).filter { _ in number(4) > 0 })
                steps.append(.restart(isKilled: number(2) == 0, back: back))
            }
        }
        self.steps = steps
    }

    private static func connect(_ client: Int, _ random: inout Lehmer) -> Step {
        .connect(
            client: client, clean: Int.random(in: 0..<4, using: &random) == 0,
            expiry: [0, 20, 1_000, 1_000, .max][Int.random(in: 0..<5, using: &random)],
            receiveMaximum: [1, 2, 100][Int.random(in: 0..<3, using: &random)],
            will: Int.random(in: 0..<2, using: &random) == 0 ? Int.random(in: 0..<3, using: &random) : nil)
    }
}

/// What can be compared at the end of a history.
struct Picture {
    /// The messages of each client, topic and QoS in the order in which they came first.
    var received: [String: [String]] = [:]
    /// Those of QoS 2 that came twice.
    var twice: [String] = []
    /// Whether each connection found a session.
    var present: [Bool] = []
    var retained: [String] = []
    var wills: [String] = []
    /// Messages that may come or not: they could expire while it was not known whether they had been sent.
    var open: Set<String> = []

    func isEqual(_ other: Picture) -> Bool { differences(from: other).isEmpty }

    func differences(from other: Picture) -> [String] {
        var found: [String] = []
        let either = open.union(other.open)
        for key in Set(received.keys).union(other.received.keys).sorted() {
            let (mine, theirs) = (
                (received[key] ?? []).filter { !either.contains($0) },
                (other.received[key] ?? []).filter { !either.contains($0) }
            )
            if mine != theirs { found.append("\(key): \(mine) with restarts, \(theirs) without") }
        }
        if !twice.isEmpty || !other.twice.isEmpty { found.append("twice: \(twice), \(other.twice)") }
        if present != other.present { found.append("sessions: \(present), \(other.present)") }
        if retained != other.retained { found.append("retained: \(retained), \(other.retained)") }
        if wills != other.wills { found.append("wills: \(wills), \(other.wills)") }
        return found
    }
}
