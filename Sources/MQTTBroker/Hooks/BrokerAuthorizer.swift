public import MQTTCodec

/// Decides what a client may do. Called on the event loop, so it answers from memory and at once.
public protocol BrokerAuthorizer: Sendable {
    /// What becomes of a message that the client publishes to the topic. Asked for wills as well, when they are
    /// published.
    ///
    /// Asked for every message of a client without `rights`. The rights of a connection never change, so a client that
    /// has them is not asked about again while it publishes to the topic it was granted last, with the same RETAIN.
    func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision
    /// How a subscription is answered: nil to grant it, or the failure code for SUBACK. Asked again for stored
    /// subscriptions when a session is resumed, so that a right taken away ends them.
    func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode?
}

/// What becomes of a message.
public enum PublishDecision: Sendable, Hashable {
    /// It is stored, delivered to those who subscribe and, if the client wants it, retained.
    case granted
    /// Nobody receives it; a 5.0 client is told *not authorized* (0x87), a 3.1.1 client gets a plain acknowledgement.
    case refused
    /// It is given to the ledger (`InboundPublication.isSetAside`) and acknowledged, and goes nowhere else: no
    /// subscriber gets it, it is not retained. A will is dropped.
    case setAside
}

/// Everybody may do everything; for a broker that only this machine reaches, and for tests.
public struct OpenAuthorizer: BrokerAuthorizer {
    /// The one there is.
    public init() {}

    /// Always granted.
    public func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision {
        .granted
    }

    /// Always nil.
    public func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? { nil }
}

/// Clients may do what their `rights` say; a client without rights may do nothing.
public struct RightsAuthorizer: BrokerAuthorizer {
    /// The one there is.
    public init() {}

    /// As the rights of the client say.
    public func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision {
        client.rights?.publishing(to: topic) ?? .refused
    }

    /// *Not authorized* unless the rights of the client cover the filter.
    public func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? {
        client.rights?.maySubscribe(to: filter) == true ? nil : .notAuthorized
    }
}
