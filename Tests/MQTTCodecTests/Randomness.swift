import MQTTCodec

/// A generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// Random valid packets of both versions.
struct PacketMaker {
    var generator: SeededGenerator
    let version: ProtocolVersion

    init(seed: UInt64, version: ProtocolVersion) {
        generator = SeededGenerator(state: seed)
        self.version = version
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func flag() -> Bool { Bool.random(using: &generator) }
    mutating func pick<Element>(_ list: [Element]) -> Element { list[number(0...(list.count - 1))] }

    mutating func bytes(upTo maximum: Int) -> [UInt8] {
        (0..<number(0...maximum)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    mutating func text() throws -> MQTTString {
        let letters = ["a", "Z", "0", "/", " ", "ü", "駅", "🚌", "\u{FEFF}", "#", "+", "$"]
        return try MQTTString((0..<number(0...12)).map { _ in pick(letters) }.joined())
    }

    mutating func topic() throws -> TopicName {
        let levels = ["a", "b", "", "$SYS", "node", "ü駅", " "]
        let name = (0..<number(1...5)).map { _ in pick(levels) }.joined(separator: "/")
        return try TopicName(name.isEmpty ? "/" : name)
    }

    mutating func filter() throws -> TopicFilter {
        let levels = ["a", "b", "", "$SYS", "node", "+", "+"]
        var text = (0..<number(1...5)).map { _ in pick(levels) }.joined(separator: "/")
        if text.isEmpty { text = "/" }
        if flag() { text += "/#" }
        return try TopicFilter(number(0...4) == 0 ? "$share/g\(number(0...9))/\(text)" : text)
    }

    mutating func identifier() throws -> PacketIdentifier {
        PacketIdentifier(UInt16(number(1...65_535))) ?? .first
    }

    mutating func packets(_ count: Int, from sender: PacketReceiver) throws -> [Packet] {
        try (0..<count).map { _ in try packet(from: sender) }
    }

    mutating func packet(from sender: PacketReceiver) throws -> Packet {
        let isServer = sender == .server
        let types: [PacketType] =
            isServer
            ? [.connack, .publish, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp]
                + (version == .v5_0 ? [.disconnect, .auth] : [])
            : [.publish, .puback, .pubrec, .pubrel, .pubcomp, .subscribe, .unsubscribe, .pingreq, .disconnect]
                + (version == .v5_0 ? [.auth] : [])
        let type = pick(types)
        switch type {
        case .connect: return .connect(try connect())
        case .connack: return .connack(try connack())
        case .publish: return .publish(try publish(isFromServer: isServer))
        case .puback: return .puback(try answer(.puback, .puback))
        case .pubrec: return .pubrec(try answer(.pubrec, .pubrec))
        case .pubrel: return .pubrel(try answer(.pubrel, .pubrel))
        case .pubcomp: return .pubcomp(try answer(.pubcomp, .pubcomp))
        case .subscribe: return .subscribe(try subscribe())
        case .suback:
            return .suback(
                Suback(
                    packetIdentifier: try identifier(), reasons: reasons(.suback), properties: try properties(.suback)))
        case .unsubscribe:
            return .unsubscribe(
                Unsubscribe(
                    packetIdentifier: try identifier(), filters: try (0..<number(1...4)).map { _ in try filter() },
                    properties: try properties(.unsubscribe)))
        case .unsuback:
            return .unsuback(
                Unsuback(
                    packetIdentifier: try identifier(), reasons: version == .v5_0 ? reasons(.unsuback) : [],
                    properties: try properties(.unsuback)))
        case .pingreq: return .pingreq
        case .pingresp: return .pingresp
        case .disconnect:
            var properties = try properties(.disconnect)
            if isServer { properties.remove(.sessionExpiryInterval) }
            return .disconnect(Disconnect(reason: reason(.disconnect), properties: properties))
        case .auth:
            var properties = try properties(.auth)
            properties.set(.authenticationMethod(try text()))
            return .auth(
                Auth(
                    reason: isServer ? pick([.success, .continueAuthentication]) : .reAuthenticate,
                    properties: properties))
        }
    }
}
