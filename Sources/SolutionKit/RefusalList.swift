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
        beginObject()
        key("refusals")
        beginArray()
        for refused in refusals {
            beginObject()
            member("at", refused.at)
            member("code", refused.code.rawValue)
            member("detail", refused.detail)
            member("topic", refused.topic)
            member("excerpt", refused.excerpt)
            member("bytes", refused.bytes)
            member("left_out", refused.leftOut)
            endObject()
        }
        endArray()
        endObject()
    }
}
