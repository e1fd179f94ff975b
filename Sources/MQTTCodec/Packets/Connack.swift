/// CONNACK: the server's answer to CONNECT (MQTT 5.0, 3.2).
public struct Connack: Sendable, Hashable {
    /// Whether the server still has the client's session; false unless the reason is success ([MQTT-3.2.2-6]).
    public var sessionPresent: Bool
    /// Success or why not. In 3.1.1 it travels as the nearest `ConnectReturnCode`.
    public var reason: ReasonCode
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A CONNACK with these fields.
    public init(sessionPresent: Bool = false, reason: ReasonCode = .success, properties: Properties = .none) {
        self.sessionPresent = sessionPresent
        self.reason = reason
        self.properties = properties
    }
}
