/// What a decoder takes from its peer; everything above is refused before memory is spent on it.
public struct PacketLimits: Sendable, Hashable {
    /// The largest packet, fixed header included, in bytes.
    public var maximumPacketSize: Int
    /// The largest first packet, while the peer is still a stranger, in bytes.
    public var maximumConnectSize: Int
    /// The most properties in one packet, user properties included.
    public var maximumProperties: Int
    /// Whether strings with control characters (U+0001...U+001F, U+007F...U+009F) or non-characters are taken. MQTT 5.0,
    /// 1.5.4 lets a receiver refuse them, and a topic that can forge a line of a log is worth refusing.
    public var allowsDiscouragedText: Bool

    /// The largest packet the protocol can express: a fixed header of five bytes and 268,435,455 bytes behind it.
    public static let protocolMaximum = 268_435_460

    /// Limits; each is at least 2 bytes or 0 properties, smaller values are raised to that.
    public init(
        maximumPacketSize: Int = 1_048_576, maximumConnectSize: Int = 65_536, maximumProperties: Int = 1_024,
        allowsDiscouragedText: Bool = false
    ) {
        self.maximumPacketSize = max(2, maximumPacketSize)
        self.maximumConnectSize = max(2, maximumConnectSize)
        self.maximumProperties = max(0, maximumProperties)
        self.allowsDiscouragedText = allowsDiscouragedText
    }
}

/// Which end of the connection decodes; it decides which packets may arrive.
public enum PacketReceiver: Sendable, Hashable {
    /// A server: it receives what clients send, in the version that CONNECT names.
    case server
    /// A client that asked for this version: it receives what servers send.
    case client(ProtocolVersion)
}
