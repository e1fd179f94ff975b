public import HubModel
internal import SolutionKit

/// What a client shows when it connects over MQTT.
public struct DeviceAttempt: Sendable {
    /// A client certificate that TLS has verified.
    public struct Certificate: Sendable {
        /// The subject's common name.
        public let commonName: String?
        /// The DNS names among the subject's alternative names.
        public let dnsNames: [String]
        /// The serial number in hexadecimal.
        public let serial: String

        /// A certificate.
        public init(commonName: String?, dnsNames: [String], serial: String) {
            self.commonName = commonName
            self.dnsNames = dnsNames
            self.serial = serial
        }
    }

    /// The user name; nil if there is none.
    public let userName: String?
    /// The client identifier.
    public let clientID: String
    /// The password; nil if there is none. Never write it anywhere.
    public let password: [UInt8]?
    /// The client certificate; nil if there is none.
    public let certificate: Certificate?
    /// How it came.
    public let address: String?
    /// Whether it is encrypted.
    public let isSecure: Bool

    /// An attempt.
    public init(
        userName: String?, clientID: String, password: [UInt8]?, certificate: Certificate? = nil, address: String?,
        isSecure: Bool = false
    ) {
        self.userName = userName
        self.clientID = clientID
        self.password = password
        self.certificate = certificate
        self.address = address
        self.isSecure = isSecure
    }
}

/// Who a client is.
public enum AdmissionDecision: Sendable {
    /// A device of the hub, with what it may do.
    case device(DeviceID, TopicGrants)
    /// A device that waits to be approved: what it sends is kept aside.
    case pending(DeviceID)
    /// A device that showed nothing, let in by its network: nobody in particular, with what its kind may do.
    case keyless(TopicGrants)
    /// A program of a person's account, with what it may do.
    case program(name: String, token: String, account: String, TopicGrants)
    /// Nobody who is let in; `detail` of the refusal is for the log at most.
    case refused(Refusal)
}

/// The names under which connections and sessions belong to somebody.
public enum ConnectionOwner {
    /// A device's.
    public static func device(_ device: DeviceID) -> String { ClientName.devicePrefix + device.text }
    /// A waiting device's.
    public static func pending(_ device: DeviceID) -> String { "pending:\(device)" }
    /// Those of all devices that showed nothing.
    public static let keyless = "keyless"
    /// A personal access token's.
    public static func program(token: String) -> String { "token:\(token)" }
    /// An account's: its programs' sessions outlive the tokens.
    public static func account(_ account: String) -> String { "account:\(account)" }
}

/// Who the owner of a connection is, for the messages that come over it.
extension ConnectionOwner {
    /// The waiting device whose connection it is; nil if it is another's.
    public static func pendingDevice(_ owner: String) -> DeviceID? {
        owner.hasPrefix("pending:") ? DeviceID(String(owner.dropFirst(8))) : nil
    }

    /// The account whose session it is; nil if it is another's.
    public static func account(ofOwner owner: String) -> String? {
        owner.hasPrefix("account:") ? String(owner.dropFirst(8)) : nil
    }

    /// The personal access token whose connection it is; nil if it is another's.
    static func token(_ owner: String) -> String? {
        owner.hasPrefix("token:") ? String(owner.dropFirst(6)) : nil
    }

    /// The device whose connection it is; nil if it is another's.
    public static func activeDevice(_ owner: String) -> DeviceID? {
        guard owner.hasPrefix(ClientName.devicePrefix) else { return nil }
        return DeviceID(String(owner.dropFirst(ClientName.devicePrefix.count)))
    }
}
