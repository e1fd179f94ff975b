public import HubModel
public import SolutionKit

extension NodesSimulator {
    /// What a node answers to a command; nil to what is no command, as a small board would stay silent.
    ///
    /// It knows `set_led`, `read`, `set_interval` and `reboot`, and fails one in twenty, so that pages show that too.
    public func answer(to payload: [UInt8], node index: Int, at instant: Timestamp) -> Message? {
        guard let told = try? Told(payload) else { return nil }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("node_id", "node_\(id(index))")
            if let id = told.identifier {
                writer.member("command_id", id)
            }
            writer.member("command", told.command)
            if let error = failure(of: told, node: index) {
                writer.member("status", "failed")
                writer.member("error", error)
            } else {
                writer.member("status", "done")
                writer.member("result") { writeResult(of: told, node: index, at: instant, to: &$0) }
            }
        }
        return Message(topic: statusTopic(index), payload: writer.bytes)
    }

    /// A command as the node reads it.
    private struct Told {
        var command = ""
        var identifier: String?
        var parameters: [UInt8] = Array("{}".utf8)

        init(_ payload: [UInt8]) throws(Refusal) {
            var reader = JSONReader(payload)
            try reader.object { (key, reader) throws(Refusal) in
                switch key {
                case "command": command = try reader.string()
                case "command_id": identifier = try reader.string()
                case "params": parameters = try reader.rawValue()
                default: try reader.skip()
                }
            }
            try reader.end()
            guard !command.isEmpty else { throw Refusal(.missingField, "command is missing.") }
        }
    }

    private func failure(of told: Told, node index: Int) -> String? {
        guard ["set_led", "read", "set_interval", "reboot"].contains(told.command) else { return "unknown command" }
        return noise(index, told.identifier ?? told.command, 5) < 0.05 ? "the board did not answer" : nil
    }

    private func writeResult(of told: Told, node index: Int, at instant: Timestamp, to writer: inout JSONWriter) {
        switch told.command {
        case "read":
            writer.object { writer in
                for sensor in sensors(index) {
                    writer.member(sensor.name) {
                        write(measured(sensor, index, at: instant), places: sensor.places, to: &$0)
                    }
                }
            }
        case "reboot":
            writer.object { $0.member("uptime", uptime(index, at: instant)) }
        default:
            writer.raw(told.parameters)
        }
    }
}
