/// Devices of classrooms that report over HTTP: as fast as they are answered, or at a fixed rate.
struct Classrooms {
    let options: Options
    private var exchanges: [Exchange]
    private var idle: [Int]
    private var poller = Poller()
    private var latency = Histogram()
    private var sent = 0
    private var answered = 0
    private var input = [UInt8](repeating: 0, count: 65_536)
    private let heads: [[UInt8]]

    init(_ options: Options) {
        self.options = options
        exchanges = (0..<options.connections).map { _ in Exchange(port: options.httpPort) }
        idle = Array(exchanges.indices)
        heads = (0..<options.nodes).map { number in
            let name = "ESP\(String(10_000 + number).dropFirst())"
            let key = options.keys.credentials(of: name)?.password ?? "none"
            return Array(
                """
                POST /api/esp/status HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
                X-Device-Id: \(name)\r\nX-API-Key: \(key)\r\n
                """.utf8)
        }
        for (index, exchange) in exchanges.enumerated() { poller.add(exchange.socket, token: index) }
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
        let busy = Double(now - start) / 1e9
        let inTime = answered
        let deadline = now + 30_000_000_000
        while answered < sent, nanoseconds() < deadline { collect(milliseconds: 100) }
        return Report([
            ("sent", Double(sent)), ("answered", Double(answered)), ("seconds", busy),
            ("per_second", Double(inTime) / busy), ("p50_ms", latency.milliseconds(0.5)),
            ("p99_ms", latency.milliseconds(0.99)), ("p999_ms", latency.milliseconds(0.999)),
            ("max_ms", Double(latency.largest) / 1e6),
        ]).json
    }

    /// Sends what is due; what finds no connection idle waits, and its time runs.
    private mutating func fill(now: UInt64, since start: UInt64) {
        let interval = options.rate > 0 ? 1e9 / Double(options.rate) : 0
        while let index = idle.last {
            let due = options.rate > 0 ? start + UInt64(Double(sent) * interval) : now
            guard due <= now else { return }
            idle.removeLast()
            exchanges[index].send(request(sent), due: due)
            sent += 1
        }
    }

    /// The next report: devices take turns, and one in five says that something has changed.
    private func request(_ number: Int) -> [UInt8] {
        let (device, turn) = (number % heads.count, number / heads.count)
        let isOccupied = (device + turn) / 5 % 2 == 0
        let body = Array(
            #"{"is_occupied":\#(isOccupied),"is_power_on":true,"timestamp":\#(epochMilliseconds() / 1_000)}"#.utf8)
        return heads[device] + Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    private mutating func collect(milliseconds: Int32) {
        var ready: [Int] = []
        poller.wait(milliseconds: milliseconds) { ready.append($0) }
        for index in ready {
            let count = exchanges[index].socket.read(into: &input)
            guard let due = exchanges[index].take(input[..<count]) else { continue }
            let now = nanoseconds()
            latency.add(now > due ? now - due : 0)
            answered += 1
            idle.append(index)
        }
    }
}
