extension Packet {
    /// Appends the packet as it goes on the wire. Throws, with nothing appended, if the value has no valid form in that
    /// version. What 3.1.1 has no field for (properties, reason codes of answers) is left out.
    public func encode(into output: inout [UInt8], version: ProtocolVersion) throws(EncodeFailure) {
        let size = try bodySize(version: version)
        output.append(firstByte)
        output.append(variableInteger: UInt32(truncatingIfNeeded: size))
        writeBody(into: &output, version: version)
    }

    /// How many bytes `encode` appends: 2...268,435,460. Throws what `encode` would throw.
    public func encodedSize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        let size = try bodySize(version: version)
        return 1 + WireSize.variableInteger(size) + size
    }

    private var firstByte: UInt8 {
        if case .publish(let publish) = self { return publish.firstByte }
        return type.rawValue << 4 | (type.reservedFlags ?? 0)
    }

    /// The remaining length, after a check of every rule the packet must keep.
    private func bodySize(version: ProtocolVersion) throws(EncodeFailure) -> Int {
        let size: Int
        switch self {
        case .connect(let packet): size = try packet.bodySize(version: version)
        case .connack(let packet): size = try packet.bodySize(version: version)
        case .publish(let packet): size = try packet.bodySize(version: version)
        case .puback(let packet): size = try packet.bodySize(.puback, .puback, version: version)
        case .pubrec(let packet): size = try packet.bodySize(.pubrec, .pubrec, version: version)
        case .pubrel(let packet): size = try packet.bodySize(.pubrel, .pubrel, version: version)
        case .pubcomp(let packet): size = try packet.bodySize(.pubcomp, .pubcomp, version: version)
        case .subscribe(let packet): size = try packet.bodySize(version: version)
        case .suback(let packet): size = try packet.bodySize(version: version)
        case .unsubscribe(let packet): size = try packet.bodySize(version: version)
        case .unsuback(let packet): size = try packet.bodySize(version: version)
        case .pingreq, .pingresp: size = 0
        case .disconnect(let packet): size = try packet.bodySize(version: version)
        case .auth(let packet): size = try packet.bodySize(version: version)
        }
        guard size <= WireSize.maximumRemainingLength else { throw .packetTooLarge }
        return size
    }

    private func writeBody(into output: inout [UInt8], version: ProtocolVersion) {
        switch self {
        case .connect(let packet): packet.writeBody(into: &output, version: version)
        case .connack(let packet): packet.writeBody(into: &output, version: version)
        case .publish(let packet): packet.writeBody(into: &output, version: version)
        case .puback(let packet), .pubrec(let packet), .pubrel(let packet), .pubcomp(let packet):
            packet.writeBody(into: &output, version: version)
        case .subscribe(let packet): packet.writeBody(into: &output, version: version)
        case .suback(let packet): packet.writeBody(into: &output, version: version)
        case .unsubscribe(let packet): packet.writeBody(into: &output, version: version)
        case .unsuback(let packet): packet.writeBody(into: &output, version: version)
        case .pingreq, .pingresp: return
        case .disconnect(let packet): packet.writeBody(into: &output, version: version)
        case .auth(let packet): packet.writeBody(into: &output, version: version)
        }
    }
}
