/// One simulated node: its connection and the bytes of its next message.
///
/// The PUBLISH packet (MQTT 3.1.1, QoS 1) is encoded once; for each message only digits are changed, so that the load generator
/// takes little of the machine that it measures on.
struct Node {
    let socket: Socket
    /// Messages sent and not yet acknowledged.
    var inFlight = 0
    /// When each packet identifier was sent, in nanoseconds.
    var sentAt: [UInt64]
    private var packet: [UInt8]
    private var nextIdentifier = 1
    private let identifierAt: Int
    private let timeAt: Int
    private let numberAt: Int
    private let temperatureAt: Int
    private var time: Int
    private var random: UInt64

    /// Connects as `load-NNN`, which speaks for `node_NNN`; `window` is how many messages may be in flight.
    init(number: Int, port: UInt16, window: Int, keys: Keys, keepAlive: UInt16 = 600) {
        socket = Socket(port: port)
        // Four times as many identifiers as are in flight: none is used again while its message is on its way.
        sentAt = [UInt64](repeating: 0, count: 4 * window + 1)
        time = epochMilliseconds() - 3_600_000
        random = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1

        let digits = String(1_000 + number).dropFirst()
        let topic = Array("iot/node/\(digits)/telemetry".utf8)
        let payload = Array(
            """
            {"node_id":"node_\(digits)","timestamp":\(time),"sensors":{"temperature":22.5,"humidity":45.2},\
            "wifi_rssi":-65,"uptime":1000000000}
            """.utf8)
        packet = MQTT.publish(topic: topic, payload: payload)
        identifierAt = packet.count - payload.count - 2
        timeAt = packet.firstIndex(of: "\"timestamp\":") + 12
        numberAt = packet.firstIndex(of: "\"uptime\":") + 9
        temperatureAt = packet.firstIndex(of: "\"temperature\":") + 14

        socket.write(
            MQTT.connect(
                client: "load-\(digits)", keepAlive: keepAlive, credentials: keys.credentials(of: "node_\(digits)")))
        socket.expectConnack()
        socket.makeNonBlocking()
    }

    /// Appends the next message to `output`; its number goes out as the uptime.
    mutating func next(number: Int, now: UInt64, to output: inout [UInt8]) {
        time += 1
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        packet.put(time, digits: 13, at: timeAt)
        packet.put(1_000_000_000 + number, digits: 10, at: numberAt)
        packet.put(20 + Int(random % 10), digits: 2, at: temperatureAt)
        packet[temperatureAt + 3] = UInt8(ascii: "0") + UInt8((random >> 8) % 10)
        packet[identifierAt] = UInt8(nextIdentifier >> 8)
        packet[identifierAt + 1] = UInt8(nextIdentifier & 255)
        sentAt[nextIdentifier] = now
        nextIdentifier = nextIdentifier == sentAt.count - 1 ? 1 : nextIdentifier + 1
        inFlight += 1
        output += packet
    }
}

extension [UInt8] {
    /// Where the text begins; the callers search for what they have just written.
    func firstIndex(of text: String) -> Int {
        let wanted = Array(text.utf8)
        for start in 0...(count - wanted.count) where self[start..<(start + wanted.count)].elementsEqual(wanted) {
            return start
        }
        fail("\(text) is not in the message")
    }

    /// Writes a number in place.
    mutating func put(_ value: Int, digits: Int, at position: Int) {
        var rest = value
        for index in stride(from: position + digits - 1, through: position, by: -1) {
            self[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
