extension Publish {
    var firstByte: UInt8 {
        PacketType.publish.rawValue << 4 | (isDuplicate ? 0x08 : 0) | qos.rawValue << 1 | (retain ? 0x01 : 0)
    }

    /// Topic and packet identifier; what comes before the properties.
    var headSize: Int { 2 + (topic?.text.count ?? 0) + (qos == .atMostOnce ? 0 : 2) }

    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard (packetIdentifier != nil) == (qos != .atMostOnce) else { throw .packetIdentifier }
        if isDuplicate, qos == .atMostOnce { throw .packetIdentifier }
        if topic == nil {
            if version != .v5_0 { throw .notInVersion }
            if properties.topicAlias == nil { throw .topicMissing }
        }
        return headSize + (try properties.encodedSize(in: .publish, version: version)) + payload.count
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(binary: topic?.bytes ?? [])
        if let packetIdentifier { output.append(packetIdentifier.rawValue) }
        properties.write(into: &output, version: version)
        output.append(contentsOf: payload)
    }
}

extension PublishAnswer {
    func bodySize(
        _ type: PacketType, _ place: PropertyPlace, version: ProtocolVersion
    ) throws(EncodeFailure) -> Int {
        guard version == .v5_0 else { return 2 }
        guard reason.isAllowed(in: type) else { throw .reasonNotForPacket }
        if properties.isEmpty { return reason == .success ? 2 : 3 }
        return 3 + (try properties.encodedSize(in: place, version: version))
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        output.append(packetIdentifier.rawValue)
        guard version == .v5_0, reason != .success || !properties.isEmpty else { return }
        output.append(reason.rawValue)
        if !properties.isEmpty { properties.write(into: &output, version: version) }
    }
}

extension Disconnect {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == .v5_0 else { return 0 }
        guard reason.isAllowed(in: .disconnect) else { throw .reasonNotForPacket }
        if properties.isEmpty { return reason == .success ? 0 : 1 }
        return 1 + (try properties.encodedSize(in: .disconnect, version: version))
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        guard version == .v5_0, reason != .success || !properties.isEmpty else { return }
        output.append(reason.rawValue)
        if !properties.isEmpty { properties.write(into: &output, version: version) }
    }
}

extension Auth {
    func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        guard version == .v5_0 else { throw .notInVersion }
        guard reason.isAllowed(in: .auth) else { throw .reasonNotForPacket }
        if reason == .success, properties.isEmpty { return 0 }
        if reason != .success, properties.authenticationMethod == nil { throw .propertyValue }
        return 1 + (try properties.encodedSize(in: .auth, version: version))
    }

    func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        if reason == .success, properties.isEmpty { return }
        output.append(reason.rawValue)
        properties.write(into: &output, version: version)
    }
}
