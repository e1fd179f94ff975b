public import MQTTCodec

/// Decides who may connect.
public protocol BrokerAuthenticator: Sendable {
    /// May take its time: this client waits, the others do not. Called off the event loop, at most once a connection.
    func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision
}

/// What a client says about itself before it is let in.
public struct ConnectAttempt: Sendable {
    /// The client identifier; the one the broker chose if the client left it empty.
    public let clientIdentifier: MQTTString
    /// The user name; nil if none was sent.
    public let userName: MQTTString?
    /// The password; nil if none was sent. Never write it anywhere.
    public let password: [UInt8]?
    /// Address and port of the peer.
    public let remoteAddress: String
    /// The version of the connection.
    public let version: ProtocolVersion

    /// An attempt with these fields.
    public init(
        clientIdentifier: MQTTString, userName: MQTTString?, password: [UInt8]?, remoteAddress: String,
        version: ProtocolVersion
    ) {
        self.clientIdentifier = clientIdentifier
        self.userName = userName
        self.password = password
        self.remoteAddress = remoteAddress
        self.version = version
    }
}

/// The answer to a `ConnectAttempt`.
public enum AuthenticationDecision: Sendable, Hashable {
    /// Let in, under this user name (nil: anonymous).
    case accepted(userName: String?)
    /// Refused; in 3.1.1 the nearest return code is sent.
    case refused(ReasonCode)
}

/// Decides what a client may do. Called on the event loop for every message, so it answers from memory and at once.
public protocol BrokerAuthorizer: Sendable {
    /// Whether the client may publish to the topic. Asked for wills as well, when they are published.
    func mayPublish(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> Bool
    /// How a subscription is answered: nil to grant it, or the failure code for SUBACK. Asked again for stored
    /// subscriptions when a session is resumed, so that a right taken away ends them.
    func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode?
}

/// Everybody may do everything; for a broker that only this machine reaches, and for tests.
public struct OpenAuthorizer: BrokerAuthorizer {
    /// The one there is.
    public init() {}

    /// Always true.
    public func mayPublish(_ client: ConnectedClient, to topic: TopicName, retain: Bool) -> Bool { true }

    /// Always nil.
    public func refusalToSubscribe(_ client: ConnectedClient, filter: TopicFilter) -> ReasonCode? { nil }
}

/// Everybody is let in under the user name given, its password unread; for a broker that only this machine reaches.
public struct OpenAuthenticator: BrokerAuthenticator {
    /// The one there is.
    public init() {}

    /// Always accepted.
    public func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
        .accepted(userName: attempt.userName?.description)
    }
}
