/// Reads a list of properties and holds it against table 2-4 (MQTT 5.0, 2.2.2).
struct PropertiesReader {
    /// The most properties in one list.
    let maximum: Int

    func read(
        _ place: PropertyPlace, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> Properties {
        let length = Int(try cursor.variableInteger(bytes))
        if length == 0 { return .none }
        var part = try cursor.part(of: length, beyondEnd: .propertyBeyondList)
        var list: [Property] = []
        // The highest identifier is 42: one bit each.
        var seen: UInt64 = 0
        while part.remaining > 0 {
            guard list.count < maximum else { throw .tooManyProperties }
            let number = try part.variableInteger(bytes)
            guard number <= 0x7F, let identifier = PropertyIdentifier(rawValue: UInt8(truncatingIfNeeded: number))
            else { throw .propertyUnknown }
            guard identifier.isAllowed(in: place) else { throw .propertyNotForPacket }
            let bit: UInt64 = 1 << UInt64(identifier.rawValue)
            if seen & bit != 0, !identifier.mayRepeat(in: place) { throw .propertyTwice }
            seen |= bit
            list.append(try value(of: identifier, bytes, &part))
        }
        let hasData = seen & 1 << UInt64(PropertyIdentifier.authenticationData.rawValue) != 0
        let hasMethod = seen & 1 << UInt64(PropertyIdentifier.authenticationMethod.rawValue) != 0
        if hasData, !hasMethod { throw .authenticationDataWithoutMethod }
        return Properties(list)
    }

    private func value(
        of identifier: PropertyIdentifier, _ bytes: Span<UInt8>, _ part: inout ByteCursor
    ) throws(DecodeFailure) -> Property {
        switch identifier {
        case .payloadFormatIndicator: .payloadFormatIndicator(try flag(bytes, &part))
        case .messageExpiryInterval: .messageExpiryInterval(try part.uint32(bytes))
        case .contentType: .contentType(try part.text(bytes))
        case .responseTopic: .responseTopic(try responseTopic(bytes, &part))
        case .correlationData: .correlationData(try part.binary(bytes))
        case .subscriptionIdentifier: .subscriptionIdentifier(try nonzero(part.variableInteger(bytes)))
        case .sessionExpiryInterval: .sessionExpiryInterval(try part.uint32(bytes))
        case .assignedClientIdentifier: .assignedClientIdentifier(try part.text(bytes))
        case .serverKeepAlive: .serverKeepAlive(try part.uint16(bytes))
        case .authenticationMethod: .authenticationMethod(try part.text(bytes))
        case .authenticationData: .authenticationData(try part.binary(bytes))
        case .requestProblemInformation: .requestProblemInformation(try flag(bytes, &part))
        case .willDelayInterval: .willDelayInterval(try part.uint32(bytes))
        case .requestResponseInformation: .requestResponseInformation(try flag(bytes, &part))
        case .responseInformation: .responseInformation(try part.text(bytes))
        case .serverReference: .serverReference(try part.text(bytes))
        case .reasonString: .reasonString(try part.text(bytes))
        case .receiveMaximum: .receiveMaximum(try nonzero(part.uint16(bytes)))
        case .topicAliasMaximum: .topicAliasMaximum(try part.uint16(bytes))
        case .topicAlias: .topicAlias(try nonzero(part.uint16(bytes), or: .topicAliasZero))
        case .maximumQoS: .maximumQoS(try flag(bytes, &part) ? .atLeastOnce : .atMostOnce)
        case .retainAvailable: .retainAvailable(try flag(bytes, &part))
        case .userProperty: .userProperty(try part.text(bytes), try part.text(bytes))
        case .maximumPacketSize: .maximumPacketSize(try nonzero(part.uint32(bytes)))
        case .wildcardSubscriptionAvailable: .wildcardSubscriptionAvailable(try flag(bytes, &part))
        case .subscriptionIdentifierAvailable: .subscriptionIdentifierAvailable(try flag(bytes, &part))
        case .sharedSubscriptionAvailable: .sharedSubscriptionAvailable(try flag(bytes, &part))
        }
    }

    /// Every one-byte property takes 0 and 1 only.
    private func flag(_ bytes: Span<UInt8>, _ part: inout ByteCursor) throws(DecodeFailure) -> Bool {
        let byte = try part.byte(bytes)
        guard byte <= 1 else { throw .propertyValue }
        return byte == 1
    }

    private func nonzero<Number: FixedWidthInteger>(
        _ number: Number, or failure: DecodeFailure = .propertyValue
    ) throws(DecodeFailure) -> Number {
        guard number != 0 else { throw failure }
        return number
    }

    private func responseTopic(_ bytes: Span<UInt8>, _ part: inout ByteCursor) throws(DecodeFailure) -> TopicName {
        guard let topic = try part.topicName(bytes, wildcard: .responseTopic) else { throw .responseTopic }
        return topic
    }
}
