/// A PUBLISH encoded once for many receivers. What differs between them without moving a byte is patched into each copy:
/// the packet identifier, DUP and RETAIN. Receivers that differ in version, QoS, subscription identifiers or topic
/// alias need a template of their own.
public struct PublishTemplate: Sendable {
    /// The whole packet. At QoS 0 it can be sent as it is.
    public let bytes: [UInt8]
    /// The QoS it is encoded for.
    public let qos: QoS
    /// Where the packet identifier stands in `bytes`, two bytes, high byte first; nil at QoS 0.
    public let identifierOffset: Int?

    /// Encodes `publish`, whose own packet identifier and DUP do not matter. Throws if it has no valid form.
    public init(_ publish: Publish, version: ProtocolVersion) throws(EncodeFailure) {
        var model = publish
        model.packetIdentifier = publish.qos == .atMostOnce ? nil : .first
        model.isDuplicate = false
        var output: [UInt8] = []
        let bodySize = try model.bodySize(version: version)
        guard bodySize <= WireSize.maximumRemainingLength else { throw .packetTooLarge }
        output.reserveCapacity(5 + bodySize)
        output.append(model.firstByte)
        output.append(variableInteger: UInt32(truncatingIfNeeded: bodySize))
        let headerSize = output.count
        model.writeBody(into: &output, version: version)
        bytes = output
        qos = publish.qos
        identifierOffset = publish.qos == .atMostOnce ? nil : headerSize + model.headSize - 2
    }

    /// The first byte for one receiver.
    public func firstByte(isDuplicate: Bool, retain: Bool) -> UInt8 {
        PacketType.publish.rawValue << 4 | (isDuplicate && qos != .atMostOnce ? 0x08 : 0) | qos.rawValue << 1
            | (retain ? 0x01 : 0)
    }

    /// Appends the packet for one receiver. `retain` nil keeps the flag of the message. Throws, with nothing appended, if
    /// an identifier is missing above QoS 0 or given at QoS 0.
    public func append(
        to output: inout [UInt8], packetIdentifier: PacketIdentifier?, isDuplicate: Bool = false, retain: Bool? = nil
    ) throws(EncodeFailure) {
        guard (packetIdentifier != nil) == (qos != .atMostOnce) else { throw .packetIdentifier }
        let start = output.count
        output.append(contentsOf: bytes)
        output[start] = firstByte(isDuplicate: isDuplicate, retain: retain ?? (bytes[0] & 0x01 != 0))
        if let identifierOffset, let packetIdentifier {
            output[start + identifierOffset] = UInt8(truncatingIfNeeded: packetIdentifier.rawValue >> 8)
            output[start + identifierOffset + 1] = UInt8(truncatingIfNeeded: packetIdentifier.rawValue)
        }
    }
}
