internal import HubModel
public import Ingest
public import MQTTBroker
internal import MQTTCodec
public import SolutionKit
internal import Synchronization

/// Carries what a committed batch publishes to the broker, whose reports on it come back through its ledger.
///
/// Line and broker need each other; so this is made first, given to the line, and then gets the broker.
public final class BrokerOutbound: OutboundSink {
    private let deliver = Mutex<(@Sendable ([ServerMessage]) -> Void)?>(nil)

    /// An outbound way that leads nowhere yet.
    public init() {}

    /// Leads the way to a broker. Call it before the line runs.
    public func connect(publish: @escaping @Sendable ([ServerMessage]) -> Void) {
        deliver.withLock { $0 = publish }
    }

    /// Publishes messages in order; one whose topic is no topic name is our own mistake and is left out.
    public func publish(_ messages: [OutgoingMessage]) {
        let publish = deliver.withLock { $0 }
        publish?(messages.compactMap(BrokerOutbound.serverMessage))
    }

    private static func serverMessage(_ message: OutgoingMessage) -> ServerMessage? {
        guard let topic = try? TopicName(message.topic) else { return nil }
        return ServerMessage(
            topic: topic, payload: message.payload, qos: QoS(rawValue: message.qualityOfService) ?? .atLeastOnce,
            retain: message.isRetained, expiryInterval: message.expirySeconds, token: message.token,
            // What carries a token waits in the hub's own tables while nobody is there.
            storage: message.token == nil ? .durable : .present)
    }
}
