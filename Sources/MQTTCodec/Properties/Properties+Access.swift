/// Typed access to each property by name: its value, or nil if the packet does not carry it.
extension Properties {
    /// True if the payload is UTF-8 text; nil if not told.
    public var payloadFormatIndicator: Bool? {
        first { if case .payloadFormatIndicator(let value) = $0 { value } else { nil } }
    }

    /// Seconds the message lives; nil is for ever.
    public var messageExpiryInterval: UInt32? {
        first { if case .messageExpiryInterval(let value) = $0 { value } else { nil } }
    }

    /// What the payload is.
    public var contentType: MQTTString? {
        first { if case .contentType(let value) = $0 { value } else { nil } }
    }

    /// The topic for a response.
    public var responseTopic: TopicName? {
        first { if case .responseTopic(let value) = $0 { value } else { nil } }
    }

    /// What ties a response to its request.
    public var correlationData: [UInt8]? {
        first { if case .correlationData(let value) = $0 { value } else { nil } }
    }

    /// Seconds the session outlives its connection; nil is 0 in CONNECT.
    public var sessionExpiryInterval: UInt32? {
        first { if case .sessionExpiryInterval(let value) = $0 { value } else { nil } }
    }

    /// The client identifier that the server chose.
    public var assignedClientIdentifier: MQTTString? {
        first { if case .assignedClientIdentifier(let value) = $0 { value } else { nil } }
    }

    /// Seconds; the keep alive to use instead of the one asked for.
    public var serverKeepAlive: UInt16? {
        first { if case .serverKeepAlive(let value) = $0 { value } else { nil } }
    }

    /// The extended authentication method.
    public var authenticationMethod: MQTTString? {
        first { if case .authenticationMethod(let value) = $0 { value } else { nil } }
    }

    /// Data of that method.
    public var authenticationData: [UInt8]? {
        first { if case .authenticationData(let value) = $0 { value } else { nil } }
    }

    /// Whether reason strings are wanted with failures; nil is true.
    public var requestProblemInformation: Bool? {
        first { if case .requestProblemInformation(let value) = $0 { value } else { nil } }
    }

    /// Seconds before the will is published; nil is 0.
    public var willDelayInterval: UInt32? {
        first { if case .willDelayInterval(let value) = $0 { value } else { nil } }
    }

    /// Whether response information is wanted; nil is false.
    public var requestResponseInformation: Bool? {
        first { if case .requestResponseInformation(let value) = $0 { value } else { nil } }
    }

    /// Text to build response topics from.
    public var responseInformation: MQTTString? {
        first { if case .responseInformation(let value) = $0 { value } else { nil } }
    }

    /// Another server to use.
    public var serverReference: MQTTString? {
        first { if case .serverReference(let value) = $0 { value } else { nil } }
    }

    /// A reason for people to read.
    public var reasonString: MQTTString? {
        first { if case .reasonString(let value) = $0 { value } else { nil } }
    }

    /// How many QoS 1 and 2 messages may be unacknowledged; nil is 65535.
    public var receiveMaximum: UInt16? {
        first { if case .receiveMaximum(let value) = $0 { value } else { nil } }
    }

    /// The highest topic alias taken; nil is 0.
    public var topicAliasMaximum: UInt16? {
        first { if case .topicAliasMaximum(let value) = $0 { value } else { nil } }
    }

    /// The topic alias of this PUBLISH.
    public var topicAlias: UInt16? {
        first { if case .topicAlias(let value) = $0 { value } else { nil } }
    }

    /// The highest QoS the server takes; nil is exactly once.
    public var maximumQoS: QoS? {
        first { if case .maximumQoS(let value) = $0 { value } else { nil } }
    }

    /// Whether the server keeps retained messages; nil is true.
    public var retainAvailable: Bool? {
        first { if case .retainAvailable(let value) = $0 { value } else { nil } }
    }

    /// The largest packet taken, in bytes; nil is no limit.
    public var maximumPacketSize: UInt32? {
        first { if case .maximumPacketSize(let value) = $0 { value } else { nil } }
    }

    /// Whether the server takes wildcards; nil is true.
    public var wildcardSubscriptionAvailable: Bool? {
        first { if case .wildcardSubscriptionAvailable(let value) = $0 { value } else { nil } }
    }

    /// Whether the server takes subscription identifiers; nil is true.
    public var subscriptionIdentifierAvailable: Bool? {
        first { if case .subscriptionIdentifierAvailable(let value) = $0 { value } else { nil } }
    }

    /// Whether the server takes shared subscriptions; nil is true.
    public var sharedSubscriptionAvailable: Bool? {
        first { if case .sharedSubscriptionAvailable(let value) = $0 { value } else { nil } }
    }

    /// The subscription identifiers, in order: at most one in SUBSCRIBE, any number in PUBLISH.
    public var subscriptionIdentifiers: [UInt32] {
        list.compactMap { if case .subscriptionIdentifier(let value) = $0 { value } else { nil } }
    }

    /// The user properties, in order; a name may occur more than once.
    public var userProperties: [(name: MQTTString, value: MQTTString)] {
        list.compactMap { if case .userProperty(let name, let value) = $0 { (name: name, value: value) } else { nil } }
    }
}
