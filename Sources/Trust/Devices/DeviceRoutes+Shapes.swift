package import HubModel
package import Registry
internal import SolutionKit

/// The shapes of what devices' routes take and give, for the description of the API.
struct DeviceShapes {
    /// The kinds that there are.
    private let kinds: JSONSchema

    init(kinds: [DeviceKind]) {
        self.kinds = .words(kinds.map(\.name))
    }

    var filters: [QueryParameter] {
        [
            QueryParameter("state", "only devices in this state", .words(DeviceListing.states)),
            QueryParameter("kind", "only devices of this kind", kinds),
            QueryParameter("site", "only devices of this site", .identifier),
            QueryParameter(
                "q", "only devices whose name holds this text", .string(maximumLength: DeviceID.maximumLength)),
            QueryParameter("after", "only devices behind this name", .identifier),
            QueryParameter("limit", "at most this many devices; 100 without it", .integer(minimum: 1, maximum: 1_000)),
        ]
    }

    private var deviceMembers: [JSONSchema.Property] {
        [
            .required("id", .identifier), .required("kind", .nullable(kinds), "null: nothing tells yet what waits"),
            .required("site", .nullable(.identifier), "null while it waits"),
            .required("state", .words(DeviceListing.states)), .required("controller", .nullable(.identifier)),
            .required("first_seen", .nullable(.timestamp), "null: never yet"),
            .required("last_seen", .nullable(.timestamp), "null: never yet"),
            .required("firmware", .nullable(.text)), .required("address", .nullable(.text)),
            .required("credential", .words(DeviceCredentialKind.allCases.map(\.rawValue))),
            .required("connected", .boolean, "whether it has a connection to the broker"),
            .required("states", .array(standing), "how it and what it watches are; empty while nothing is known"),
            .optional(
                "picture", .nullable(.text), "changes with its picture; null: it has none. Only where devices are read"),
            .optional("messages", .count, "of one that waits: messages kept"),
            .optional("dropped", .count, "of one that waits: messages that were not kept"),
            .optional("topics", .array(.text), "of one that waits: where it published, at most 16"),
            .optional("offers_password", .boolean, "of one that waits: whether it may keep its password"),
        ]
    }

    private var standing: JSONSchema {
        JSONSchema.named(
            "DeviceStanding",
            .object([
                .required(
                    "subject", .text, "`device` for its being there, or what of it is watched, by its solution's name"),
                .required("state", .text, "in its solution's word, such as `online`"),
                .required("since", .timestamp),
                .required("severity", .words(StateSeverity.allCases.map(\.rawValue)), "what the state means"),
            ]))
    }

    var device: JSONSchema { JSONSchema.named("Device", .object(deviceMembers)) }
    var keyed: JSONSchema {
        JSONSchema.named(
            "DeviceWithKey", .object(deviceMembers + [.required("key", .text, "shown once")]))
    }
    var approved: JSONSchema {
        JSONSchema.named(
            "ApprovedDevice", .object(deviceMembers + [.optional("key", .text, "shown once; only with `new`")]))
    }
    var list: JSONSchema {
        JSONSchema.object([
            .required("devices", .array(device)),
            .next(),
            .required(
                "counts",
                .object([.required("pending", .count), .required("active", .count), .required("disabled", .count)])),
            .required(
                "join",
                .object([
                    .required("open_until", .nullable(.timestamp)),
                    .required("refused", .count, "unknown devices turned away since the start"),
                    .required("kinds", .array(kinds)),
                ])),
        ])
    }
    var addition: JSONSchema {
        JSONSchema.object([
            .required("id", .identifier), .required("kind", kinds),
            .optional("site", .nullable(.identifier), "`main` without it"),
            .optional("controller", .nullable(.identifier), "another device that may speak for it"),
        ])
    }
    var change: JSONSchema {
        JSONSchema.object([
            .optional("site", .nullable(.identifier)), .optional("controller", .nullable(.identifier), "null: none"),
        ])
    }
    var approval: JSONSchema {
        JSONSchema.object([
            .optional("kind", .nullable(kinds), "what it seems to be without it"),
            .optional("site", .nullable(.identifier), "`main` without it"),
            .required("credential", .words(ApprovedCredential.allCases.map(\.rawValue))),
        ])
    }
    var site: JSONSchema {
        JSONSchema.named(
            "Site",
            .object([
                .required("id", .identifier), .required("title", .text), .required("devices", .count),
            ]))
    }
}
extension JSONWriter {
    mutating func write(
        _ entry: DeviceListing.Entry, isConnected: Bool, picture: String?? = nil, key secret: IssuedSecret? = nil
    ) {
        object { json in
            json.member("id", entry.id.text)
            switch entry {
            case .device(let device): json.members(device)
            case .pending(let pending): json.members(pending)
            }
            json.member("connected", isConnected)
            if let picture { json.member("picture", picture) }
            json.member("states") { $0.write(states: entry.states) }
            if let secret {
                json.member("key", secret.text)
            }
        }
    }

    private mutating func write(states: [DeviceStanding]) {
        array { json in
            for standing in states {
                json.object { json in
                    json.member("subject", standing.subject.name)
                    json.member("state", standing.state)
                    json.member("since", standing.since)
                    json.member("severity", standing.severity.rawValue)
                }
            }
        }
    }

    package mutating func write(_ site: SiteRecord) {
        object { json in
            json.member("id", site.id.text)
            json.member("title", site.title)
            json.member("devices", site.devices)
        }
    }

    private mutating func members(_ device: DeviceRecord) {
        member("kind", device.kind.name)
        member("site", device.site.text)
        member("state", device.state.rawValue)
        member("controller", device.controller?.text)
        member("first_seen", device.firstSeen)
        member("last_seen", device.lastSeen)
        member("firmware", device.firmware)
        member("address", device.address)
        member("credential", device.credential.rawValue)
    }

    private mutating func members(_ pending: PendingDevice) {
        member("kind", pending.kind?.name)
        member("site", nil as String?)
        member("state", "pending")
        member("controller", nil as String?)
        member("first_seen", pending.firstSeen)
        member("last_seen", pending.lastSeen)
        member("firmware", nil as String?)
        member("address", pending.address)
        member("credential", pending.offered == nil ? DeviceCredentialKind.none.rawValue : "password")
        member("messages", pending.messages)
        member("dropped", pending.dropped)
        member("topics", pending.topics) { $0.string($1) }
        member("offers_password", pending.offered != nil)
    }
}
