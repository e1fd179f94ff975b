internal import HubModel
public import MQTTBroker
public import MQTTCodec
internal import Trust

/// What clients may do: what their rights say, and never to speak in the hub's name.
public struct HubAuthorizer: BrokerAuthorizer {
    private static let reserved = [Array("iot/broker/".utf8), Array("$".utf8)]

    private let isOpen: Bool
    private let refusals: DoorRefusals?

    /// An authorizer.
    /// - Parameters:
    ///   - isOpen: whether a client without rights of its own may do everything: `--open`.
    ///   - refusals: told of what devices may not publish.
    public init(isOpen: Bool = false, refusals: DoorRefusals? = nil) {
        self.isOpen = isOpen
        self.refusals = refusals
    }

    /// Refused for the topics on which the hub itself reports: `$SYS/…` (and all that begin with `$`, which a server
    /// keeps for itself, MQTT 5, 4.7.2) and `iot/broker/…`; otherwise as the client's rights say.
    public func publishing(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> PublishDecision {
        let decision = decide(client, topic)
        if decision == .refused, let refusals, let owner = client.owner,
            let device = ConnectionOwner.activeDevice(owner)
        {
            refusals.note(
                [device], Refusal(.forbidden, "The device may not publish on this topic."), topic: topic.levelTexts)
        }
        return decision
    }

    private func decide(_ client: ConnectedClient, _ topic: TopicName) -> PublishDecision {
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
