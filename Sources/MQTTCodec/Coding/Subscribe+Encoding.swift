extension Subscribe {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        if subscriptions.isEmpty { throw .listEmpty }
        var size = 2 + (try properties.encodedSize(in: .subscribe, version: version))
        for subscription in subscriptions {
            if version == .v5_0, subscription.noLocal, subscription.filter.isShared { throw .sharedNoLocal }
            size += WireSize.text(subscription.filter.text) + 1
        }
        return size
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(packetIdentifier.rawValue)
        properties.write(into: &output, version: version)
        for subscription in subscriptions {
            output.append(text: subscription.filter.text)
            output.append(subscription.options(version: version))
        }
    }
}

extension Subscription {
    /// The options byte; in 3.1.1 only its QoS exists.
    fileprivate func options(version: ProtocolVersion) -> UInt8 {
        guard version == .v5_0 else { return maximumQoS.rawValue }
        return maximumQoS.rawValue | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0)
            | retainHandling.rawValue << 4
    }
}

extension Suback {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        if reasons.isEmpty { throw .listEmpty }
        for reason in reasons where !reason.isAllowed(in: .suback) { throw .reasonNotForPacket }
        return 2 + (try properties.encodedSize(in: .suback, version: version)) + reasons.count
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(packetIdentifier.rawValue)
        properties.write(into: &output, version: version)
        for reason in reasons {
            let isHidden = version != .v5_0 && reason.isFailure
            output.append(isHidden ? ReasonCode.unspecifiedError.rawValue : reason.rawValue)
        }
    }
}

extension Unsubscribe {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        if filters.isEmpty { throw .listEmpty }
        var size = 2 + (try properties.encodedSize(in: .unsubscribe, version: version))
        for filter in filters { size += WireSize.text(filter.text) }
        return size
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(packetIdentifier.rawValue)
        properties.write(into: &output, version: version)
        for filter in filters { output.append(text: filter.text) }
    }
}

extension Unsuback {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == .v5_0 else { return 2 }
        if reasons.isEmpty { throw .listEmpty }
        for reason in reasons where !reason.isAllowed(in: .unsuback) { throw .reasonNotForPacket }
        return 2 + (try properties.encodedSize(in: .unsuback, version: version)) + reasons.count
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(packetIdentifier.rawValue)
        guard version == .v5_0 else { return }
        properties.write(into: &output, version: version)
        for reason in reasons { output.append(reason.rawValue) }
    }
}
