internal import HubModel
public import Ingest
public import MQTTBroker
internal import MQTTCodec
public import SolutionKit
internal import Synchronization

/// Carries what a committed batch publishes to the broker, and the broker's reports on it back into the line.
///
/// Line and broker need each other; so this is made first, given to the line, and then gets both.
public final class BrokerOutbound: OutboundSink {
    private struct State {
        var tokens = DeliveryTokens(capacity: 100_000)
        var publish: (@Sendable ([ServerMessage]) -> Void)?
        var line: IngestLine?
    }

    private let state = Mutex(State())

    /// An outbound way that leads nowhere yet.
    public init() {}

    /// Leads the way to a broker and its reports to a line. Call it before the line runs.
    public func connect(line: IngestLine, publish: @escaping @Sendable ([ServerMessage]) -> Void) {
        state.withLock {
            $0.line = line
            $0.publish = publish
        }
    }

    /// Publishes messages in order; one whose topic is no topic name is our own mistake and is left out.
    public func publish(_ messages: [OutgoingMessage]) {
        let (publish, converted) = state.withLock { state in
            (state.publish, messages.compactMap { BrokerOutbound.serverMessage($0, tokens: &state.tokens) })
        }
        publish?(converted)
    }

    /// Takes the broker's reports; called on its event loop.
    public func take(_ events: [DeliveryEvent]) {
        let (line, items) = state.withLock { state in
            (state.line, events.compactMap { BrokerOutbound.item($0, tokens: &state.tokens) })
        }
        guard let line, !items.isEmpty else { return }
        // When the queue is full a report is lost: the solution gives up waiting for it and publishes again, and the device may
        // see the command twice, under one identifier.
        _ = line.offer(Submission(items: items) { _ in })
    }

    private static func serverMessage(_ message: OutgoingMessage, tokens: inout DeliveryTokens) -> ServerMessage? {
        guard let topic = try? TopicName(message.topic) else { return nil }
        return ServerMessage(
            topic: topic, payload: message.payload, qos: QoS(rawValue: message.qualityOfService) ?? .atLeastOnce,
            retain: message.isRetained, expiryInterval: message.expirySeconds,
            token: message.token.map { tokens.number(for: $0) },
            // What carries a token waits in the hub's own tables while nobody is there: a session's queue would
            // deliver it twice.
            storage: message.token == nil ? .durable : .memory)
    }

    private static func item(_ event: DeliveryEvent, tokens: inout DeliveryTokens) -> LineItem? {
        switch event {
        case .routed(let token, let online, _):
            guard let name = tokens.name(of: token) else { return nil }
            if online == 0 { tokens.forget(token) }
            return .delivery(.passedOn(token: name, subscribers: online))
        case .acknowledged(let token, let client):
            return tokens.name(of: token).map { .delivery(.acknowledged(token: $0, clientID: client.description)) }
        case .notStored(let token):
            defer { tokens.forget(token) }
            return tokens.name(of: token).map { .delivery(.passedOn(token: $0, subscribers: 0)) }
        case .dropped:
            // Another client may still acknowledge it; if none does, the command times out.
            return nil
        }
    }
}
