/// SUBSCRIBE: a client asks for messages (MQTT 5.0, 3.8).
public struct Subscribe: Sendable, Hashable {
    /// Ties SUBACK to it.
    public var packetIdentifier: PacketIdentifier
    /// One or more ([MQTT-3.8.3-2]).
    public var subscriptions: [Subscription]
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A SUBSCRIBE with these fields.
    public init(
        packetIdentifier: PacketIdentifier, subscriptions: [Subscription], properties: Properties = .none
    ) {
        self.packetIdentifier = packetIdentifier
        self.subscriptions = subscriptions
        self.properties = properties
    }
}

/// A topic filter and its subscription options (MQTT 5.0, 3.8.3.1). In 3.1.1 only the QoS exists.
public struct Subscription: Sendable, Hashable {
    /// What the client wants.
    public var filter: TopicFilter
    /// The highest QoS at which the server may send.
    public var maximumQoS: QoS
    /// Not the client's own messages; not allowed with a shared filter ([MQTT-3.8.3-4]).
    public var noLocal: Bool
    /// Forward RETAIN as it was published instead of clearing it.
    public var retainAsPublished: Bool
    /// When to send retained messages.
    public var retainHandling: RetainHandling

    /// A subscription with these options.
    public init(
        filter: TopicFilter, maximumQoS: QoS = .atMostOnce, noLocal: Bool = false, retainAsPublished: Bool = false,
        retainHandling: RetainHandling = .sendAtSubscribe
    ) {
        self.filter = filter
        self.maximumQoS = maximumQoS
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
    }
}

/// When a subscription is sent the retained messages it matches (MQTT 5.0, 3.8.3.1).
public enum RetainHandling: UInt8, Sendable, Hashable, CaseIterable {
    /// At every SUBSCRIBE, as in 3.1.1.
    case sendAtSubscribe = 0
    /// Only if the subscription is new.
    case sendIfNew = 1
    /// Never.
    case doNotSend = 2
}

/// SUBACK: the server's answer to SUBSCRIBE (MQTT 5.0, 3.9).
public struct Suback: Sendable, Hashable {
    /// That of the SUBSCRIBE.
    public var packetIdentifier: PacketIdentifier
    /// One for each filter, in order. In 3.1.1 every failure travels as 0x80.
    public var reasons: [ReasonCode]
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A SUBACK with these fields.
    public init(packetIdentifier: PacketIdentifier, reasons: [ReasonCode], properties: Properties = .none) {
        self.packetIdentifier = packetIdentifier
        self.reasons = reasons
        self.properties = properties
    }
}
