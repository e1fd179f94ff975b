/// DISCONNECT: the last packet of a connection (MQTT 5.0, 3.14). In 3.1.1 it is empty and only a client sends it.
public struct Disconnect: Sendable, Hashable {
    /// Why; always normal in 3.1.1.
    public var reason: ReasonCode
    /// Empty in 3.1.1.
    public var properties: Properties

    /// A DISCONNECT with these fields.
    public init(reason: ReasonCode = .normalDisconnection, properties: Properties = .none) {
        self.reason = reason
        self.properties = properties
    }
}

/// AUTH: a step of extended authentication (MQTT 5.0, 3.15).
public struct Auth: Sendable, Hashable {
    /// Success, continue or re-authenticate.
    public var reason: ReasonCode
    /// Holds the authentication method, unless the reason is success.
    public var properties: Properties

    /// An AUTH with these fields.
    public init(reason: ReasonCode, properties: Properties) {
        self.reason = reason
        self.properties = properties
    }
}
