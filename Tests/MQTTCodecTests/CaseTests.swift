import MQTTCodec
import Testing

@Suite("Cases")
struct CaseTests {
    @Test("Bytes become the packet, the refusal or the question that the case names", arguments: CaseFile.names)
    func decodes(file: String) throws {
        for item in try CaseFile.load(file) {
            var decoder = try item.decoder()
            let step = decoder.decode(item.bytes.span)
            switch (item.expectation, step) {
            case (.packet(let expected), .packet(let packet, let consumed)):
                let rest = item.bytes.count - consumed
                #expect(describe(packet) + (rest > 0 ? " rest=\(rest)" : "") == expected, "\(item)")
            case (.refusal(let code, let name), .failure(let failure)):
                #expect(failure.reason.rawValue == code, "\(item)")
                #expect("\(failure)" == name, "\(item)")
            case (.more(let expected), .needMoreBytes(let minimum)):
                #expect(minimum == expected, "\(item)")
            default:
                Issue.record("\(item): \(step)")
            }
        }
    }

    @Test("A packet encodes to the bytes it came from", arguments: CaseFile.names)
    func encodes(file: String) throws {
        for item in try CaseFile.load(file) {
            var decoder = try item.decoder()
            guard case .packet(let packet, _) = decoder.decode(item.bytes.span) else { continue }
            var output: [UInt8] = [0xAA]
            try packet.encode(into: &output, version: item.version)
            #expect(Array(output.dropFirst()) == item.encodes ?? item.bytes, "\(item)")
            #expect(try packet.encodedSize(version: item.version) == output.count - 1, "\(item)")
        }
    }

    @Test("Every prefix of a packet asks for more, never for less than there is or more than the packet")
    func prefixesNeedMore() throws {
        for item in try CaseFile.all() {
            var whole = try item.decoder()
            guard case .packet(_, let size) = whole.decode(item.bytes.span) else { continue }
            for count in 0..<size {
                var decoder = try item.decoder()
                let step = decoder.decode(item.bytes.span.extracting(0..<count))
                guard case .needMoreBytes(let minimum) = step else {
                    Issue.record("\(item) cut to \(count): \(step)")
                    continue
                }
                #expect(minimum > count && minimum <= max(size, 2), "\(item) cut to \(count)")
            }
        }
    }

    @Test("A body cut at any byte, its length made to fit, is refused or is another valid packet")
    func cutBodies() throws {
        for item in try CaseFile.all() where item.bytes.count < 128 && item.bytes.count > 2 {
            for count in 2..<item.bytes.count {
                var cut = Array(item.bytes[..<count])
                cut[1] = UInt8(count - 2)
                var decoder = try item.decoder()
                guard case .packet(let packet, let consumed) = decoder.decode(cut.span) else { continue }
                #expect(consumed == count, "\(item) cut to \(count)")
                var output: [UInt8] = []
                try packet.encode(into: &output, version: item.version)
                var again = try item.decoder()
                #expect(again.decode(output.span) == .packet(packet, consumed: output.count), "\(item) cut to \(count)")
            }
        }
    }

    @Test("The cases reach every packet type, property, reason code and failure in the right place")
    func coverage() throws {
        var types: [ProtocolVersion: Set<PacketType>] = [:]
        var properties: Set<PropertyIdentifier> = []
        var failures: Set<String> = []
        let cases = try CaseFile.all()
        for item in cases {
            var decoder = try item.decoder()
            switch decoder.decode(item.bytes.span) {
            case .packet(let packet, _):
                types[item.version, default: []].insert(packet.type)
                let words = describe(packet)
                for identifier in PropertyIdentifier.allCases where words.contains("\(identifier)=") {
                    properties.insert(identifier)
                }
            case .failure(let failure): failures.insert("\(failure)")
            case .needMoreBytes: break
            }
        }
        #expect(cases.count >= 1_000)
        #expect(types[.v5_0] == Set(PacketType.allCases))
        #expect(types[.v3_1_1] == Set(PacketType.allCases).subtracting([.auth]))
        #expect(types[.v3_1] == Set(PacketType.allCases).subtracting([.auth]))
        #expect(properties == Set(PropertyIdentifier.allCases))
        // The limit on properties is not the protocol's and has a test of its own.
        #expect(failures == Set(DecodeFailure.allCases.map { "\($0)" }).subtracting(["tooManyProperties"]))
    }
}
