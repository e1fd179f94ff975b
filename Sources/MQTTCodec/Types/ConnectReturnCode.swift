/// The return codes of a CONNACK before 5.0 (3.1.1, table 3.1; the same in 3.1). A packet carries `ReasonCode` in both versions; this is the
/// bridge to the 3.1.1 numbers.
public enum ConnectReturnCode: UInt8, Sendable, Hashable, CaseIterable {
    /// 0: accepted.
    case accepted = 0
    /// 1: refused, unacceptable protocol version.
    case unacceptableProtocolVersion = 1
    /// 2: refused, the client identifier is well formed and not allowed.
    case identifierRejected = 2
    /// 3: refused, the MQTT service is not available.
    case serverUnavailable = 3
    /// 4: refused, bad user name or password.
    case badUserNameOrPassword = 4
    /// 5: refused, not authorized.
    case notAuthorized = 5

    /// The same answer in the words of MQTT 5.0.
    public var reasonCode: ReasonCode {
        switch self {
        case .accepted: .success
        case .unacceptableProtocolVersion: .unsupportedProtocolVersion
        case .identifierRejected: .clientIdentifierNotValid
        case .serverUnavailable: .serverUnavailable
        case .badUserNameOrPassword: .badUserNameOrPassword
        case .notAuthorized: .notAuthorized
        }
    }

    /// The nearest 3.1.1 return code; nil where 3.1.1 answers by closing the connection without a CONNACK
    /// ([MQTT-3.1.4-1] of 3.1.1: a malformed CONNECT gets none).
    public init?(_ reason: ReasonCode) {
        switch reason {
        case .success: self = .accepted
        case .unsupportedProtocolVersion: self = .unacceptableProtocolVersion
        case .clientIdentifierNotValid: self = .identifierRejected
        case .serverUnavailable, .serverBusy, .quotaExceeded, .useAnotherServer, .serverMoved,
            .connectionRateExceeded, .serverShuttingDown:
            self = .serverUnavailable
        case .badUserNameOrPassword: self = .badUserNameOrPassword
        case .notAuthorized, .banned, .badAuthenticationMethod, .topicNameInvalid: self = .notAuthorized
        default: return nil
        }
    }
}
