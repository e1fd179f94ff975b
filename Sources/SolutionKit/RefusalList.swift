public import HubModel

extension JSONSchema {
    /// The refusals of a device: `JSONWriter.write(_:)` of them.
    public static let refusalList = JSONSchema.object([
        .required(
            "refusals",
            .array(
                .named(
                    "DeviceRefusal",
                    .object([
                        .required("at", .timestamp),
                        .required("code", .text, "As in docs/errors.md"),
                        .required("detail", .text),
                        .required("topic", .text, "Empty for a try to connect"),
                        .required("excerpt", .text, "Its first bytes as text; secrets are left out"),
                        .required("bytes", .count, "How long the message was"),
                        .required("left_out", .count, "Refusals before this one that were too many to be kept"),
                    ]))), "Newest first")
    ])
}

extension JSONWriter {
    /// Writes the refusals of a device.
    public mutating func write(_ refusals: [RefusedMessage]) {
        object { json in
            json.array("refusals") { json in
                for refused in refusals {
                    json.object { json in
                        json.member("at", refused.at)
                        json.member("code", refused.code.rawValue)
                        json.member("detail", refused.detail)
                        json.member("topic", refused.topic)
                        json.member("excerpt", refused.excerpt)
                        json.member("bytes", refused.bytes)
                        json.member("left_out", refused.leftOut)
                    }
                }
            }
        }
    }
}
