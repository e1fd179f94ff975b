public import MQTTBroker
public import MQTTCodec

/// What any client may do before clients have rights of their own: everything, save speaking in the hub's name.
public struct HubAuthorizer: BrokerAuthorizer {
    private static let reserved = [Array("iot/broker/".utf8), Array("$".utf8)]

    /// The one there is.
    public init() {}

    /// False for the topics on which the hub itself reports: `$SYS/…` (and all that begin with `$`, which a server
    /// keeps for itself, MQTT 5, 4.7.2) and `iot/broker/…`.
    public func mayPublish(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> Bool {
        !HubAuthorizer.reserved.contains { topic.bytes.starts(with: $0) }
    }

    /// Never refuses.
    public func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? { nil }
}
