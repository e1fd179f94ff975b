/// A control packet of MQTT 3.1.1 or 5.0. The same value serves both versions: what 3.1.1 has no field for (properties,
/// most reason codes) is empty after decoding 3.1.1 and left out when encoding it.
public enum Packet: Sendable, Hashable {
    /// Client asks to connect. Boxed, so that the other packets stay small to move.
    indirect case connect(Connect)
    /// Server answers CONNECT.
    case connack(Connack)
    /// A message.
    case publish(Publish)
    /// Answer to a QoS 1 PUBLISH.
    case puback(PublishAnswer)
    /// First answer to a QoS 2 PUBLISH.
    case pubrec(PublishAnswer)
    /// Answer to PUBREC.
    case pubrel(PublishAnswer)
    /// Answer to PUBREL.
    case pubcomp(PublishAnswer)
    /// Client asks for messages.
    case subscribe(Subscribe)
    /// Server answers SUBSCRIBE.
    case suback(Suback)
    /// Client wants messages no more.
    case unsubscribe(Unsubscribe)
    /// Server answers UNSUBSCRIBE.
    case unsuback(Unsuback)
    /// Client asks whether the server is there.
    case pingreq
    /// Server answers PINGREQ.
    case pingresp
    /// Last packet of a connection.
    case disconnect(Disconnect)
    /// A step of extended authentication; 5.0 only.
    case auth(Auth)

    /// Which of the 15 this is.
    public var type: PacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }
}
