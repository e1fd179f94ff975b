/// The reason codes of MQTT 5.0, table 2-6. Codes of 0x80 and above report a failure.
///
/// One number serves several packets: 0x00 is also *normal disconnection* (DISCONNECT) and *granted QoS 0* (SUBACK).
public enum ReasonCode: UInt8, Sendable, Hashable, CaseIterable {
    /// 0x00: success.
    case success = 0x00
    /// 0x01: the subscription is accepted at QoS 1 at most.
    case grantedQoS1 = 0x01
    /// 0x02: the subscription is accepted at QoS 2 at most.
    case grantedQoS2 = 0x02
    /// 0x04: the client leaves and wants its will published.
    case disconnectWithWill = 0x04
    /// 0x10: accepted, and nobody subscribes to it.
    case noMatchingSubscribers = 0x10
    /// 0x11: there was no such subscription to remove.
    case noSubscriptionExisted = 0x11
    /// 0x18: the authentication goes on.
    case continueAuthentication = 0x18
    /// 0x19: start another authentication.
    case reAuthenticate = 0x19
    /// 0x80: an error the sender does not want to tell, or that no other code covers.
    case unspecifiedError = 0x80
    /// 0x81: the packet does not follow the format.
    case malformedPacket = 0x81
    /// 0x82: the packet is well formed and breaks the protocol.
    case protocolError = 0x82
    /// 0x83: valid, and this receiver does not accept it.
    case implementationSpecificError = 0x83
    /// 0x84: the server does not speak this version of MQTT.
    case unsupportedProtocolVersion = 0x84
    /// 0x85: the client identifier is valid text and not allowed here.
    case clientIdentifierNotValid = 0x85
    /// 0x86: wrong user name or password.
    case badUserNameOrPassword = 0x86
    /// 0x87: not allowed to do this.
    case notAuthorized = 0x87
    /// 0x88: the server is not available.
    case serverUnavailable = 0x88
    /// 0x89: the server is busy; try later.
    case serverBusy = 0x89
    /// 0x8A: banned by an administrator.
    case banned = 0x8A
    /// 0x8B: the server is stopping.
    case serverShuttingDown = 0x8B
    /// 0x8C: the authentication method is not supported, or not the one in use.
    case badAuthenticationMethod = 0x8C
    /// 0x8D: nothing came for one and a half times the keep alive.
    case keepAliveTimeout = 0x8D
    /// 0x8E: another connection uses this client identifier.
    case sessionTakenOver = 0x8E
    /// 0x8F: the topic filter is well formed and not accepted.
    case topicFilterInvalid = 0x8F
    /// 0x90: the topic name is well formed and not accepted.
    case topicNameInvalid = 0x90
    /// 0x91: the packet identifier is in use already.
    case packetIdentifierInUse = 0x91
    /// 0x92: the packet identifier is not known.
    case packetIdentifierNotFound = 0x92
    /// 0x93: more unacknowledged messages than the receive maximum.
    case receiveMaximumExceeded = 0x93
    /// 0x94: a topic alias of zero or above the maximum.
    case topicAliasInvalid = 0x94
    /// 0x95: the packet is larger than the receiver takes.
    case packetTooLarge = 0x95
    /// 0x96: too many messages in a time.
    case messageRateTooHigh = 0x96
    /// 0x97: a limit of the implementation or of the administrator is reached.
    case quotaExceeded = 0x97
    /// 0x98: closed by an administrator.
    case administrativeAction = 0x98
    /// 0x99: the payload is not what its format indicator says.
    case payloadFormatInvalid = 0x99
    /// 0x9A: the server keeps no retained messages.
    case retainNotSupported = 0x9A
    /// 0x9B: a QoS above the server's maximum.
    case qosNotSupported = 0x9B
    /// 0x9C: use another server for now.
    case useAnotherServer = 0x9C
    /// 0x9D: use another server from now on.
    case serverMoved = 0x9D
    /// 0x9E: shared subscriptions are not supported.
    case sharedSubscriptionsNotSupported = 0x9E
    /// 0x9F: too many connections in a time.
    case connectionRateExceeded = 0x9F
    /// 0xA0: the connection has lasted as long as it may.
    case maximumConnectTime = 0xA0
    /// 0xA1: subscription identifiers are not supported.
    case subscriptionIdentifiersNotSupported = 0xA1
    /// 0xA2: wildcard subscriptions are not supported.
    case wildcardSubscriptionsNotSupported = 0xA2

    /// 0x00 as DISCONNECT calls it.
    public static var normalDisconnection: ReasonCode { .success }
    /// 0x00 as SUBACK calls it.
    public static var grantedQoS0: ReasonCode { .success }

    /// Whether the code reports a failure (0x80 and above).
    public var isFailure: Bool { rawValue >= 0x80 }

    /// The code with which SUBACK grants a maximum QoS.
    public static func granted(_ qos: QoS) -> ReasonCode {
        switch qos {
        case .atMostOnce: .success
        case .atLeastOnce: .grantedQoS1
        case .exactlyOnce: .grantedQoS2
        }
    }
}
