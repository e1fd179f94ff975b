internal import HubModel
internal import SolutionKit

/// Nodes and commands as docs/nodes-api.md shows them.
extension JSONWriter {
    /// Writes a node; without `latest` it is as live events carry it.
    mutating func write(_ node: Node, latest: [LatestValue]?, openCommands: Int) {
        beginObject()
        key("node_id")
        string(node.name.device.text)
        key("id")
        string(node.name.short)
        key("site")
        string(node.site.text)
        key("state")
        string(node.liveness.state.rawValue)
        key("state_since")
        timestamp(node.liveness.since)
        key("last_seen")
        timestamp(node.liveness.lastSeen)
        key("stale_after_seconds")
        integer(node.staleAfterSeconds)
        key("first_seen")
        timestamp(node.firstSeen)
        key("firmware")
        string(node.firmware)
        key("wifi_rssi")
        integer(node.rssi)
        key("uptime_seconds")
        integer(node.uptimeSeconds)
        key("heap_bytes")
        integer(node.heapBytes)
        key("address")
        string(node.address)
        key("client_id")
        string(node.clientID.map(ClientName.identifier))
        key("fields")
        beginArray()
        for field in node.fields { string(field) }
        endArray()
        if let latest {
            key("latest")
            write(latest)
        }
        key("open_commands")
        integer(Int64(openCommands))
        endObject()
    }

    /// Writes newest values by the names of their fields.
    mutating func write(_ latest: [LatestValue]) {
        beginObject()
        for entry in latest {
            key(entry.field)
            beginObject()
            key("value")
            value(entry.value)
            key("observed_at")
            timestamp(entry.observedAt)
            endObject()
        }
        endObject()
    }

    /// Writes a command.
    mutating func write(_ command: Command) {
        beginObject()
        key("command_id")
        string(command.id)
        key("node_id")
        string(command.device.text)
        key("command")
        string(command.name)
        key("params")
        raw(command.parameters.utf8)
        key("state")
        string(command.state.rawValue)
        key("created_at")
        timestamp(command.createdAt)
        key("updated_at")
        timestamp(command.updatedAt)
        key("expires_at")
        timestamp(command.expiresAt)
        key("history")
        beginArray()
        for step in command.history {
            beginObject()
            key("state")
            string(step.state.rawValue)
            key("at")
            timestamp(step.at)
            endObject()
        }
        endArray()
        key("result")
        if let result = command.result { raw(result.utf8) } else { null() }
        key("error")
        string(command.error)
        endObject()
    }

    private mutating func integer(_ number: Int64?) {
        if let number { integer(number) } else { null() }
    }
}

extension Node {
    /// Silence longer than this makes its state unknown.
    var staleAfterSeconds: Int64 { liveness.interval.staleAfter / 1_000_000 }
}
