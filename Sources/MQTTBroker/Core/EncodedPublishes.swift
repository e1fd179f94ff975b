internal import MQTTCodec

/// A PUBLISH as it stands in the bytes of this turn, with a placeholder for the packet identifier.
struct EncodedPublish {
    let offset: Int
    let count: Int
    /// From the start of the packet; 0 at QoS 0.
    let identifierAt: Int

    /// The first byte for one subscriber (3.3.1).
    static func firstByte(qos: QoS, retain: Bool, isDuplicate: Bool) -> UInt8 {
        0x30 | (isDuplicate ? 0x08 : 0) | (qos.rawValue << 1) | (retain ? 0x01 : 0)
    }
}

/// The encodings of the message that is being delivered: one for each variant of the protocol that its subscribers
/// need, made when the first of them needs it. RETAIN, DUP, QoS 1 or 2 and the identifier are patched in.
struct EncodedPublishes {
    struct Variant: Equatable {
        let version: ProtocolVersion
        let hasIdentifier: Bool
        let topicForm: OutboundAliases.Form
        /// Seconds left to live; nil without expiry and in 3.1.1.
        let expiry: UInt32?
        let subscriptionIdentifiers: [UInt32]
    }

    private var message: Message?
    private var variants: [(variant: Variant, encoded: EncodedPublish)] = []

    func find(_ wanted: Message, _ variant: Variant) -> EncodedPublish? {
        guard message === wanted else { return nil }
        return variants.first { $0.variant == variant }?.encoded
    }

    mutating func remember(_ encoded: EncodedPublish, of newMessage: Message, _ variant: Variant) {
        if message !== newMessage {
            message = newMessage
            variants.removeAll(keepingCapacity: true)
        }
        // Subscription identifiers may make every subscriber a variant of its own: then remembering is of no use.
        if variants.count < 8 { variants.append((variant, encoded)) }
    }

    mutating func removeAll() {
        message = nil
        variants.removeAll(keepingCapacity: true)
    }
}

extension BrokerActions {
    /// The message in the form that a subscriber needs, encoded at most once a turn; nil if it has no valid form.
    mutating func encode(_ message: Message, _ variant: EncodedPublishes.Variant) -> EncodedPublish? {
        if let known = encoded.find(message, variant) { return known }
        let topic = variant.namesTopic ? message.topic : nil
        let publish = Publish(
            topic: topic, payload: message.payload, qos: variant.hasIdentifier ? .atLeastOnce : .atMostOnce,
            packetIdentifier: variant.hasIdentifier ? .first : nil, properties: variant.properties(of: message))
        let offset = bytes.count
        do {
            try Packet.publish(publish).encode(into: &bytes, version: variant.version)
        } catch {
            return nil
        }
        let made = EncodedPublish(
            offset: offset, count: bytes.count - offset,
            identifierAt: variant.hasIdentifier ? identifierPosition(offset, topicBytes: topic?.bytes.count ?? 0) : 0)
        encoded.remember(made, of: message, variant)
        return made
    }

    /// Behind the fixed header (1 byte and 1 to 4 bytes of length) and the topic with its two bytes of length.
    private func identifierPosition(_ offset: Int, topicBytes: Int) -> Int {
        var position = 1
        while position < 4, bytes[offset + position] & 0x80 != 0 { position += 1 }
        return position + 1 + 2 + topicBytes
    }
}

extension EncodedPublishes.Variant {
    fileprivate var namesTopic: Bool {
        if case .number = topicForm { return false }
        return true
    }

    /// The publisher's properties as they are passed on (3.3.2.3): the expiry counted down, our identifiers added.
    fileprivate func properties(of message: Message) -> Properties {
        guard version == .v5_0 else { return .none }
        if expiry == nil, subscriptionIdentifiers.isEmpty, topicForm == .topic { return message.properties }
        var properties = message.properties
        switch topicForm {
        case .topic: break
        case .definition(let number), .number(let number): properties.append(.topicAlias(number))
        }
        if let expiry { properties.set(.messageExpiryInterval(expiry)) }
        for identifier in subscriptionIdentifiers { properties.append(.subscriptionIdentifier(identifier)) }
        return properties
    }
}
