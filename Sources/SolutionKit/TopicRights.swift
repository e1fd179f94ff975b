public import HubModel

/// What devices of a kind may do over MQTT. Patterns are topic filters (MQTT 5, section 4.7) in which one level may be `{device_id}`:
/// the device's own name in any of its spellings, and the names of the devices it is the controller of. Nothing else is allowed; a will
/// and a retained message obey the same.
public struct TopicRights: Hashable, Sendable {
    /// The kind.
    public let kind: DeviceKind
    /// Where it may publish.
    public let publish: [String]
    /// What it may subscribe to: these filters, and narrower ones.
    public let subscribe: [String]

    /// Rights.
    public init(_ kind: DeviceKind, publish: [String], subscribe: [String]) {
        self.kind = kind
        self.publish = publish
        self.subscribe = subscribe
    }
}
