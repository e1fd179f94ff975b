/// UNSUBSCRIBE: a client wants messages no more (MQTT 5.0, 3.10).
public struct Unsubscribe: Sendable, Hashable {
    /// Ties UNSUBACK to it.
    public var packetIdentifier: PacketIdentifier
    /// One or more ([MQTT-3.10.3-2]).
    public var filters: [TopicFilter]
    /// Empty in 3.1.1.
    public var properties: Properties

    /// An UNSUBSCRIBE with these fields.
    public init(packetIdentifier: PacketIdentifier, filters: [TopicFilter], properties: Properties = .none) {
        self.packetIdentifier = packetIdentifier
        self.filters = filters
        self.properties = properties
    }
}

/// UNSUBACK: the server's answer to UNSUBSCRIBE (MQTT 5.0, 3.11).
public struct Unsuback: Sendable, Hashable {
    /// That of the UNSUBSCRIBE.
    public var packetIdentifier: PacketIdentifier
    /// One for each filter, in order; 3.1.1 has none.
    public var reasons: [ReasonCode]
    /// Empty in 3.1.1.
    public var properties: Properties

    /// An UNSUBACK with these fields.
    public init(packetIdentifier: PacketIdentifier, reasons: [ReasonCode], properties: Properties = .none) {
        self.packetIdentifier = packetIdentifier
        self.reasons = reasons
        self.properties = properties
    }
}
