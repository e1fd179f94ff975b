extension DecodeFailure {
    /// The reason code to answer with, the clause that is broken, and what happened, in words without any content of
    /// the packet: fit for a log.
    public var rule: (reason: ReasonCode, clause: StaticString, text: StaticString) {
        switch self {
        case .reservedPacketType: (.protocolError, "MQTT 5.0, 2.1.2", "packet type 0 is reserved")
        case .authIn311: (.protocolError, "MQTT 3.1.1, 2.2.1", "packet type 15 is reserved in 3.1.1")
        case .fixedHeaderFlags:
            (.malformedPacket, "MQTT-2.1.3-1", "the reserved flags of the fixed header have another value")
        case .remainingLengthTooLong:
            (.malformedPacket, "MQTT 5.0, 1.5.5", "the remaining length takes more than four bytes")
        case .variableIntegerTooLong:
            (.malformedPacket, "MQTT 5.0, 1.5.5", "a variable byte integer takes more than four bytes")
        case .variableIntegerNotMinimal:
            (.malformedPacket, "MQTT-1.5.5-1", "a variable byte integer takes more bytes than it needs")
        case .packetTooLarge: (.packetTooLarge, "MQTT-3.2.2-15", "the packet is larger than the maximum")
        case .fieldBeyondPacket: (.malformedPacket, "MQTT 5.0, 2.1.4", "a field reaches past the end of the packet")
        case .trailingBytes: (.malformedPacket, "MQTT 5.0, 2.1.4", "bytes are left over behind the last field")
        case .textNotUTF8: (.malformedPacket, "MQTT-1.5.4-1", "a string is not well-formed UTF-8")
        case .textHasNull: (.malformedPacket, "MQTT-1.5.4-2", "a string contains U+0000")
        case .textDiscouraged:
            (.malformedPacket, "MQTT 5.0, 1.5.4", "a string contains a control character or a non-character")
        case .packetNotForReceiver:
            (.protocolError, "MQTT 5.0, 2.1.2", "this packet type never travels in this direction")
        case .firstPacketNotConnect: (.protocolError, "MQTT-3.1.0-1", "the first packet is not CONNECT")
        case .secondConnect: (.protocolError, "MQTT-3.1.0-2", "a second CONNECT on one connection")
        case .protocolName: (.unsupportedProtocolVersion, "MQTT-3.1.2-1", "the protocol name is not MQTT")
        case .protocolLevelTooOld:
            (.unsupportedProtocolVersion, "MQTT-3.1.2-2", "a protocol level before 3.1.1 is not spoken here")
        case .protocolLevelPrivate:
            (.unsupportedProtocolVersion, "MQTT-3.1.2-2", "a protocol level above 127 is private to bridges")
        case .protocolLevelTooNew:
            (.unsupportedProtocolVersion, "MQTT-3.1.2-2", "a protocol level after 5.0 is not spoken here")
        case .connectReservedFlag: (.malformedPacket, "MQTT-3.1.2-3", "the reserved flag of CONNECT is 1")
        case .willFlagsWithoutWill:
            (.malformedPacket, "MQTT-3.1.2-11, MQTT-3.1.2-13", "will QoS or will retain without the will flag")
        case .willQoS: (.malformedPacket, "MQTT-3.1.2-12", "the will QoS is 3")
        case .willTopic: (.malformedPacket, "MQTT-3.1.3-11", "the will topic is empty or has a wildcard")
        case .passwordWithoutUserName:
            (.protocolError, "MQTT-3.1.2-22 of 3.1.1", "3.1.1 allows no password without a user name")
        case .emptyClientIdentifier:
            (.clientIdentifierNotValid, "MQTT-3.1.3-8 of 3.1.1", "an empty client identifier needs a clean session")
        case .connackFlags: (.malformedPacket, "MQTT-3.2.2-1", "bits 7 to 1 of the CONNACK flags are not 0")
        case .sessionPresentWithFailure: (.protocolError, "MQTT-3.2.2-6", "session present together with a refusal")
        case .reservedReasonCode: (.protocolError, "MQTT 5.0, 2.4", "the reason code is reserved")
        case .reasonCodeNotForPacket:
            (.protocolError, "MQTT 5.0, 2.4", "the reason code does not belong to this packet")
        case .publishQoS: (.malformedPacket, "MQTT-3.3.1-4", "the QoS of PUBLISH is 3")
        case .duplicateAtQoS0: (.malformedPacket, "MQTT-3.3.1-2", "DUP is set at QoS 0")
        case .topicEmpty: (.malformedPacket, "MQTT-4.7.3-1", "the topic name is empty")
        case .topicEmptyWithoutAlias:
            (.protocolError, "MQTT 5.0, 3.3.2.1", "the topic name is empty and there is no topic alias")
        case .topicHasWildcard: (.malformedPacket, "MQTT-3.3.2-2", "the topic name has a wildcard")
        case .responseTopic: (.protocolError, "MQTT-3.3.2-14", "the response topic is empty or has a wildcard")
        case .authenticationMethodMissing:
            (.protocolError, "MQTT 5.0, 3.15.2.2.2", "AUTH without an authentication method")
        case .packetIdentifierZero: (.protocolError, "MQTT-2.2.1-3", "the packet identifier is 0")
        case .noSubscriptions: (.protocolError, "MQTT-3.8.3-2", "SUBSCRIBE without a topic filter")
        case .noFilters: (.protocolError, "MQTT-3.10.3-2", "UNSUBSCRIBE without a topic filter")
        case .noReasonCodes: (.protocolError, "MQTT 5.0, 3.9.3", "an answer without a reason code for each filter")
        case .topicFilterEmpty: (.malformedPacket, "MQTT-4.7.3-1", "a topic filter is empty")
        case .topicFilterWildcard:
            (.malformedPacket, "MQTT-4.7.1-1, MQTT-4.7.1-2", "a wildcard of a topic filter is misplaced")
        case .topicFilterShare:
            (.malformedPacket, "MQTT-4.8.2-1, MQTT-4.8.2-2", "$share without a group or without a filter")
        case .subscriptionOptionsReserved:
            (.malformedPacket, "MQTT-3.8.3-5", "reserved bits of the subscription options are not 0")
        case .subscriptionQoS: (.protocolError, "MQTT 5.0, 3.8.3.1", "the maximum QoS of a subscription is 3")
        case .retainHandling: (.protocolError, "MQTT 5.0, 3.8.3.1", "the retain handling is 3")
        case .sharedNoLocal: (.protocolError, "MQTT-3.8.3-4", "no local on a shared subscription")
        case .propertyUnknown: (.malformedPacket, "MQTT 5.0, 2.2.2.2", "a property identifier that does not exist")
        case .propertyNotForPacket:
            (.malformedPacket, "MQTT 5.0, 2.2.2.2", "a property that this packet does not have")
        case .propertyTwice: (.protocolError, "MQTT 5.0, 2.2.2.2", "a property occurs more than once")
        case .propertyBeyondList:
            (.malformedPacket, "MQTT 5.0, 2.2.2", "a property reaches past the end of the properties")
        case .propertyValue: (.protocolError, "MQTT 5.0, 2.2.2.2", "a property has a value outside its range")
        case .topicAliasZero: (.topicAliasInvalid, "MQTT-3.3.2-8", "the topic alias is 0")
        case .subscriptionIdentifierFromClient:
            (.protocolError, "MQTT-3.3.4-6", "a client's PUBLISH has a subscription identifier")
        case .sessionExpiryFromServer:
            (.protocolError, "MQTT-3.14.2-2", "a server's DISCONNECT has a session expiry interval")
        case .authenticationDataWithoutMethod:
            (.protocolError, "MQTT 5.0, 3.1.2.11.10", "authentication data without a method")
        case .tooManyProperties:
            (.quotaExceeded, "a limit of this decoder", "more properties in one packet than the limit")
        }
    }

    /// The reason code of MQTT 5.0 for this failure.
    public var reason: ReasonCode { rule.reason }

    /// The clause of the specification, MQTT 5.0 unless it says otherwise.
    public var clause: StaticString { rule.clause }

    /// What happened.
    public var text: StaticString { rule.text }
}
