/// What to do, from the command line.
struct Options {
    enum Mode: String { case throughput, latency, parking, classrooms }

    let mode: Mode
    var mqttPort: UInt16 = 0
    /// The pages' port; 0: watch as an MQTT subscriber instead.
    var httpPort: UInt16 = 0
    var nodes = 100
    var window = 4
    var seconds = 10.0
    /// Messages a second over all nodes; 0: as many as are acknowledged.
    var rate = 0
    /// Lots, each with a connection of its own, and how many spots each has.
    var lots = 200
    var spots = 100
    /// HTTP connections, over which devices of classrooms take turns.
    var connections = 64
    /// What the nodes show when they connect.
    var keys = Keys()

    static let usage = """
        Usage: LoadGenerator throughput --mqtt PORT [--nodes 100] [--window 4] [--seconds 10] [--rate N] [--keys FILE]
               LoadGenerator latency --mqtt PORT [--http PORT] [--nodes 100] [--seconds 10] [--rate 1000] [--keys FILE]
               LoadGenerator parking --mqtt PORT --http PORT [--lots 200] [--spots 100] [--seconds 60] [--rate 2000]
               LoadGenerator classrooms --http PORT --keys FILE [--nodes 1000] [--connections 64] [--seconds 10] [--rate N]
        Publishes node telemetry of four values, or changes of parking spots (MQTT 3.1.1, QoS 1), or posts reports of classrooms (HTTP),
        to 127.0.0.1 and prints figures as one line of JSON.
        """

    init(_ arguments: ArraySlice<String>) {
        guard let first = arguments.first, let mode = Mode(rawValue: first) else { fail(Options.usage) }
        self.mode = mode
        if mode == .latency { rate = 1_000 }
        if mode == .parking { rate = 2_000 }
        if mode == .classrooms { nodes = 1_000 }
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard let text = rest.popFirst() else { fail(Options.usage) }
            if name == "--keys" {
                keys = Keys(file: text)
                continue
            }
            guard let value = Double(text), value >= 0 else { fail(Options.usage) }
            switch name {
            case "--mqtt": mqttPort = UInt16(exactly: value) ?? 0
            case "--http": httpPort = UInt16(exactly: value) ?? 0
            case "--nodes": nodes = Int(value)
            case "--lots": lots = Int(value)
            case "--spots": spots = Int(value)
            case "--connections": connections = Int(value)
            case "--window": window = Int(value)
            case "--seconds": seconds = value
            case "--rate": rate = Int(value)
            default: fail(Options.usage)
            }
        }
        let mostNodes = mode == .classrooms ? 9_999 : 999
        guard mode == .classrooms || mqttPort > 0, (1...mostNodes).contains(nodes), (1...1_000).contains(window),
            seconds > 0, seconds <= 500
        else { fail(Options.usage) }
        guard mode != .classrooms || httpPort > 0 && (1...1_000).contains(connections) else { fail(Options.usage) }
        guard mode != .parking || ((1...999).contains(lots) && (1...1_000).contains(spots) && rate > 0 && httpPort > 0)
        else { fail(Options.usage) }
    }
}
