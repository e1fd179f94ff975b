import MQTTCodec
import Testing

@Suite("Random packets")
struct RandomPacketTests {
    /// A stream of valid packets, and the decoder that is to read it.
    private func stream(
        seed: UInt64, version: ProtocolVersion, isFromServer: Bool, count: Int
    ) throws -> (packets: [Packet], bytes: [UInt8], decoder: PacketDecoder) {
        var maker = PacketMaker(seed: seed, version: version)
        var packets: [Packet] = isFromServer ? [] : [.connect(try maker.connect())]
        packets += try maker.packets(count, from: isFromServer ? .server : .client(version))
        var bytes: [UInt8] = []
        for packet in packets {
            let before = bytes.count
            try packet.encode(into: &bytes, version: version)
            #expect(try packet.encodedSize(version: version) == bytes.count - before)
        }
        return (packets, bytes, PacketDecoder(receiver: isFromServer ? .client(version) : .server))
    }

    @Test("Encode and decode give the same packets", arguments: ProtocolVersion.allCases, [true, false])
    func roundTrip(version: ProtocolVersion, isFromServer: Bool) throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            var (packets, bytes, decoder) = try stream(
                seed: seed, version: version, isFromServer: isFromServer, count: 20)
            var position = 0
            for packet in packets {
                let step = decoder.decode(bytes.span.extracting(position...))
                guard case .packet(let decoded, let consumed) = step else {
                    Issue.record("seed \(seed): \(packet) gave \(step)")
                    return
                }
                #expect(decoded == packet, "seed \(seed)")
                position += consumed
            }
            #expect(position == bytes.count)
        }
    }

    @Test("Bytes in pieces of any size give the same packets", arguments: ProtocolVersion.allCases)
    func pieces(version: ProtocolVersion) throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            var (packets, bytes, decoder) = try stream(seed: seed, version: version, isFromServer: false, count: 12)
            var generator = SeededGenerator(state: seed)
            let longest = seed.isMultiple(of: 3) ? 1 : 40
            var decoded: [Packet] = []
            var buffered: [UInt8] = []
            var position = 0
            while position < bytes.count {
                let size = min(Int.random(in: 1...longest, using: &generator), bytes.count - position)
                buffered += bytes[position..<(position + size)]
                position += size
                while case .packet(let packet, let consumed) = decoder.decode(buffered.span) {
                    decoded.append(packet)
                    buffered.removeFirst(consumed)
                }
            }
            #expect(decoded == packets, "seed \(seed)")
            #expect(buffered.isEmpty)
        }
    }

    @Test("Random damage is refused or gives a packet that encodes and decodes to itself")
    func damage() throws {
        for seed in 1...1_500 as ClosedRange<UInt64> {
            let version = seed.isMultiple(of: 2) ? ProtocolVersion.v5_0 : .v3_1_1
            var (_, bytes, decoder) = try stream(
                seed: seed, version: version, isFromServer: seed.isMultiple(of: 5), count: 6)
            var generator = SeededGenerator(state: seed)
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            var position = 0
            while position < bytes.count {
                guard case .packet(let packet, let consumed) = decoder.decode(bytes.span.extracting(position...)) else {
                    break
                }
                position += consumed
                let spoken = try #require(decoder.version)
                var output: [UInt8] = []
                try packet.encode(into: &output, version: spoken)
                #expect(output.count <= consumed, "seed \(seed): \(packet)")
                if packet.type == .connect { continue }
                var again = decoder
                #expect(again.decode(output.span) == .packet(packet, consumed: output.count), "seed \(seed)")
            }
        }
    }

    @Test("A template gives each receiver what encoding for it alone would give", arguments: ProtocolVersion.allCases)
    func templates(version: ProtocolVersion) throws {
        var maker = PacketMaker(seed: 7, version: version)
        for _ in 0..<300 {
            var publish = try maker.publish(isFromServer: true)
            let template = try PublishTemplate(publish, version: version)
            publish.packetIdentifier = publish.qos == .atMostOnce ? nil : try maker.identifier()
            publish.isDuplicate = publish.qos != .atMostOnce && maker.flag()
            publish.retain = maker.flag()
            var expected: [UInt8] = [1, 2, 3]
            try Packet.publish(publish).encode(into: &expected, version: version)
            var output: [UInt8] = [1, 2, 3]
            try template.append(
                to: &output, packetIdentifier: publish.packetIdentifier, isDuplicate: publish.isDuplicate,
                retain: publish.retain)
            #expect(output == expected)
            #expect(throws: EncodeFailure.packetIdentifier) {
                try template.append(
                    to: &output, packetIdentifier: publish.packetIdentifier == nil ? PacketIdentifier.first : nil)
            }
            #expect(output == expected)
        }
    }
}
