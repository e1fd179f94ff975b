/// Reads the bodies of the packets that carry messages and their answers, once the version is known.
struct PacketReader {
    let version: ProtocolVersion
    let limits: PacketLimits
    let isServer: Bool

    func publish(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Publish {
        let flags = bytes[0]
        guard let qos = QoS(rawValue: flags >> 1 & 0x03) else { throw .publishQoS }
        let isDuplicate = flags & 0x08 != 0
        if isDuplicate, qos == .atMostOnce { throw .duplicateAtQoS0 }
        let topic = try cursor.topicName(bytes, wildcard: .topicHasWildcard)
        if topic == nil, version != .v5_0 { throw .topicEmpty }
        let identifier = try qos == .atMostOnce ? nil : cursor.packetIdentifier(bytes)
        let properties = try properties(.publish, bytes, &cursor)
        if topic == nil, properties.topicAlias == nil { throw .topicEmptyWithoutAlias }
        if isServer, !properties.isEmpty, !properties.subscriptionIdentifiers.isEmpty {
            throw .subscriptionIdentifierFromClient
        }
        return Publish(
            topic: topic, payload: cursor.rest(bytes), qos: qos, retain: flags & 0x01 != 0, isDuplicate: isDuplicate,
            packetIdentifier: identifier, properties: properties)
    }

    func answer(
        _ type: PacketType, _ place: PropertyPlace, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> PublishAnswer {
        var answer = PublishAnswer(packetIdentifier: try cursor.packetIdentifier(bytes))
        guard version == .v5_0, cursor.remaining > 0 else {
            try cursor.finish()
            return answer
        }
        answer.reason = try reason(type, bytes, &cursor)
        if cursor.remaining > 0 { answer.properties = try properties(place, bytes, &cursor) }
        try cursor.finish()
        return answer
    }

    func disconnect(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Disconnect {
        var disconnect = Disconnect()
        guard version == .v5_0, cursor.remaining > 0 else {
            try cursor.finish()
            return disconnect
        }
        disconnect.reason = try reason(.disconnect, bytes, &cursor)
        if cursor.remaining > 0 { disconnect.properties = try properties(.disconnect, bytes, &cursor) }
        if !isServer, disconnect.properties.sessionExpiryInterval != nil { throw .sessionExpiryFromServer }
        try cursor.finish()
        return disconnect
    }

    func auth(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Auth {
        let reason = try cursor.remaining > 0 ? reason(.auth, bytes, &cursor) : .success
        // Only a server ends an exchange with success, only a client begins another (table 3-12).
        guard reason != (isServer ? .success : .reAuthenticate) else { throw .reasonCodeNotForPacket }
        let properties = try cursor.remaining > 0 ? properties(.auth, bytes, &cursor) : .none
        if reason != .success, properties.authenticationMethod == nil { throw .authenticationMethodMissing }
        try cursor.finish()
        return Auth(reason: reason, properties: properties)
    }

    func properties(
        _ place: PropertyPlace, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> Properties {
        guard version == .v5_0 else { return .none }
        return try PropertiesReader(maximum: limits.maximumProperties).read(place, bytes, &cursor)
    }

    func reason(
        _ type: PacketType, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> ReasonCode {
        guard let reason = ReasonCode(rawValue: try cursor.byte(bytes)) else { throw .reservedReasonCode }
        guard reason.isAllowed(in: type) else { throw .reasonCodeNotForPacket }
        return reason
    }
}
