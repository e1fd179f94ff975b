public import HubModel
public import SolutionKit

/// A fleet of nodes that does not exist: what node `index` says at an instant, as a pure function of seed, index and time.
///
/// `SimulatedNode` is one of them behind its connection.
public struct NodesSimulator: Sendable {
    /// What decides everything that looks random.
    public let seed: UInt64
    /// How many nodes there are, 1 or more.
    public let count: Int
    /// How often a node reports, in microseconds. From one second on, time stamps are whole seconds, as small boards send them.
    public let interval: Int64
    /// How many reports a node keeps while the hub is away, and sends when it is back; 0: none.
    public let memory: Int

    /// A message to publish.
    public typealias Message = SimulatedMessage

    /// A fleet.
    public init(seed: UInt64, count: Int, interval: Int64, memory: Int = 0) {
        self.seed = seed
        self.count = max(1, count)
        self.interval = max(1, interval)
        self.memory = max(0, memory)
    }

    /// The id of a node as it stands in its topics: `01`, `02`, ...
    public func id(_ index: Int) -> String {
        let number = String(index + 1)
        return number.utf8.count < 2 ? "0\(number)" : number
    }

    /// A node's MQTT client identifier: `node-01`.
    public func clientID(_ index: Int) -> String { "node-\(id(index))" }

    /// Where a node hears its commands.
    public func commandTopic(_ index: Int) -> String { "iot/node/\(id(index))/command" }

    /// A node's last will, QoS 1: it is offline.
    public func will(_ index: Int) -> Message {
        Message(topic: statusTopic(index), payload: Array(#"{"node_id":"node_\#(id(index))","status":"offline"}"#.utf8))
    }

    /// When in each interval a node reports, in microseconds from its start: they do not all speak at once.
    public func phase(_ index: Int) -> Int64 {
        Int64(noise(index, "phase", 0) * Double(interval - 1))
    }

    /// What a node measured.
    public func telemetry(_ index: Int, at instant: Timestamp) -> Message {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("node_id", "node_\(id(index))")
            writer.member("timestamp") { writer in
                if interval >= 1_000_000 {
                    writer.integer(instant.microseconds / 1_000_000)
                } else {
                    writer.decimal(ScaledDecimal(mantissa: instant.microseconds / 1_000, scale: 3))
                }
            }
            writer.object("sensors") { writer in
                for sensor in sensors(index) {
                    writer.member(sensor.name) {
                        write(measured(sensor, index, at: instant), places: sensor.places, to: &$0)
                    }
                }
            }
            writer.member("wifi_rssi", signal(index, at: instant))
            writer.member("uptime", uptime(index, at: instant))
        }
        return Message(topic: "iot/node/\(id(index))/telemetry", payload: writer.bytes)
    }

    /// How a node is.
    public func status(_ index: Int, at instant: Timestamp) -> Message {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("node_id", "node_\(id(index))")
            writer.member("status", "online")
            writer.member("uptime", uptime(index, at: instant))
            writer.member("wifi_rssi", signal(index, at: instant))
            writer.member("free_heap", 180_000 + Int64(drift(index, "heap", at: instant, seconds: 120) * 40_000))
            writer.member("firmware", index % 4 == 3 ? "1.3.0" : "1.4.2")
        }
        return Message(topic: statusTopic(index), payload: writer.bytes)
    }

    func statusTopic(_ index: Int) -> String { "iot/node/\(id(index))/status" }
}
