internal import MQTTBroker
internal import MQTTCodec

/// A message as it is kept in a table: as the MQTT 5 PUBLISH packet that carries it. The format is the protocol's
/// own, and the codec that reads it is the one that reads the network.
enum StoredMessage {
    /// The packet of a message. QoS 0, because a packet identifier belongs to a delivery; the message's own QoS is a
    /// column.
    static func packet(of message: Message) throws(EncodeFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        let publish = Publish(
            topic: message.topic, payload: message.payload, qos: .atMostOnce, retain: message.retain,
            properties: message.properties)
        try Packet.publish(publish).encode(into: &bytes, version: .v5_0)
        return bytes
    }

    /// The message in a packet; nil when the bytes are not a whole PUBLISH.
    static func message(
        packet bytes: [UInt8], id: Int64, qos: Int64, receivedAt: Int64, token: String? = nil, publisher: String? = nil
    ) -> Message? {
        let limits = PacketLimits(
            maximumPacketSize: PacketLimits.protocolMaximum, maximumProperties: .max, allowsDiscouragedText: true)
        var decoder = PacketDecoder(receiver: .client(.v5_0), limits: limits)
        guard case .packet(.publish(let publish), consumed: bytes.count) = decoder.decode(bytes.span),
            let topic = publish.topic, let qos = QoS(rawValue: UInt8(clamping: qos)), let id = UInt64(exactly: id)
        else { return nil }
        return Message(
            id: id, topic: topic, payload: publish.payload, qos: qos, retain: publish.retain,
            properties: publish.properties,
            receivedAt: receivedAt, token: token, publisher: publisher)
    }
}
