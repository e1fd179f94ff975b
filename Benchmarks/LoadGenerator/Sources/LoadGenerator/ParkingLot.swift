/// The controller of one lot: its connection, and the bytes of its next message.
///
/// A PUBLISH packet for each of the two words is encoded once; for each message only digits are changed.
struct ParkingLot {
    let socket: Socket
    /// Messages sent and not yet acknowledged.
    var inFlight = 0
    /// When the message of each packet identifier was due, in nanoseconds.
    var dueAt: [UInt64]
    private var free: Template
    private var occupied: Template
    private var nextIdentifier = 1
    private let firstSpot: Int

    /// More than can be on their way: 2,000 messages a second of all lots, for as long as a run may last.
    private static let identifiers = 60_000

    private struct Template {
        var packet: [UInt8]
        let identifierAt: Int
        let spotAt: Int
        let distanceAt: Int
        let timeAt: Int

        init(lot: String, isOccupied: Bool) {
            let text = """
                {"spot_id":"SPOT00000","lot_id":"\(lot)","occupied":\(isOccupied),"distance":1000,"timestamp":\(epochMilliseconds())}
                """
            packet = MQTT.publish(topic: Array("parkmate/spot/status".utf8), payload: Array(text.utf8))
            identifierAt = packet.count - text.utf8.count - 2
            spotAt = packet.firstIndex(of: "\"SPOT") + 5
            distanceAt = packet.firstIndex(of: "\"distance\":") + 11
            timeAt = packet.firstIndex(of: "\"timestamp\":") + 12
        }

        mutating func fill(identifier: Int, spot: Int, distance: Int) {
            packet[identifierAt] = UInt8(identifier >> 8)
            packet[identifierAt + 1] = UInt8(identifier & 255)
            packet.put(spot, digits: 5, at: spotAt)
            packet.put(distance, digits: 4, at: distanceAt)
            packet.put(epochMilliseconds(), digits: 13, at: timeAt)
        }
    }

    /// Connects as `LOT001-controller`, which speaks for its spots.
    init(number: Int, spots: Int, port: UInt16) {
        socket = Socket(port: port)
        dueAt = [UInt64](repeating: 0, count: ParkingLot.identifiers + 1)
        firstSpot = number * spots + 1
        let lot = "LOT" + String(1_001 + number).dropFirst()
        free = Template(lot: lot, isOccupied: false)
        occupied = Template(lot: lot, isOccupied: true)
        socket.write(MQTT.connect(client: "\(lot)-controller", keepAlive: 600))
        socket.expectConnack()
        socket.makeNonBlocking()
    }

    /// Appends a spot's change to `output`. The distance has four digits; the server is to believe the flag.
    mutating func next(spot: Int, isOccupied: Bool, distance: Int, due: UInt64, to output: inout [UInt8]) {
        guard inFlight < ParkingLot.identifiers else { fail("the server acknowledges nothing any more") }
        dueAt[nextIdentifier] = due
        inFlight += 1
        if isOccupied {
            occupied.fill(identifier: nextIdentifier, spot: firstSpot + spot, distance: distance)
            output += occupied.packet
        } else {
            free.fill(identifier: nextIdentifier, spot: firstSpot + spot, distance: distance)
            output += free.packet
        }
        nextIdentifier = nextIdentifier == ParkingLot.identifiers ? 1 : nextIdentifier + 1
    }
}
