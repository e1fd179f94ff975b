internal import HubModel
internal import SolutionKit

/// Nodes as docs/nodes-api.md shows them.
extension JSONWriter {
    /// Writes a node; without `latest` it is as live events carry it.
    mutating func write(_ node: Node, latest: [LatestValue]?, openCommands: Int) {
        beginObject()
        member("node_id", node.name.device.text)
        member("id", node.name.short)
        member("site", node.site.text)
        member("state", node.liveness.state.rawValue)
        member("state_since", node.liveness.since)
        member("last_seen", node.liveness.lastSeen)
        member("next_expected", node.liveness.expectedAt)
        member("stale_after_seconds", node.staleAfterSeconds)
        member("first_seen", node.firstSeen)
        member("firmware", node.firmware)
        member("wifi_rssi", node.rssi)
        member("uptime_seconds", node.uptimeSeconds)
        member("heap_bytes", node.heapBytes)
        member("address", node.address)
        member("client_id", node.clientID.map(ClientName.identifier))
        key("fields")
        beginArray()
        for field in node.fields { string(field.name) }
        endArray()
        member("refused_fields", node.refusedFields) { writer, field in writer.write(refused: field) }
        if let latest {
            key("latest")
            write(latest)
        }
        member("open_commands", openCommands)
        endObject()
    }

    /// Writes why a field's last other value was refused.
    private mutating func write(refused field: NodeField) {
        beginObject()
        member("field", field.name)
        member("type", field.type?.rawValue)
        member("came", field.refusal?.came.rawValue)
        member("count", field.refusal?.count ?? 0)
        member("at", field.refusal?.at)
        member("reason", field.reason)
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
            member("observed_at", entry.observedAt)
            endObject()
        }
        endObject()
    }
}

extension Node {
    /// Silence longer than this makes its state unknown.
    var staleAfterSeconds: Int64 { liveness.staleAfter / 1_000_000 }

    /// Fields that refused a value, the last one first.
    var refusedFields: [NodeField] {
        let refused = fields.filter { $0.refusal != nil && $0.type != nil }
        return Array(
            refused.sorted { ($0.refusal?.at.microseconds ?? 0) > ($1.refusal?.at.microseconds ?? 0) }
                .prefix(Node.mostRefusedFieldsShown))
    }

    /// So many of them are shown.
    static let mostRefusedFieldsShown = 16
}
