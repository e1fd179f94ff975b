/// Turns received bytes into packets, one step at a time (MQTT 5.0, 2 and 3).
///
/// Show it the unread bytes; it answers with a packet and how much it took, asks for more, or refuses. The length of a
/// packet is checked against the limits as soon as it is known, before its body is waited for, and the body is parsed
/// once, when all of it is there: bytes that drip in one at a time cost no more than bytes that come at once.
public struct PacketDecoder: Sendable {
    /// Which end decodes.
    public let receiver: PacketReceiver
    /// What is taken; may be changed between packets.
    public var limits: PacketLimits
    /// The version of the connection: a server learns it from CONNECT, nil before.
    public private(set) var version: ProtocolVersion?

    /// A decoder for the first byte of a connection.
    public init(receiver: PacketReceiver, limits: PacketLimits = PacketLimits()) {
        self.receiver = receiver
        self.limits = limits
        switch receiver {
        case .server: version = nil
        case .client(let asked): version = asked
        }
    }

    /// Looks at the unread bytes, from the first byte of a packet on. After `failure` the connection is over, and the
    /// decoder with it.
    public mutating func decode(_ bytes: Span<UInt8>) -> DecodeStep {
        guard bytes.count > 0 else { return .needMoreBytes(minimum: 2) }
        do throws(DecodeFailure) {
            let type = try packetType(bytes[0])
            guard let header = try FixedHeader(bytes) else { return .needMoreBytes(minimum: bytes.count + 1) }
            let maximum = version == nil ? limits.maximumConnectSize : limits.maximumPacketSize
            guard header.packetSize <= maximum else { throw .packetTooLarge }
            guard bytes.count >= header.packetSize else { return .needMoreBytes(minimum: header.packetSize) }
            var cursor = ByteCursor(
                position: header.size, end: header.packetSize, beyondEnd: .fieldBeyondPacket,
                allowsDiscouragedText: limits.allowsDiscouragedText)
            let packet = try packet(type, bytes, &cursor)
            // 3.1.1 has no rule that lengths be as short as possible, and its version is known only now.
            if version == .v5_0, !header.isMinimal { throw .variableIntegerNotMinimal }
            return .packet(packet, consumed: header.packetSize)
        } catch {
            return .failure(error)
        }
    }

    private func packetType(_ first: UInt8) throws(DecodeFailure) -> PacketType {
        guard let type = PacketType(rawValue: first >> 4) else { throw .reservedPacketType }
        if let flags = type.reservedFlags, first & 0x0F != flags, !isRepetition(type, first) { throw .fixedHeaderFlags }
        switch receiver {
        case .server:
            if version == nil {
                guard type == .connect else { throw .firstPacketNotConnect }
            } else if type == .connect {
                throw .secondConnect
            }
        case .client: break
        }
        if version != .v5_0, version != nil, type == .auth { throw .authIn311 }
        guard isExpected(type) else { throw .packetNotForReceiver }
        return type
    }

    /// In 3.1 these carry DUP like a PUBLISH, when they are sent again (3.1, 2.1).
    private func isRepetition(_ type: PacketType, _ first: UInt8) -> Bool {
        guard version == .v3_1, type == .pubrel || type == .subscribe || type == .unsubscribe else { return false }
        return first & 0x07 == 0x02
    }

    private func isExpected(_ type: PacketType) -> Bool {
        let isServer = receiver == .server
        return switch type {
        case .connect, .subscribe, .unsubscribe, .pingreq: isServer
        case .connack, .suback, .unsuback, .pingresp: !isServer
        case .publish, .puback, .pubrec, .pubrel, .pubcomp, .auth: true
        case .disconnect: isServer || version == .v5_0
        }
    }

    private mutating func packet(
        _ type: PacketType, _ bytes: Span<UInt8>, _ cursor: inout ByteCursor
    ) throws(DecodeFailure) -> Packet {
        guard type != .connect else {
            var reader = ConnectReader(limits: limits)
            defer { version = reader.version }
            return .connect(try reader.read(bytes, &cursor))
        }
        guard let version else { throw .firstPacketNotConnect }
        let reader = PacketReader(version: version, limits: limits, isServer: receiver == .server)
        switch type {
        case .connect: throw .secondConnect
        case .connack: return .connack(try reader.connack(bytes, &cursor))
        case .publish: return .publish(try reader.publish(bytes, &cursor))
        case .puback: return .puback(try reader.answer(.puback, .puback, bytes, &cursor))
        case .pubrec: return .pubrec(try reader.answer(.pubrec, .pubrec, bytes, &cursor))
        case .pubrel: return .pubrel(try reader.answer(.pubrel, .pubrel, bytes, &cursor))
        case .pubcomp: return .pubcomp(try reader.answer(.pubcomp, .pubcomp, bytes, &cursor))
        case .subscribe: return .subscribe(try reader.subscribe(bytes, &cursor))
        case .suback: return .suback(try reader.suback(bytes, &cursor))
        case .unsubscribe: return .unsubscribe(try reader.unsubscribe(bytes, &cursor))
        case .unsuback: return .unsuback(try reader.unsuback(bytes, &cursor))
        case .pingreq, .pingresp:
            try cursor.finish()
            return type == .pingreq ? .pingreq : .pingresp
        case .disconnect: return .disconnect(try reader.disconnect(bytes, &cursor))
        case .auth: return .auth(try reader.auth(bytes, &cursor))
        }
    }
}
