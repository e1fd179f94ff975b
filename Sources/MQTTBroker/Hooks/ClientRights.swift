public import MQTTCodec

/// What one client may publish and subscribe. It never changes: a client whose rights change is sent away
/// (`Broker.disconnect(owner:)`) and gets new ones when it comes back.
///
/// Nothing is allocated by a question.
public final class ClientRights: Sendable {
    /// The client may publish to every topic that one of these matches. A shared filter matches none.
    public let publish: [TopicFilter]
    /// The client may subscribe to each of these and to everything narrower: see `TopicFilter.covers`.
    public let subscribe: [TopicFilter]
    /// Whether everything the client publishes is set aside (`PublishDecision.setAside`), on whatever topic.
    public let isSetAside: Bool
    /// How fast the client may publish; nil for `BrokerLimits.messageRate`.
    public let messageRate: MessageRate?
    /// How many subscriptions its session may have; nil for `BrokerLimits.subscriptionsPerSession`.
    public let subscriptions: Int?
    /// How long its session may outlive its connection, in seconds; nil for what the configuration says.
    public let sessionExpiry: UInt32?
    /// The state of the authenticator's knowledge from which these rights were made: a number that grows with it. A connection with newer
    /// rights is left alone when those with older ones are ended.
    public let revision: Int64
    /// Filters without wildcard, which are topics; looked at first.
    private let exactTopics: [[UInt8]]
    private let patterns: [TopicFilter]

    /// Rights to these filters.
    public init(
        publish: [TopicFilter], subscribe: [TopicFilter], isSetAside: Bool = false, messageRate: MessageRate? = nil,
        subscriptions: Int? = nil, sessionExpiry: UInt32? = nil, revision: Int64 = 0
    ) {
        self.publish = publish
        self.subscribe = subscribe
        self.isSetAside = isSetAside
        self.messageRate = messageRate
        self.subscriptions = subscriptions
        self.sessionExpiry = sessionExpiry
        self.revision = revision
        exactTopics = publish.filter { !$0.isShared && !$0.hasWildcard }.map(\.bytes)
        patterns = publish.filter { !$0.isShared && $0.hasWildcard }
    }

    /// Whether the topic is among those the client may publish to.
    public func mayPublish(to topic: TopicName) -> Bool {
        let bytes = topic.bytes
        for exact in exactTopics where exact == bytes { return true }
        for pattern in patterns where pattern.matches(topic) { return true }
        return false
    }

    /// What becomes of a message to the topic.
    public func publishing(to topic: TopicName) -> PublishDecision {
        if isSetAside { return .setAside }
        return mayPublish(to: topic) ? .granted : .refused
    }

    /// Whether the client may have this subscription.
    public func maySubscribe(to filter: TopicFilter) -> Bool {
        for granted in subscribe where granted.covers(filter) { return true }
        return false
    }
}

/// How many messages a client may publish: so many a second, and so many at once after it was quiet.
public struct MessageRate: Sendable, Hashable {
    /// Messages a second on average; 0 for no limit.
    public var perSecond: Int
    /// Messages at once, after a time of rest; at least 1 counts, and what the rate gives in a quarter of a second.
    public var burst: Int

    /// No limit.
    public static let unlimited = MessageRate(perSecond: 0, burst: 0)

    /// A rate; numbers below 0 count as 0.
    public init(perSecond: Int, burst: Int) {
        self.perSecond = max(0, perSecond)
        self.burst = max(0, burst)
    }
}
