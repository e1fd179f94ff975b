internal import HubModel
internal import SolutionKit

/// Nodes as docs/nodes-api.md shows them.
extension JSONWriter {
    /// Writes a node; without `latest` it is as live events carry it.
    mutating func write(_ node: Node, latest: [LatestValue]?, openCommands: Int) {
        object { json in
            json.member("node_id", node.name.device.text)
            json.member("id", node.name.short)
            json.member("site", node.site.text)
            json.member("state", node.liveness.state.rawValue)
            json.member("state_since", node.liveness.since)
            json.member("last_seen", node.liveness.lastSeen)
            json.member("next_expected", node.liveness.expectedAt)
            json.member("stale_after_seconds", node.staleAfterSeconds)
            json.member("first_seen", node.firstSeen)
            json.member("firmware", node.firmware)
            json.member("wifi_rssi", node.rssi)
            json.member("uptime_seconds", node.uptimeSeconds)
            json.member("heap_bytes", node.heapBytes)
            json.member("address", node.address)
            json.member("client_id", node.clientID.map(ClientName.identifier))
            json.member("fields", node.fields) { $0.string($1.name) }
            json.member("refused_fields", node.refusedFields) { writer, field in writer.write(refused: field) }
            if let latest {
                json.member("latest") { $0.write(latest) }
            }
            json.member("open_commands", openCommands)
        }
    }

    /// Writes why a field's last other value was refused.
    private mutating func write(refused field: NodeField) {
        object { json in
            json.member("field", field.name)
            json.member("type", field.type?.rawValue)
            json.member("came", field.refusal?.came.rawValue)
            json.member("count", field.refusal?.count ?? 0)
            json.member("at", field.refusal?.at)
            json.member("reason", field.reason)
        }
    }

    /// Writes newest values by the names of their fields.
    mutating func write(_ latest: [LatestValue]) {
        object { json in
            for entry in latest {
                json.object(entry.field) { json in
                    json.member("value", value: entry.value)
                    json.member("observed_at", entry.observedAt)
                }
            }
        }
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
