internal import HubModel
internal import SolutionKit

/// The shapes of what the routes take and give; docs/nodes-api.md says the same in words.
extension JSONSchema {
    /// A node's id in one of its spellings: what stands behind all `node_` is 1 to 59 bytes long.
    static let nodeName = JSONSchema.string(
        minimumLength: 1, maximumLength: 64, pattern: "^(?:node_)*(?!node_)[A-Za-z0-9._:@-]{1,59}$")

    private static let latestValues = JSONSchema.named(
        "LatestValues",
        .dictionary(.object([.required("value", measuredValue), .required("observed_at", .timestamp)])))

    private static let fieldType = JSONSchema.words(FieldType.allCases.map(\.rawValue))

    private static let refusedField = JSONSchema.named(
        "RefusedField",
        .object([
            .required("field", .text),
            .required("type", fieldType, "What the field's values are"),
            .required("came", fieldType, "What was refused last"),
            .required("count", .count, "How often"),
            .required("at", .timestamp, "When it was refused last"),
            .required("reason", .text, "In one sentence, with what to do"),
        ]))

    static let fieldReset = JSONSchema.object([
        .required("field", .string(minimumLength: 1, maximumLength: 64), "The field's name")
    ])

    static let fieldIsReset = JSONSchema.object([.required("status", .words(["reset"]))])

    static let node = JSONSchema.named(
        "Node",
        .object([
            .required("node_id", .identifier, "The name in the hub, such as node_01"),
            .required("id", .identifier, "The short name, such as 01"),
            .required("site", .identifier),
            .required("state", .words(NodeState.allCases.map(\.rawValue))),
            .required("state_since", .timestamp),
            .required("last_seen", .timestamp),
            .required(
                "next_expected", .nullable(.timestamp), "Of a node that is asleep: when it usually reports again"),
            .required("stale_after_seconds", .count, "Silence longer than this makes the state unknown"),
            .required("first_seen", .timestamp),
            .required("firmware", .nullable(.text)),
            .required("wifi_rssi", .nullable(.integer()), "dBm"),
            .required("uptime_seconds", .nullable(.integer())),
            .required("heap_bytes", .nullable(.integer())),
            .required("address", .nullable(.text)),
            .required("client_id", .nullable(.text), "The MQTT client that last spoke for it"),
            .required("fields", .array(.text), "All that it ever measured"),
            .required(
                "refused_fields", .array(refusedField),
                "Fields that refused a value of another type, the last one first; at most 16"),
            .required("latest", latestValues),
            .required("open_commands", .count),
        ]))

    static let nodeList = JSONSchema.object([
        .required("nodes", .array(node)),
        .required("count", .count, "How many are in this answer"),
        .required("now", .timestamp),
        .next(),
    ])

    static let latest = JSONSchema.object([
        .required("node_id", .identifier),
        .required("observed_at", .nullable(.timestamp)),
        .required("received_at", .nullable(.timestamp)),
        .required("stale", .boolean),
        .required("stale_after_seconds", .count),
        .required("values", latestValues),
    ])

    static let readings = JSONSchema.readings(of: .required("node_id", .identifier))

    static let command = JSONSchema.command("Command", devices: [.required("node_id", .identifier)])

    static let commandList = JSONSchema.object([.required("commands", .array(command)), .next(.text)])

    private static let claimedTime = JSONSchema.nullable(.anyOf([.number, .text]))

    static let telemetry = JSONSchema.object([
        .optional("node_id", .nullable(.text), "As in the path"),
        .optional("timestamp", claimedTime, "Epoch seconds or milliseconds, or ISO-8601"),
        .optional("sensors", .nullable(.dictionary(.nullable(measuredValue))), "At most 64, by name"),
        .optional("wifi_rssi", .nullable(.number), "dBm"),
        .optional("uptime", .nullable(.number), "Seconds"),
    ])

    static let status = JSONSchema.anyOf([
        .words(["online", "offline"]),
        .object([
            .optional("node_id", .nullable(.text), "As in the path"),
            .optional("timestamp", claimedTime, "Epoch seconds or milliseconds, or ISO-8601"),
            .optional("status", .nullable(.string(maximumLength: 64)), "Of the node, or of the command it answers"),
            .optional("uptime", .nullable(.number), "Seconds"),
            .optional("wifi_rssi", .nullable(.number), "dBm"),
            .optional("free_heap", .nullable(.number), "Bytes"),
            .optional("firmware", .nullable(.anyOf([.text, .number]))),
            .optional("command_id", .nullable(.string(maximumLength: 64)), "The command that is answered"),
            .optional("result", .any, "What came of it"),
            .optional("error", .any, "Why it failed"),
        ]),
    ])

    static let stored = JSONSchema.object([
        .required("status", .words(["stored"])),
        .optional("commands", .array(givenCommand), "The node's commands, where it asked for them, oldest first"),
    ])
}
