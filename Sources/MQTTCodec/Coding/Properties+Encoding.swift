extension Properties {
    /// The list with its length in front, after a check against the packet it stands in; 3.1.1 has none.
    func encodedSize(in place: PropertyPlace, version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == .v5_0 else { return 0 }
        if list.isEmpty { return 1 }
        var seen: UInt64 = 0
        for property in list {
            let identifier = property.identifier
            guard identifier.isAllowed(in: place) else { throw .propertyNotForPacket }
            let bit: UInt64 = 1 << UInt64(identifier.rawValue)
            if seen & bit != 0, !identifier.mayRepeat(in: place) { throw .propertyTwice }
            seen |= bit
            try property.check()
        }
        let hasData = seen & 1 << UInt64(PropertyIdentifier.authenticationData.rawValue) != 0
        let hasMethod = seen & 1 << UInt64(PropertyIdentifier.authenticationMethod.rawValue) != 0
        if hasData, !hasMethod { throw .propertyValue }
        let size = contentSize
        guard size <= WireSize.maximumRemainingLength else { throw .packetTooLarge }
        return WireSize.variableInteger(size) + size
    }

    func write(into output: inout [UInt8], version: ProtocolVersion) {
        guard version == .v5_0 else { return }
        output.append(variableInteger: UInt32(truncatingIfNeeded: contentSize))
        for property in list { property.write(into: &output) }
    }

    /// Bytes of the list on the wire, without its length.
    public var contentSize: Int {
        var size = 0
        for property in list { size += property.encodedSize }
        return size
    }
}

extension Property {
    /// The ranges that table 2-4 and its sections give.
    fileprivate func check() throws(EncodeFailure) {
        switch self {
        case .subscriptionIdentifier(let value):
            guard value >= 1, value <= UInt32(WireSize.maximumRemainingLength) else { throw .propertyValue }
        case .receiveMaximum(let value), .topicAlias(let value):
            guard value != 0 else { throw .propertyValue }
        case .maximumPacketSize(let value):
            guard value != 0 else { throw .propertyValue }
        case .maximumQoS(let qos):
            guard qos != .exactlyOnce else { throw .propertyValue }
        case .correlationData(let bytes), .authenticationData(let bytes):
            _ = try WireSize.binary(bytes)
        case .payloadFormatIndicator, .messageExpiryInterval, .contentType, .responseTopic, .sessionExpiryInterval,
            .assignedClientIdentifier, .serverKeepAlive, .authenticationMethod, .requestProblemInformation,
            .willDelayInterval, .requestResponseInformation, .responseInformation, .serverReference, .reasonString,
            .topicAliasMaximum, .retainAvailable, .userProperty, .wildcardSubscriptionAvailable,
            .subscriptionIdentifierAvailable, .sharedSubscriptionAvailable:
            return
        }
    }

    fileprivate var encodedSize: Int {
        switch self {
        case .payloadFormatIndicator, .requestProblemInformation, .requestResponseInformation, .maximumQoS,
            .retainAvailable, .wildcardSubscriptionAvailable, .subscriptionIdentifierAvailable,
            .sharedSubscriptionAvailable:
            2
        case .serverKeepAlive, .receiveMaximum, .topicAliasMaximum, .topicAlias: 3
        case .messageExpiryInterval, .sessionExpiryInterval, .willDelayInterval, .maximumPacketSize: 5
        case .subscriptionIdentifier(let value): 1 + WireSize.variableInteger(Int(value))
        case .contentType(let text), .assignedClientIdentifier(let text), .authenticationMethod(let text),
            .responseInformation(let text), .serverReference(let text), .reasonString(let text):
            1 + WireSize.text(text)
        case .responseTopic(let topic): 1 + WireSize.text(topic.text)
        case .correlationData(let bytes), .authenticationData(let bytes): 3 + bytes.count
        case .userProperty(let name, let value): 1 + WireSize.text(name) + WireSize.text(value)
        }
    }

    fileprivate func write(into output: inout [UInt8]) {
        output.append(identifier.rawValue)
        switch self {
        case .payloadFormatIndicator(let flag), .requestProblemInformation(let flag),
            .requestResponseInformation(let flag), .retainAvailable(let flag), .wildcardSubscriptionAvailable(let flag),
            .subscriptionIdentifierAvailable(let flag), .sharedSubscriptionAvailable(let flag):
            output.append(flag ? 1 : 0 as UInt8)
        case .maximumQoS(let qos): output.append(qos.rawValue)
        case .serverKeepAlive(let value), .receiveMaximum(let value), .topicAliasMaximum(let value),
            .topicAlias(let value):
            output.append(value)
        case .messageExpiryInterval(let value), .sessionExpiryInterval(let value), .willDelayInterval(let value),
            .maximumPacketSize(let value):
            output.append(value)
        case .subscriptionIdentifier(let value): output.append(variableInteger: value)
        case .contentType(let text), .assignedClientIdentifier(let text), .authenticationMethod(let text),
            .responseInformation(let text), .serverReference(let text), .reasonString(let text):
            output.append(text: text)
        case .responseTopic(let topic): output.append(text: topic.text)
        case .correlationData(let bytes), .authenticationData(let bytes): output.append(binary: bytes)
        case .userProperty(let name, let value):
            output.append(text: name)
            output.append(text: value)
        }
    }
}
