public import MQTTBroker
public import MQTTCodec

/// What clients may do: what their rights say, and never to speak in the hub's name.
public struct HubAuthorizer: BrokerAuthorizer {
    private static let reserved = [Array("iot/broker/".utf8), Array("$".utf8)]

    private let isOpen: Bool

    /// An authorizer.
    /// - Parameter isOpen: whether a client without rights of its own may do everything: `--open`.
    public init(isOpen: Bool = false) {
        self.isOpen = isOpen
    }

    /// Refused for the topics on which the hub itself reports: `$SYS/…` (and all that begin with `$`, which a server
    /// keeps for itself, MQTT 5, 4.7.2) and `iot/broker/…`; otherwise as the client's rights say.
    public func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision {
        for prefix in HubAuthorizer.reserved where topic.bytes.starts(with: prefix) { return .refused }
        guard let rights = client.rights else { return isOpen ? .granted : .refused }
        return rights.publishing(to: topic)
    }

    /// As the client's rights say.
    public func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? {
        guard let rights = client.rights else { return isOpen ? nil : .notAuthorized }
        return rights.maySubscribe(to: filter) ? nil : .notAuthorized
    }
}
