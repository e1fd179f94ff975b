import Glibc

/// Publishes at a fixed rate and watches, over a WebSocket or as an MQTT subscriber, when each message comes out again.
struct Latency {
    let options: Options
    private var nodes: [Node]
    private var acknowledgements: [Acknowledgements]
    private let watcher: Socket
    private var poller = Poller()
    private var sentAt: [UInt64]
    private var seen: [Bool]
    private var histogram = Histogram()
    private var scanner = NumberScanner(key: "\"uptime\":")
    private var sent = 0
    private var input = [UInt8](repeating: 0, count: 262_144)

    init(_ options: Options) {
        self.options = options
        let isPage = options.httpPort > 0
        watcher = isPage ? Watcher.webSocket(port: options.httpPort) : Watcher.subscriber(port: options.mqttPort)
        nodes = (0..<options.nodes).map { Node(number: $0, port: options.mqttPort, window: 1_000, keys: options.keys) }
        acknowledgements = nodes.map { _ in Acknowledgements() }
        let total = Int(Double(options.rate) * options.seconds) + 1
        sentAt = [UInt64](repeating: 0, count: total)
        seen = [Bool](repeating: false, count: total)
        for (index, node) in nodes.enumerated() { poller.add(node.socket, token: index) }
        poller.add(watcher, token: nodes.count)
    }

    mutating func run() -> String {
        let start = nanoseconds()
        let total = sentAt.count
        let interval = 1e9 / Double(options.rate)
        var output: [UInt8] = []
        while sent < total {
            let now = nanoseconds()
            while sent < total, now >= start + UInt64(Double(sent) * interval) {
                output.removeAll(keepingCapacity: true)
                let index = sent % nodes.count
                // Measured from when it was due, so that a stall of this program is not hidden.
                sentAt[sent] = start + UInt64(Double(sent) * interval)
                nodes[index].next(number: sent, now: now, to: &output)
                nodes[index].socket.write(output)
                sent += 1
            }
            collect(milliseconds: 1)
        }
        let deadline = nanoseconds() + 10_000_000_000
        while histogram.total < UInt64(total), nanoseconds() < deadline { collect(milliseconds: 10) }
        return Report([
            ("sent", Double(sent)), ("seen", Double(histogram.total)), ("p50_ms", histogram.milliseconds(0.5)),
            ("p99_ms", histogram.milliseconds(0.99)), ("p999_ms", histogram.milliseconds(0.999)),
            ("max_ms", Double(histogram.largest) / 1e6),
        ]).json
    }

    private mutating func collect(milliseconds: Int32) {
        var ready: [Int] = []
        poller.wait(milliseconds: milliseconds) { ready.append($0) }
        for index in ready where index < nodes.count {
            let count = nodes[index].socket.read(into: &input)
            acknowledgements[index].read(input[..<count]) { _ in }
        }
        guard ready.contains(nodes.count) else { return }
        let count = watcher.read(into: &input)
        let now = nanoseconds()
        scanner.read(input[..<count]) { value in
            let number = value - 1_000_000_000
            guard number >= 0, number < sent, !seen[number] else { return }
            seen[number] = true
            histogram.add(now > sentAt[number] ? now - sentAt[number] : 0)
        }
    }
}
