import Glibc

/// A city's car parks at a fixed rate of changes; one lot's page and the LEDs' topic are watched.
///
/// Change number k is of lot k mod lots and there of spot (k / lots) mod spots, and each change of a spot is the opposite of the one
/// before: whoever knows how many changes there were knows how every spot is.
struct Parking {
    let options: Options
    private var lots: [ParkingLot]
    private var acknowledgements: [Acknowledgements]
    private let page: Socket
    private let led: Socket
    private var poller = Poller()
    private var scanner = NumberScanner(key: "\"distance\":", digits: 4)
    private var counter = PacketCounter()
    private var pings = Pings()
    private var acknowledged = Histogram()
    private var seen = Histogram()
    private var commands = 0
    private var sent = 0
    /// When the watched lot's changes were due, by their number; 0 once they were seen.
    private var due: [UInt64] = []
    private var input = [UInt8](repeating: 0, count: 262_144)

    /// The watched lot's numbers go out as the distance, from here to 9,999 cm.
    private static let firstNumber = 1_000

    init(_ options: Options) {
        self.options = options
        page = Watcher.webSocket(port: options.httpPort, topic: "parking/LOT001/spots/+")
        led = Watcher.subscriber(port: options.mqttPort, filter: "parkmate/led/command")
        lots = (0..<options.lots).map { ParkingLot(number: $0, spots: options.spots, port: options.mqttPort) }
        acknowledgements = lots.map { _ in Acknowledgements() }
        for (index, lot) in lots.enumerated() { poller.add(lot.socket, token: index) }
        poller.add(page, token: lots.count)
        poller.add(led, token: lots.count + 1)
    }

    mutating func run() -> String {
        let start = nanoseconds()
        let interval = 1e9 / Double(options.rate)
        let total = Int(options.seconds * Double(options.rate))
        var output: [UInt8] = []
        while sent < total {
            let now = nanoseconds()
            while sent < total, now >= start + UInt64(Double(sent) * interval) {
                // Measured from when it was due, so that a stall of this program is not hidden.
                send(due: start + UInt64(Double(sent) * interval), &output)
            }
            collect(milliseconds: 1)
        }
        let seconds = Double(nanoseconds() - start) / 1e9
        // What is still on its way is waited for, as long as a tenth of the load, and never less than ten seconds.
        let deadline = nanoseconds() + UInt64(max(10, options.seconds / 10) * 1e9)
        while Int(acknowledged.total) < sent || Int(seen.total) < due.count || commands < sent, nanoseconds() < deadline
        {
            collect(milliseconds: 10)
        }
        return Report([
            ("sent", Double(sent)), ("acknowledged", Double(acknowledged.total)), ("seconds", seconds),
            ("rate", Double(sent) / seconds), ("led_commands", Double(commands)),
            ("ack_p50_ms", acknowledged.milliseconds(0.5)), ("ack_p99_ms", acknowledged.milliseconds(0.99)),
            ("page_sent", Double(due.count)), ("page_seen", Double(seen.total)),
            ("page_p50_ms", seen.milliseconds(0.5)), ("page_p99_ms", seen.milliseconds(0.99)),
            ("page_max_ms", Double(seen.largest) / 1e6),
        ]).json
    }

    private mutating func send(due instant: UInt64, _ output: inout [UInt8]) {
        let lot = sent % options.lots
        let turn = sent / options.lots
        output.removeAll(keepingCapacity: true)
        var distance = Parking.firstNumber
        if lot == 0 {
            distance += due.count
            guard distance <= 9_999 else { fail("more than 9,000 changes of one lot: a shorter run, or more lots") }
            due.append(instant)
        }
        lots[lot].next(
            spot: turn % options.spots, isOccupied: turn / options.spots % 2 == 0, distance: distance, due: instant,
            to: &output)
        lots[lot].socket.write(output)
        sent += 1
    }

    private mutating func collect(milliseconds: Int32) {
        var ready: [Int] = []
        poller.wait(milliseconds: milliseconds) { ready.append($0) }
        for token in ready {
            if token == lots.count {
                watchPage()
            } else if token == lots.count + 1 {
                commands += counter.read(input[..<led.read(into: &input)])
            } else {
                watchAcknowledgements(token)
            }
        }
    }

    private mutating func watchAcknowledgements(_ index: Int) {
        let count = lots[index].socket.read(into: &input)
        let now = nanoseconds()
        var freed = 0
        acknowledgements[index].read(input[..<count]) { identifier in
            acknowledged.add(now - min(now, lots[index].dueAt[identifier]))
            freed += 1
        }
        lots[index].inFlight -= freed
    }

    private mutating func watchPage() {
        let count = page.read(into: &input)
        let now = nanoseconds()
        let pongs = pings.read(input[..<count])
        if !pongs.isEmpty { page.write(pongs) }
        scanner.read(input[..<count]) { value in
            let number = value - Parking.firstNumber
            guard due.indices.contains(number), due[number] > 0 else { return }
            seen.add(now - min(now, due[number]))
            due[number] = 0
        }
    }
}
