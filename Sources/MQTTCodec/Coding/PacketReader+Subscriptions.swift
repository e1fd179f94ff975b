/// CONNACK and the packets of subscribing.
extension PacketReader {
    func connack(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Connack {
        // 3.1 does not use that byte.
        let flags = try version == .v3_1 ? cursor.byte(bytes) & 0 : cursor.byte(bytes)
        guard flags & 0xFE == 0 else { throw .connackFlags }
        let sessionPresent = flags == 1
        // A server of 3.1.1 refuses a 5.0 client in the 3.1.1 form, whose code 1 means nothing else in 5.0.
        let isOldRefusal = version == .v5_0 && cursor.remaining == 1 && bytes[cursor.position] == 1
        var connack = Connack(sessionPresent: sessionPresent)
        if version != .v5_0 || isOldRefusal {
            guard let code = ConnectReturnCode(rawValue: try cursor.byte(bytes)) else { throw .reservedReasonCode }
            connack.reason = code.reasonCode
        } else {
            connack.reason = try reason(.connack, bytes, &cursor)
            connack.properties = try properties(.connack, bytes, &cursor)
        }
        if sessionPresent, connack.reason != .success { throw .sessionPresentWithFailure }
        try cursor.finish()
        return connack
    }

    func subscribe(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Subscribe {
        let identifier = try cursor.packetIdentifier(bytes)
        let properties = try properties(.subscribe, bytes, &cursor)
        var subscriptions: [Subscription] = []
        while cursor.remaining > 0 {
            subscriptions.append(try subscription(bytes, &cursor))
        }
        if subscriptions.isEmpty { throw .noSubscriptions }
        return Subscribe(packetIdentifier: identifier, subscriptions: subscriptions, properties: properties)
    }

    private func subscription(
        _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> Subscription {
        let filter = try cursor.topicFilter(bytes)
        let options = try cursor.byte(bytes)
        guard options & (version == .v5_0 ? 0xC0 : 0xFC) == 0 else { throw .subscriptionOptionsReserved }
        guard let qos = QoS(rawValue: options & 0x03) else { throw .subscriptionQoS }
        guard let handling = RetainHandling(rawValue: options >> 4) else { throw .retainHandling }
        let noLocal = options & 0x04 != 0
        if noLocal, filter.isShared { throw .sharedNoLocal }
        return Subscription(
            filter: filter, maximumQoS: qos, noLocal: noLocal, retainAsPublished: options & 0x08 != 0,
            retainHandling: handling)
    }

    func suback(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Suback {
        let identifier = try cursor.packetIdentifier(bytes)
        let properties = try properties(.suback, bytes, &cursor)
        return Suback(
            packetIdentifier: identifier, reasons: try reasons(.suback, bytes, &cursor), properties: properties)
    }

    func unsubscribe(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Unsubscribe {
        let identifier = try cursor.packetIdentifier(bytes)
        let properties = try properties(.unsubscribe, bytes, &cursor)
        var filters: [TopicFilter] = []
        while cursor.remaining > 0 {
            filters.append(try cursor.topicFilter(bytes))
        }
        if filters.isEmpty { throw .noFilters }
        return Unsubscribe(packetIdentifier: identifier, filters: filters, properties: properties)
    }

    func unsuback(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Unsuback {
        let identifier = try cursor.packetIdentifier(bytes)
        guard version == .v5_0 else {
            try cursor.finish()
            return Unsuback(packetIdentifier: identifier, reasons: [])
        }
        let properties = try properties(.unsuback, bytes, &cursor)
        return Unsuback(
            packetIdentifier: identifier, reasons: try reasons(.unsuback, bytes, &cursor), properties: properties)
    }

    private func reasons(
        _ type: PacketType, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> [ReasonCode] {
        var reasons: [ReasonCode] = []
        while cursor.remaining > 0 {
            let reason = try reason(type, bytes, &cursor)
            // 3.1.1 knows one failure only (3.1.1, 3.9.3).
            if version != .v5_0, reason.isFailure, reason != .unspecifiedError { throw .reservedReasonCode }
            reasons.append(reason)
        }
        if reasons.isEmpty { throw .noReasonCodes }
        return reasons
    }
}
