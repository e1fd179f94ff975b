import MQTTCodec

/// A packet in the words of the case files: every field, spelt out.
func describe(_ packet: Packet) -> String {
    switch packet {
    case .connect(let packet): describe(packet)
    case .connack(let packet):
        "CONNACK present=\(bit(packet.sessionPresent)) \(tail(packet.reason, packet.properties))"
    case .publish(let packet): describe(packet)
    case .puback(let packet): "PUBACK \(describe(packet))"
    case .pubrec(let packet): "PUBREC \(describe(packet))"
    case .pubrel(let packet): "PUBREL \(describe(packet))"
    case .pubcomp(let packet): "PUBCOMP \(describe(packet))"
    case .subscribe(let packet):
        "SUBSCRIBE id=\(packet.packetIdentifier.rawValue) filters=["
            + packet.subscriptions.map(describe).joined(separator: ", ")
            + "] \(describe(packet.properties))"
    case .suback(let packet):
        "SUBACK id=\(packet.packetIdentifier.rawValue) reasons=[" + packet.reasons.map(hex).joined(separator: ", ")
            + "] \(describe(packet.properties))"
    case .unsubscribe(let packet):
        "UNSUBSCRIBE id=\(packet.packetIdentifier.rawValue) filters=["
            + packet.filters.map { quoted($0.text) }.joined(separator: ", ") + "] \(describe(packet.properties))"
    case .unsuback(let packet):
        "UNSUBACK id=\(packet.packetIdentifier.rawValue) reasons=[" + packet.reasons.map(hex).joined(separator: ", ")
            + "] \(describe(packet.properties))"
    case .pingreq: "PINGREQ"
    case .pingresp: "PINGRESP"
    case .disconnect(let packet): "DISCONNECT \(tail(packet.reason, packet.properties))"
    case .auth(let packet): "AUTH \(tail(packet.reason, packet.properties))"
    }
}

private func describe(_ connect: Connect) -> String {
    var words = ["CONNECT version=\(connect.version.digits)"]
    if connect.isBridge { words.append("bridge=1") }
    words.append("client=\(quoted(connect.clientIdentifier))")
    words.append("clean=\(bit(connect.cleanStart)) keepAlive=\(connect.keepAlive)")
    if let will = connect.will {
        words.append("will(topic=\(quoted(will.topic.text)) payload=\(hex(will.payload)) qos=\(will.qos.rawValue)")
        words.append("retain=\(bit(will.retain)) \(describe(will.properties)))")
    }
    if let userName = connect.userName { words.append("user=\(quoted(userName))") }
    if let password = connect.password { words.append("password=\(hex(password))") }
    words.append(describe(connect.properties))
    return words.joined(separator: " ")
}

private func describe(_ publish: Publish) -> String {
    var words = ["PUBLISH"]
    if let topic = publish.topic { words.append("topic=\(quoted(topic.text))") }
    words.append("payload=\(hex(publish.payload)) qos=\(publish.qos.rawValue)")
    words.append("retain=\(bit(publish.retain)) dup=\(bit(publish.isDuplicate))")
    if let identifier = publish.packetIdentifier { words.append("id=\(identifier.rawValue)") }
    words.append(describe(publish.properties))
    return words.joined(separator: " ")
}

private func describe(_ answer: PublishAnswer) -> String {
    "id=\(answer.packetIdentifier.rawValue) \(tail(answer.reason, answer.properties))"
}

private func describe(_ subscription: Subscription) -> String {
    "\(quoted(subscription.filter.text)) qos=\(subscription.maximumQoS.rawValue) noLocal=\(bit(subscription.noLocal))"
        + " asPublished=\(bit(subscription.retainAsPublished)) handling=\(subscription.retainHandling.rawValue)"
}

private func describe(_ properties: Properties) -> String {
    "properties=[" + properties.map { "\($0.identifier)=\(value(of: $0))" }.joined(separator: ", ") + "]"
}

private func value(of property: Property) -> String {
    switch property {
    case .payloadFormatIndicator(let flag), .requestProblemInformation(let flag),
        .requestResponseInformation(let flag), .retainAvailable(let flag), .wildcardSubscriptionAvailable(let flag),
        .subscriptionIdentifierAvailable(let flag), .sharedSubscriptionAvailable(let flag):
        bit(flag)
    case .messageExpiryInterval(let number), .subscriptionIdentifier(let number), .sessionExpiryInterval(let number),
        .willDelayInterval(let number), .maximumPacketSize(let number):
        "\(number)"
    case .serverKeepAlive(let number), .receiveMaximum(let number), .topicAliasMaximum(let number),
        .topicAlias(let number):
        "\(number)"
    case .contentType(let text), .assignedClientIdentifier(let text), .authenticationMethod(let text),
        .responseInformation(let text), .serverReference(let text), .reasonString(let text):
        quoted(text)
    case .responseTopic(let topic): quoted(topic.text)
    case .correlationData(let bytes), .authenticationData(let bytes): hex(bytes)
    case .maximumQoS(let qos): "\(qos.rawValue)"
    case .userProperty(let name, let value): "\(quoted(name)):\(quoted(value))"
    }
}

private func tail(_ reason: ReasonCode, _ properties: Properties) -> String {
    "reason=\(hex(reason)) \(describe(properties))"
}

private func bit(_ flag: Bool) -> String { flag ? "1" : "0" }
private func quoted(_ text: MQTTString) -> String { "\"\(text)\"" }
private func hex(_ reason: ReasonCode) -> String { hex([reason.rawValue]) }

private func hex(_ bytes: [UInt8]) -> String {
    "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension ProtocolVersion {
    /// As the case files write it.
    fileprivate var digits: String {
        switch self {
        case .v3_1: "3.1"
        case .v3_1_1: "3.1.1"
        case .v5_0: "5.0"
        }
    }
}
