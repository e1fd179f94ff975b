public import MQTTCodec

/// Why the client could not do what was asked.
public enum MQTTClientError: Error, Sendable, Hashable {
    /// The client was disconnected by its owner, or never connected.
    case closed
    /// The connection was lost and reconnecting is off.
    case connectionLost
    /// The server could not be reached; the system's words.
    case unreachable(String)
    /// No CONNACK in time.
    case connectTimeout
    /// Nothing came back for a PINGREQ.
    case keepAliveTimeout
    /// CONNACK with a failure.
    case refused(ReasonCode)
    /// The server sent DISCONNECT.
    case disconnectedByServer(ReasonCode)
    /// PUBACK or PUBREC with a failure.
    case publishRefused(ReasonCode)
    /// The server said in CONNACK that it does not take this: its maximum QoS, packet size, or no retained messages.
    case beyondServer(ReasonCode)
    /// More messages wait than `MQTTClientConfiguration.maximumQueued` allows.
    case queueFull
    /// The packet has no valid form in this version.
    case notEncodable(EncodeFailure)
    /// The server broke the format.
    case malformed(DecodeFailure)
    /// The server broke the protocol in a way that the format does not show; the clause.
    case protocolViolation(ReasonCode)
}
