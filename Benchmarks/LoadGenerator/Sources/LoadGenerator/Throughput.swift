import Glibc

/// As many messages as the server acknowledges, with a window for each node; or a fixed rate.
struct Throughput {
    let options: Options
    private var nodes: [Node]
    private var acknowledgements: [Acknowledgements]
    private var poller = Poller()
    private var latency = Histogram()
    private var sent = 0
    private var acknowledged = 0
    private var output: [UInt8] = []
    private var input = [UInt8](repeating: 0, count: 65_536)

    init(_ options: Options) {
        self.options = options
        nodes = (0..<options.nodes).map {
            Node(number: $0, port: options.mqttPort, window: options.window, keys: options.keys)
        }
        acknowledgements = nodes.map { _ in Acknowledgements() }
        for (index, node) in nodes.enumerated() { poller.add(node.socket, token: index) }
    }

    mutating func run() -> String {
        let start = nanoseconds()
        let end = start + UInt64(options.seconds * 1e9)
        var now = start
        while now < end {
            fill(now: now, since: start)
            collect(milliseconds: options.rate > 0 ? 1 : 100)
            now = nanoseconds()
        }
        // What is still on its way is waited for, so that the server's work and the count are of the same messages.
        let deadline = now + 30_000_000_000
        while acknowledged < sent, nanoseconds() < deadline { collect(milliseconds: 100) }
        let seconds = Double(nanoseconds() - start) / 1e9
        return Report([
            ("acknowledged", Double(acknowledged)), ("sent", Double(sent)), ("seconds", seconds),
            ("per_second", Double(acknowledged) / seconds), ("ack_p50_ms", latency.milliseconds(0.5)),
            ("ack_p99_ms", latency.milliseconds(0.99)), ("ack_max_ms", Double(latency.largest) / 1e6),
        ]).json
    }

    /// Sends what windows, and the rate if there is one, allow.
    private mutating func fill(now: UInt64, since start: UInt64) {
        var allowed = Int.max
        if options.rate > 0 { allowed = Int(Double(now - start) / 1e9 * Double(options.rate)) - sent }
        guard allowed > 0 else { return }
        // With a rate, nodes take turns; one message each until the allowance is used up.
        let portion = options.rate > 0 ? 1 : options.window
        var offset = 0
        while allowed > 0, offset < nodes.count {
            let index = options.rate > 0 ? sent % nodes.count : offset
            offset += 1
            output.removeAll(keepingCapacity: true)
            while nodes[index].inFlight < options.window, allowed > 0, output.isEmpty || portion > 1 {
                // With a rate, measured from when it was due, so that a stall of this program is not hidden.
                let due = options.rate > 0 ? start + UInt64(Double(sent + 1) / Double(options.rate) * 1e9) : now
                nodes[index].next(number: sent, now: due, to: &output)
                sent += 1
                allowed -= 1
            }
            if !output.isEmpty { nodes[index].socket.write(output) }
        }
    }

    private mutating func collect(milliseconds: Int32) {
        var ready: [Int] = []
        poller.wait(milliseconds: milliseconds) { ready.append($0) }
        for index in ready {
            let count = nodes[index].socket.read(into: &input)
            let now = nanoseconds()
            var freed = 0
            acknowledgements[index].read(input[..<count]) { identifier in
                latency.add(now - min(now, nodes[index].sentAt[identifier]))
                freed += 1
            }
            nodes[index].inFlight -= freed
            acknowledged += freed
        }
    }
}
