/// One property of MQTT 5.0 (2.2.2.2). Ranges named here are checked by the decoder and by the encoder.
public enum Property: Sendable, Hashable {
    /// Whether the payload is UTF-8 text (true, 1) or unspecified bytes (false, 0).
    case payloadFormatIndicator(Bool)
    /// Seconds a message lives.
    case messageExpiryInterval(UInt32)
    /// What the payload is, by agreement of the applications.
    case contentType(MQTTString)
    /// The topic for a response; no wildcards ([MQTT-3.3.2-14]).
    case responseTopic(TopicName)
    /// Bytes that tie a response to its request, 0...65535 of them.
    case correlationData([UInt8])
    /// The number of a subscription, 1...268435455.
    case subscriptionIdentifier(UInt32)
    /// Seconds a session outlives its connection; 0xFFFFFFFF is for ever.
    case sessionExpiryInterval(UInt32)
    /// The client identifier that the server chose.
    case assignedClientIdentifier(MQTTString)
    /// Seconds; replaces the keep alive that the client asked for.
    case serverKeepAlive(UInt16)
    /// The name of an extended authentication method.
    case authenticationMethod(MQTTString)
    /// Bytes of that method, 0...65535 of them.
    case authenticationData([UInt8])
    /// Whether the client wants reason strings and user properties with failures.
    case requestProblemInformation(Bool)
    /// Seconds between the loss of the connection and the will.
    case willDelayInterval(UInt32)
    /// Whether the client wants response information.
    case requestResponseInformation(Bool)
    /// Text to build response topics from.
    case responseInformation(MQTTString)
    /// Another server to use.
    case serverReference(MQTTString)
    /// A reason for people to read.
    case reasonString(MQTTString)
    /// How many QoS 1 and 2 messages may be unacknowledged at once, 1...65535.
    case receiveMaximum(UInt16)
    /// The highest topic alias taken; 0 takes none.
    case topicAliasMaximum(UInt16)
    /// A number that stands for a topic on this connection, 1...65535 ([MQTT-3.3.2-8]).
    case topicAlias(UInt16)
    /// The highest QoS the server takes: at most once or at least once.
    case maximumQoS(QoS)
    /// Whether the server keeps retained messages.
    case retainAvailable(Bool)
    /// A name and a value of the application's.
    case userProperty(MQTTString, MQTTString)
    /// The largest packet taken, in bytes, 1 or more.
    case maximumPacketSize(UInt32)
    /// Whether the server takes wildcards.
    case wildcardSubscriptionAvailable(Bool)
    /// Whether the server takes subscription identifiers.
    case subscriptionIdentifierAvailable(Bool)
    /// Whether the server takes shared subscriptions.
    case sharedSubscriptionAvailable(Bool)

    /// Which of the 27 this is.
    public var identifier: PropertyIdentifier {
        switch self {
        case .payloadFormatIndicator: .payloadFormatIndicator
        case .messageExpiryInterval: .messageExpiryInterval
        case .contentType: .contentType
        case .responseTopic: .responseTopic
        case .correlationData: .correlationData
        case .subscriptionIdentifier: .subscriptionIdentifier
        case .sessionExpiryInterval: .sessionExpiryInterval
        case .assignedClientIdentifier: .assignedClientIdentifier
        case .serverKeepAlive: .serverKeepAlive
        case .authenticationMethod: .authenticationMethod
        case .authenticationData: .authenticationData
        case .requestProblemInformation: .requestProblemInformation
        case .willDelayInterval: .willDelayInterval
        case .requestResponseInformation: .requestResponseInformation
        case .responseInformation: .responseInformation
        case .serverReference: .serverReference
        case .reasonString: .reasonString
        case .receiveMaximum: .receiveMaximum
        case .topicAliasMaximum: .topicAliasMaximum
        case .topicAlias: .topicAlias
        case .maximumQoS: .maximumQoS
        case .retainAvailable: .retainAvailable
        case .userProperty: .userProperty
        case .maximumPacketSize: .maximumPacketSize
        case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable
        case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable
        case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable
        }
    }
}
