public import MQTTCodec
public import Transport

/// Decides who may connect.
public protocol BrokerAuthenticator: Sendable {
    /// May take its time: this client waits, the others do not. Called off the event loop, at most once a connection,
    /// and for no more connections at once than `BrokerLimits.concurrentAuthentications`. Its task is cancelled when the
    /// connection is gone; its answer counts for nothing then, but has to come.
    func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision
    /// How a client stands now that was let in before a restart, has not come back, and whose will is due. It shows
    /// nothing any more: it is known by its name and owner. Called off the event loop, for a few clients at once.
    func standing(of client: ConnectedClient) async -> ClientStanding
}

extension BrokerAuthenticator {
    /// As it was, without rights of its own: the authorizer decides alone.
    public func standing(of client: ConnectedClient) async -> ClientStanding {
        .accepted(
            AcceptedClient(userName: client.userName, owner: client.owner, sessionOwner: client.sessionOwner))
    }
}

/// What a client says about itself before it is let in, and what its connection shows.
public struct ConnectAttempt: Sendable {
    /// The client identifier; the one the broker chose if the client left it empty.
    public let clientIdentifier: MQTTString
    /// The user name; nil if none was sent.
    public let userName: MQTTString?
    /// The password; nil if none was sent. Never write it anywhere.
    public let password: [UInt8]?
    /// Address and port of the peer; behind a trusted proxy that speaks the PROXY protocol, those of the proxy's peer.
    public let remoteAddress: String
    /// The version of the connection.
    public let version: ProtocolVersion
    /// The certificate that the client showed in the TLS handshake, verified; nil if it showed none.
    public let certificate: PeerCertificate?
    /// Whether the bytes are encrypted on their way: TLS here, or at the trusted proxy in front.
    public let isSecure: Bool

    /// An attempt with these fields.
    public init(
        clientIdentifier: MQTTString, userName: MQTTString?, password: [UInt8]?, remoteAddress: String,
        version: ProtocolVersion, certificate: PeerCertificate? = nil, isSecure: Bool = false
    ) {
        self.clientIdentifier = clientIdentifier
        self.userName = userName
        self.password = password
        self.remoteAddress = remoteAddress
        self.version = version
        self.certificate = certificate
        self.isSecure = isSecure
    }
}

/// The answer to a `ConnectAttempt`.
public enum AuthenticationDecision: Sendable {
    /// Let in, as this client.
    case accepted(AcceptedClient)
    /// Refused; in 3.1.1 the nearest return code is sent.
    case refused(ReasonCode)

    /// Let in under this user name (nil: anonymous), without owner and without rights of its own.
    public static func accepted(userName: String?) -> AuthenticationDecision {
        .accepted(AcceptedClient(userName: userName))
    }
}

/// How a client stands that is not there.
public enum ClientStanding: Sendable {
    /// It would be let in, as this client.
    case accepted(AcceptedClient)
    /// It may do nothing any more: its will is dropped.
    case gone
    /// It cannot be found out at the moment: the question comes again.
    case notKnown
}

/// Who a client is, now that it is let in.
public struct AcceptedClient: Sendable {
    /// The user name it goes by; nil for an anonymous one.
    public var userName: String?
    /// Whose connection this is: a name of the authenticator's own, such as a device's id. Nil for nobody's.
    public var owner: String?
    /// Whose session this is, if that is not the same: a person's, whose tokens come and go. Two owners may use the same
    /// client identifier, and neither sees anything of the other's session.
    public var sessionOwner: String?
    /// Which one of that name the owner is: a name that was given up may come back as another's. A session of an earlier one is not
    /// gone on with, and its will is nobody's. Nil: there is only one.
    public var generation: Int64?
    /// Whether the owner stands for many who are not told apart, so that the bounds count this client for its address. Without an owner they
    /// always do.
    public var countsByAddress: Bool
    /// What it may publish and subscribe, settled for the length of the connection; nil if only the authorizer knows.
    public var rights: ClientRights?

    /// A client with these fields.
    public init(
        userName: String?, owner: String? = nil, sessionOwner: String? = nil, generation: Int64? = nil,
        countsByAddress: Bool = false, rights: ClientRights? = nil
    ) {
        self.userName = userName
        self.owner = owner
        self.sessionOwner = sessionOwner
        self.generation = generation
        self.countsByAddress = countsByAddress
        self.rights = rights
    }
}

/// Everybody is let in under the user name given, its password unread; for a broker that only this machine reaches.
public struct OpenAuthenticator: BrokerAuthenticator {
    /// The one there is.
    public init() {}

    /// Always accepted.
    public func authenticate(_ attempt: ConnectAttempt) async -> AuthenticationDecision {
        .accepted(userName: attempt.userName?.description)
    }
}
