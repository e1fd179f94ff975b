/// Reads CONNECT (MQTT 5.0, 3.1; 3.1.1, 3.1).
struct ConnectReader {
    let limits: PacketLimits
    /// Known as soon as the protocol level is read, so that a refusal can be sent in the right form.
    private(set) var version: ProtocolVersion?

    init(limits: PacketLimits) { self.limits = limits }

    mutating func read(_ bytes: Span<UInt8>, _ cursor: inout ByteCursor) throws(DecodeFailure) -> Connect {
        let (version, isBridge) = try protocolVersion(bytes, &cursor)
        self.version = version
        let flags = try ConnectFlags(rawValue: cursor.byte(bytes), version: version)
        let keepAlive = try cursor.uint16(bytes)
        let reader = PropertiesReader(maximum: limits.maximumProperties)
        let properties = version == .v5_0 ? try reader.read(.connect, bytes, &cursor) : .none
        let clientIdentifier = try cursor.text(bytes)
        // 3.1 wants 1 to 23 characters; nobody is kept out for more, nor for none where 3.1.1 allows none.
        if version != .v5_0, clientIdentifier.isEmpty, !flags.cleanStart { throw .emptyClientIdentifier }
        let will = try flags.hasWill ? will(flags, version, bytes, &cursor) : nil
        // In 3.1 the length of the packet outweighs these flags (3.1, CONNECT, user name and password).
        let mayEnd = version == .v3_1
        let userName = try flags.hasUserName && !(mayEnd && cursor.remaining == 0) ? cursor.text(bytes) : nil
        let password = try flags.hasPassword && !(mayEnd && cursor.remaining == 0) ? cursor.binary(bytes) : nil
        try cursor.finish()
        return Connect(
            version: version, clientIdentifier: clientIdentifier, cleanStart: flags.cleanStart, keepAlive: keepAlive,
            will: will, userName: userName, password: password, properties: properties, isBridge: isBridge)
    }

    private func protocolVersion(
        _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> (ProtocolVersion, isBridge: Bool) {
        let name = try cursor.lengthAndRange(bytes)
        let isMQTT = ConnectReader.equals(bytes, name, "MQTT")
        guard isMQTT || ConnectReader.equals(bytes, name, "MQIsdp") else { throw .protocolName }
        let level = try cursor.byte(bytes)
        let isPrivate = level & ProtocolVersion.bridgeBit != 0
        if let version = ProtocolVersion(rawValue: level & ~ProtocolVersion.bridgeBit), isMQTT == (version != .v3_1),
            // In 5.0 a bridge asks for what it needs with each subscription.
            !isPrivate || version != .v5_0
        {
            return (version, isPrivate)
        }
        if isPrivate { throw .protocolLevelPrivate }
        throw isMQTT && level > ProtocolVersion.v5_0.rawValue ? .protocolLevelTooNew : .protocolLevelTooOld
    }

    private func will(
        _ flags: ConnectFlags, _ version: ProtocolVersion, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> Will {
        let reader = PropertiesReader(maximum: limits.maximumProperties)
        let properties = version == .v5_0 ? try reader.read(.will, bytes, &cursor) : .none
        guard let topic = try cursor.topicName(bytes, wildcard: .willTopic) else { throw .willTopic }
        return Will(
            topic: topic, payload: try cursor.binary(bytes), qos: flags.willQoS, retain: flags.willRetain,
            properties: properties)
    }

    private static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        // The pointer is to a constant of the program and lives only for the call.
        return name.withUTF8Buffer { expected in
            for offset in 0..<expected.count where bytes[range.lowerBound + offset] != expected[offset] {
                return false
            }
            return true
        }
    }
}

/// The flags of CONNECT (MQTT 5.0, 3.1.2.3).
struct ConnectFlags {
    let rawValue: UInt8
    let willQoS: QoS

    var cleanStart: Bool { rawValue & 0x02 != 0 }
    var hasWill: Bool { rawValue & 0x04 != 0 }
    var willRetain: Bool { rawValue & 0x20 != 0 }
    var hasPassword: Bool { rawValue & 0x40 != 0 }
    var hasUserName: Bool { rawValue & 0x80 != 0 }

    init(rawValue: UInt8, version: ProtocolVersion) throws(DecodeFailure) {
        // 3.1 does not use that bit, nor those of a will without a will.
        if rawValue & 0x01 != 0, version != .v3_1 { throw .connectReservedFlag }
        guard let willQoS = QoS(rawValue: rawValue >> 3 & 0x03) else { throw .willQoS }
        self.rawValue = rawValue
        self.willQoS = willQoS
        if !hasWill, willRetain || willQoS != .atMostOnce, version != .v3_1 { throw .willFlagsWithoutWill }
        if version != .v5_0, hasPassword, !hasUserName { throw .passwordWithoutUserName }
    }

    init(_ connect: Connect) {
        willQoS = connect.will?.qos ?? .atMostOnce
        rawValue =
            (connect.cleanStart ? 0x02 : 0) | (connect.will == nil ? 0 : 0x04) | willQoS.rawValue << 3
            | (connect.will?.retain == true ? 0x20 : 0) | (connect.password == nil ? 0 : 0x40)
            | (connect.userName == nil ? 0 : 0x80)
    }
}
