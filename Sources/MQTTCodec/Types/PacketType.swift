/// The 15 control packet types; the raw value is the high half of the first byte (MQTT 5.0, 2.1.2).
public enum PacketType: UInt8, Sendable, Hashable, CaseIterable {
    /// Connection request, client to server.
    case connect = 1
    /// Connection acknowledgment, server to client.
    case connack = 2
    /// Publish message, both ways.
    case publish = 3
    /// Publish acknowledgment (QoS 1), both ways.
    case puback = 4
    /// Publish received (QoS 2, part 1), both ways.
    case pubrec = 5
    /// Publish release (QoS 2, part 2), both ways.
    case pubrel = 6
    /// Publish complete (QoS 2, part 3), both ways.
    case pubcomp = 7
    /// Subscribe request, client to server.
    case subscribe = 8
    /// Subscribe acknowledgment, server to client.
    case suback = 9
    /// Unsubscribe request, client to server.
    case unsubscribe = 10
    /// Unsubscribe acknowledgment, server to client.
    case unsuback = 11
    /// Ping request, client to server.
    case pingreq = 12
    /// Ping response, server to client.
    case pingresp = 13
    /// Disconnect notification: both ways in 5.0, client to server in 3.1.1.
    case disconnect = 14
    /// Authentication exchange, both ways, 5.0 only.
    case auth = 15
}

extension PacketType {
    /// The low four bits that every packet of this type must carry; nil for PUBLISH, where they are DUP, QoS and
    /// RETAIN ([MQTT-2.1.3-1]).
    var reservedFlags: UInt8? {
        switch self {
        case .publish: nil
        case .pubrel, .subscribe, .unsubscribe: 0b0010
        case .connect, .connack, .puback, .pubrec, .pubcomp, .suback, .unsuback, .pingreq, .pingresp, .disconnect,
            .auth:
            0
        }
    }
}
