/// The few packets of MQTT 3.1.1 that the load generator needs.
enum MQTT {
    static func connect(client: String, keepAlive: UInt16) -> [UInt8] {
        let variable: [UInt8] = [0, 4] + Array("MQTT".utf8) + [4, 2, UInt8(keepAlive >> 8), UInt8(keepAlive & 255)]
        return packet(0x10, variable + string(Array(client.utf8)))
    }

    /// A PUBLISH of QoS 1; the packet identifier is filled in later.
    static func publish(topic: [UInt8], payload: [UInt8]) -> [UInt8] {
        packet(0x32, string(topic) + [0, 1] + payload)
    }

    /// A SUBSCRIBE with QoS 0.
    static func subscribe(filter: String) -> [UInt8] {
        packet(0x82, [0, 1] + string(Array(filter.utf8)) + [0])
    }

    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        var head = [first]
        var rest = body.count
        repeat {
            head.append(UInt8(rest % 128) | (rest >= 128 ? 128 : 0))
            rest /= 128
        } while rest > 0
        return head + body
    }
}
