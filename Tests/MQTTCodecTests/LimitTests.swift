import MQTTCodec
import Testing

@Suite("Limits")
struct LimitTests {
    private func connected(_ limits: PacketLimits) throws -> PacketDecoder {
        var decoder = PacketDecoder(receiver: .server, limits: limits)
        var bytes: [UInt8] = []
        try Packet.connect(Connect(version: .v5_0, clientIdentifier: try MQTTString("p")))
            .encode(into: &bytes, version: .v5_0)
        _ = decoder.decode(bytes.span)
        return decoder
    }

    @Test("More properties than the limit are refused, as many as the limit are not")
    func properties() throws {
        var decoder = try connected(PacketLimits(maximumProperties: 3))
        for count in 3...4 {
            let property = Property.userProperty(.empty, .empty)
            let publish = Publish(
                topic: try TopicName("t"), payload: [], properties: Properties(Array(repeating: property, count: count))
            )
            var bytes: [UInt8] = []
            try Packet.publish(publish).encode(into: &bytes, version: .v5_0)
            let step = decoder.decode(bytes.span)
            #expect(
                step == (count == 3 ? .packet(.publish(publish), consumed: bytes.count) : .failure(.tooManyProperties)))
        }
        #expect(DecodeFailure.tooManyProperties.reason == .quotaExceeded)
    }

    @Test("The limit of packet size counts the fixed header", arguments: [2, 127, 128, 129, 130, 131, 16_386, 16_388])
    func size(maximum: Int) throws {
        var decoder = try connected(PacketLimits(maximumPacketSize: maximum))
        for remaining in max(0, maximum - 6)...maximum {
            var bytes: [UInt8] = [0x30]
            var rest = remaining
            repeat {
                bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            } while rest > 0
            let size = bytes.count + remaining
            guard remaining > 0 else { continue }
            let step = decoder.decode(bytes.span)
            #expect(step == (size > maximum ? .failure(.packetTooLarge) : .needMoreBytes(minimum: size)))
        }
    }

    @Test("Control characters are taken where the limits allow them")
    func controlCharacters() throws {
        var decoder = try connected(PacketLimits(allowsDiscouragedText: true))
        let publish = Publish(topic: try TopicName("a\nb\u{FFFF}"), payload: [])
        var bytes: [UInt8] = []
        try Packet.publish(publish).encode(into: &bytes, version: .v5_0)
        #expect(decoder.decode(bytes.span) == .packet(.publish(publish), consumed: bytes.count))
    }

    @Test("A refused CONNECT is answered in the form the client understands")
    func refusals() throws {
        let cases: [(name: String, level: UInt8, expected: (code: ReasonCode, version: ProtocolVersion)?)] = [
            ("MQIsdp", 3, nil), ("MQIsdp", 4, (.unsupportedProtocolVersion, .v3_1_1)),
            ("MQTT", 3, (.unsupportedProtocolVersion, .v3_1_1)),
            ("MQTT", 6, (.unsupportedProtocolVersion, .v5_0)), ("MQTT", 0x85, (.unsupportedProtocolVersion, .v3_1_1)),
            ("HTTP", 4, nil), ("MQTT", 4, nil), ("MQTT", 0x84, nil), ("MQTT", 5, (.malformedPacket, .v5_0)),
        ]
        for item in cases {
            var decoder = PacketDecoder(receiver: .server)
            // The reserved flag is set: what the version does not refuse, that does.
            let body: [UInt8] = [0, UInt8(item.name.utf8.count)] + item.name.utf8 + [item.level, 3, 0, 60, 0, 0, 0]
            let step = decoder.decode(([0x10, UInt8(body.count)] + body).span)
            guard case .failure(let failure) = step else {
                Issue.record("\(item.name) \(item.level): \(step)")
                continue
            }
            let refusal = decoder.refusal(of: failure)
            #expect(refusal?.connack.reason == item.expected?.code, "\(item.name) \(item.level)")
            #expect(refusal?.version == item.expected?.version, "\(item.name) \(item.level)")
            guard let refusal else { continue }
            var output: [UInt8] = []
            try Packet.connack(refusal.connack).encode(into: &output, version: refusal.version)
            #expect(output.count == (refusal.version == .v3_1_1 ? 4 : 5))
        }
    }

    @Test("A megabyte of properties, one byte at a time, is parsed once")
    func dripping() throws {
        var decoder = try connected(PacketLimits(maximumPacketSize: 2_000_000, maximumProperties: 300_000))
        let property = Property.userProperty(.empty, .empty)
        let publish = Publish(
            topic: try TopicName("t"), payload: [], properties: Properties(Array(repeating: property, count: 200_000)))
        var bytes: [UInt8] = []
        try Packet.publish(publish).encode(into: &bytes, version: .v5_0)
        // Parsing at every byte would be 10^11 steps; this ends at once or not at all.
        for count in 5..<bytes.count {
            #expect(decoder.decode(bytes.span.extracting(0..<count)) == .needMoreBytes(minimum: bytes.count))
        }
        #expect(decoder.decode(bytes.span) == .packet(.publish(publish), consumed: bytes.count))
    }
}
