/// The few packets of MQTT 3.1.1 that the load generator needs.
enum MQTT {
    static func connect(
        client: String, keepAlive: UInt16, credentials: (userName: String, password: String)? = nil
    ) -> [UInt8] {
        // Clean session; with credentials also the flags of user name and password.
        let flags: UInt8 = credentials == nil ? 0x02 : 0xC2
        let variable: [UInt8] =
            [0, 4] + Array("MQTT".utf8) + [4, flags, UInt8(keepAlive >> 8), UInt8(keepAlive & 255)]
        var payload = string(Array(client.utf8))
        if let credentials {
            payload += string(Array(credentials.userName.utf8)) + string(Array(credentials.password.utf8))
        }
        return packet(0x10, variable + payload)
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
