/// The 27 property identifiers of MQTT 5.0, table 2-4.
public enum PropertyIdentifier: UInt8, Sendable, Hashable, CaseIterable {
    /// 1: payload format indicator; PUBLISH, will.
    case payloadFormatIndicator = 0x01
    /// 2: message expiry interval; PUBLISH, will.
    case messageExpiryInterval = 0x02
    /// 3: content type; PUBLISH, will.
    case contentType = 0x03
    /// 8: response topic; PUBLISH, will.
    case responseTopic = 0x08
    /// 9: correlation data; PUBLISH, will.
    case correlationData = 0x09
    /// 11: subscription identifier; PUBLISH, SUBSCRIBE.
    case subscriptionIdentifier = 0x0B
    /// 17: session expiry interval; CONNECT, CONNACK, DISCONNECT.
    case sessionExpiryInterval = 0x11
    /// 18: assigned client identifier; CONNACK.
    case assignedClientIdentifier = 0x12
    /// 19: server keep alive; CONNACK.
    case serverKeepAlive = 0x13
    /// 21: authentication method; CONNECT, CONNACK, AUTH.
    case authenticationMethod = 0x15
    /// 22: authentication data; CONNECT, CONNACK, AUTH.
    case authenticationData = 0x16
    /// 23: request problem information; CONNECT.
    case requestProblemInformation = 0x17
    /// 24: will delay interval; will.
    case willDelayInterval = 0x18
    /// 25: request response information; CONNECT.
    case requestResponseInformation = 0x19
    /// 26: response information; CONNACK.
    case responseInformation = 0x1A
    /// 28: server reference; CONNACK, DISCONNECT.
    case serverReference = 0x1C
    /// 31: reason string; all answers, DISCONNECT, AUTH.
    case reasonString = 0x1F
    /// 33: receive maximum; CONNECT, CONNACK.
    case receiveMaximum = 0x21
    /// 34: topic alias maximum; CONNECT, CONNACK.
    case topicAliasMaximum = 0x22
    /// 35: topic alias; PUBLISH.
    case topicAlias = 0x23
    /// 36: maximum QoS; CONNACK.
    case maximumQoS = 0x24
    /// 37: retain available; CONNACK.
    case retainAvailable = 0x25
    /// 38: user property; every packet that has properties.
    case userProperty = 0x26
    /// 39: maximum packet size; CONNECT, CONNACK.
    case maximumPacketSize = 0x27
    /// 40: wildcard subscription available; CONNACK.
    case wildcardSubscriptionAvailable = 0x28
    /// 41: subscription identifiers available; CONNACK.
    case subscriptionIdentifierAvailable = 0x29
    /// 42: shared subscription available; CONNACK.
    case sharedSubscriptionAvailable = 0x2A
}

/// Where a list of properties stands: a packet type that has one, or the will inside CONNECT.
public enum PropertyPlace: Sendable, Hashable, CaseIterable {
    case connect, will, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback,
        disconnect, auth
}

extension PropertyIdentifier {
    /// Whether table 2-4 lists this property for that place.
    public func isAllowed(in place: PropertyPlace) -> Bool {
        switch self {
        case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .correlationData:
            place == .publish || place == .will
        case .topicAlias: place == .publish
        case .subscriptionIdentifier: place == .publish || place == .subscribe
        case .willDelayInterval: place == .will
        case .sessionExpiryInterval: place == .connect || place == .connack || place == .disconnect
        case .requestProblemInformation, .requestResponseInformation: place == .connect
        case .authenticationMethod, .authenticationData: place == .connect || place == .connack || place == .auth
        case .receiveMaximum, .topicAliasMaximum, .maximumPacketSize: place == .connect || place == .connack
        case .assignedClientIdentifier, .serverKeepAlive, .responseInformation, .maximumQoS, .retainAvailable,
            .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
            place == .connack
        case .serverReference: place == .connack || place == .disconnect
        case .reasonString: PropertyIdentifier.hasReasonString(place)
        case .userProperty: true
        }
    }

    /// Whether the property may occur more than once there: user properties anywhere, subscription identifiers in a
    /// PUBLISH that several subscriptions matched ([MQTT-3.3.4-3]).
    public func mayRepeat(in place: PropertyPlace) -> Bool {
        self == .userProperty || (self == .subscriptionIdentifier && place == .publish)
    }

    private static func hasReasonString(_ place: PropertyPlace) -> Bool {
        switch place {
        case .connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .disconnect, .auth: true
        case .connect, .will, .publish, .subscribe, .unsubscribe: false
        }
    }
}
